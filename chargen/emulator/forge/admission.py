"""Who is let in: the token, the hour's calls, the repository, the token's permission, the person's role."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Final

from chargen.emulator.forge.accounts import WRITERS
from chargen.emulator.forge.refusals import (
    bad_credentials,
    limit_exceeded,
    missing,
    no_admin,
    not_accessible,
    sign_in,
)

if TYPE_CHECKING:
    from chargen.emulator.forge.accounts import Token
    from chargen.emulator.forge.records import Repository
    from chargen.emulator.forge.routes import Endpoint
    from chargen.emulator.forge.state import State

ROLE_NEEDED: Final = frozenset({"contents", "statuses"})  # writing these takes more than a token
GUARDED: Final = frozenset({"administration", "secrets"})  # nobody reads these of a public repository either


def token_of(state: State, authorization: str) -> Token | None:
    """The token a call is signed with; none when it is not signed. Refusal."""
    if not authorization:
        return None
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() == "basic":
        try:
            secret = base64.b64decode(secret).decode().partition(":")[2]
        except (binascii.Error, UnicodeDecodeError):
            raise bad_credentials() from None
    if secret not in state.tokens:
        raise bad_credentials()
    return state.tokens[secret]


def count(state: State, token: Token | None) -> dict[str, str]:
    """Count a call; the headers that tell of it. Refusal when the hour's calls are used up."""
    login = token.login if token else ""
    left = state.remaining(login)
    if left:
        state.used[login] = state.used.get(login, 0) + 1
    headers = limit_headers(state, max(0, left - 1))
    if not left:
        raise limit_exceeded(f"user ID {state.account(login).id}" if login else "127.0.0.1", headers)
    return headers


def limit_headers(state: State, left: int, reset_in: float = 3600) -> dict[str, str]:
    """How many calls are left until when."""
    limit = state.hourly_limit
    return {
        "x-ratelimit-limit": str(limit),
        "x-ratelimit-remaining": str(left),
        "x-ratelimit-used": str(limit - left),
        "x-ratelimit-reset": str(int(state.window + reset_in)),
        "x-ratelimit-resource": "core",
    }


def visible(repository: Repository | None, token: Token | None) -> bool:
    """Whether the caller can see this repository at all."""
    if repository is None:
        return False
    if token and token.actions:
        return not repository.private or token.repository.lower() == repository.full_name.lower()
    return repository.role(token.login if token else "") != "none"


def admit(endpoint: Endpoint, repository: Repository | None, token: Token | None) -> None:
    """Let a call in. Refusal."""
    if "{repo}" not in endpoint.path:
        if endpoint.name == "user" and token is None:
            raise sign_in()
        return
    if repository is None or not visible(repository, token):
        raise missing()
    if token is None:
        if endpoint.write or endpoint.name == "permission" or GUARDED.intersection(endpoint.needs):
            raise sign_in()
        return
    level = "write" if endpoint.write else "read"
    elsewhere = bool(token.repository) and token.repository.lower() != repository.full_name.lower()
    if _asks(endpoint, repository) and (
        elsewhere or not any(token.may(need, level) for need in endpoint.needs)
    ):
        raise not_accessible(personal=not token.actions)
    if not token.actions:
        _check_role(endpoint, repository.role(token.login))


def _asks(endpoint: Endpoint, repository: Repository) -> bool:
    """Whether a permission is needed: anybody reads what is public."""
    return bool(endpoint.needs) and (
        endpoint.write or repository.private or not GUARDED.isdisjoint(endpoint.needs)
    )


def _check_role(endpoint: Endpoint, role: str) -> None:
    if "administration" in endpoint.needs and role != "admin":
        raise no_admin()
    if "secrets" in endpoint.needs and role not in WRITERS:
        raise no_admin()
    if endpoint.write and ROLE_NEEDED.intersection(endpoint.needs) and role not in WRITERS:
        raise no_admin()
