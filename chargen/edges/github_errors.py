"""Why a call to GitHub failed, in our words: what was refused, and the setting, permission or token that allows it."""

from __future__ import annotations

import contextlib
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from chargen.core.one_line import one_line
from chargen.core.pull import SETTING
from chargen.errors import ForgeTrouble

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_LIMITED: Final = ("rate limit", "please wait a few minutes", "retry your request again later")


@contextlib.contextmanager
def translated(doing: str, repository: str, base_url: str, secret: str) -> Iterator[None]:
    """Raise ForgeTrouble for whatever a call to GitHub raises, with its words on one line and without the token."""
    try:
        yield
    except ForgeTrouble:
        raise
    except Exception as error:
        trouble = _trouble(error, doing, repository, base_url, secret)
        if trouble is None:
            raise
        raise trouble from None  # the original holds the request, and with it the token


def _trouble(
    error: Exception, doing: str, repository: str, base_url: str, secret: str
) -> ForgeTrouble | None:
    github = sys.modules.get("github")
    if github is not None and isinstance(error, github.GithubException):
        return _refusal(error, doing, repository, secret)
    requests = sys.modules.get("requests")
    if requests is not None and isinstance(error, requests.exceptions.RequestException):
        message = f"cannot {doing}: no answer from {base_url} ({type(error).__name__})"
        return ForgeTrouble(message, hint="check the network and GITHUB_API_URL, then run the command again")
    # PyGithub asserts that addresses in answers are GITHUB_API_URL's own, and stumbles over answers that are no JSON
    if isinstance(error, (AssertionError, RuntimeError, ValueError, LookupError, TypeError, AttributeError)):
        said = one_line(_without(secret, f"{type(error).__name__}: {error}"))
        hint = f"is {base_url} the API of this GitHub? Set GITHUB_API_URL to the address its own answers name"
        return ForgeTrouble(f"cannot {doing}: the answer could not be read ({said})", hint=hint)
    return None


def _refusal(error: Any, doing: str, repository: str, secret: str) -> ForgeTrouble:
    status = int(error.status)
    said = _words(error.data) or str(error.message or "") or "no reason given"
    message = f"cannot {doing}: HTTP {status}: {one_line(_without(secret, said))}"
    return ForgeTrouble(message, hint=_hint(status, said, error.headers or {}, repository), status=status)


def _without(secret: str, text: str) -> str:
    """Before it is cut, as half a token would not be known again."""
    return text.replace(secret, "***") if secret else text


def _words(data: Any) -> str:
    """GitHub's message, and what it says of each field."""
    if not isinstance(data, dict):
        return ""
    errors = data.get("errors")
    parts = [_field(one) for one in errors] if isinstance(errors, list) else []
    return ": ".join(filter(None, [str(data.get("message") or ""), "; ".join(filter(None, parts))]))


def _field(one: Any) -> str:
    if not isinstance(one, dict):
        return str(one)
    return str(one.get("message") or " ".join(str(one[key]) for key in ("field", "code") if one.get(key)))


def _hint(status: int, said: str, headers: Mapping[str, Any], repository: str) -> str:
    low = said.lower()
    if status == 429 or (status == 403 and (_spent(headers) or any(sign in low for sign in _LIMITED))):
        return _when(headers)
    if "not permitted to create or approve" in low:
        return f"{repository}: Settings > Actions > General > Workflow permissions, tick '{SETTING}' (an organization may forbid it)"
    if status == 403 and "by integration" in low:
        return "give the job `permissions: contents: write, pull-requests: write`; a fork's run is never given them"
    if status == 403 and "personal access token" in low:
        return f"give the token the permissions Contents and Pull requests (read and write) for {repository}"
    if status == 401:
        return "the token is wrong, expired or revoked: set GITHUB_TOKEN again (in a workflow: ${{ github.token }})"
    if status == 403:
        return f"the token's owner has no right to do this in {repository}: give them the role Write, or use another token"
    if status == 404:
        return f"is {repository} its name, is it still there, and may this token see it? GitHub says 404 for both"
    if status >= 500:
        return "GitHub has trouble (https://www.githubstatus.com): run the command again later; nothing is done twice"
    return ""


def _spent(headers: Mapping[str, Any]) -> bool:
    return str(headers.get("x-ratelimit-remaining")) == "0" or "retry-after" in headers


def _when(headers: Mapping[str, Any]) -> str:
    """When to come back, by GitHub's own words."""
    wait, reset = str(headers.get("retry-after") or ""), str(headers.get("x-ratelimit-reset") or "")
    if wait.isdecimal():
        return f"GitHub's rate limit: run the command again in {wait} s"
    if str(headers.get("x-ratelimit-remaining")) == "0" and reset.isdecimal() and len(reset) < 12:
        until = datetime.fromtimestamp(int(reset), UTC)
        return (
            f"GitHub's rate limit is used up until {until:%Y-%m-%d %H:%M:%S} UTC: run the command again then"
        )
    return "GitHub's rate limit: run the command again in a few minutes"
