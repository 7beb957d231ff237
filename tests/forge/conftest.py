"""The stand-in, a bare HTTP client for it, and the moves every test makes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from chargen.emulator.forge.server import GitHub
from tests.github_judge import github, github_server, push

if TYPE_CHECKING:
    from collections.abc import Iterator


__all__ = ["github", "github_server"]

REPO = "/repos/acme/world"
BRANCH = "chargen/character/ansa.1"


@dataclass(frozen=True)
class Wire:
    """Calls of the API without a library, to see what it really answers."""

    github: GitHub
    http: httpx2.Client
    token: str

    def ask(
        self, method: str, path: str, body: object = None, *, token: str | None = None
    ) -> httpx2.Response:
        signed = self.token if token is None else token
        headers = {"authorization": f"Bearer {signed}"} if signed else {}
        place = path if path.startswith("http") else f"{self.github.url}{path}"
        return self.http.request(method, place, json=body, headers=headers) if body is not None else (
            self.http.request(method, place, headers=headers)
        )  # fmt: skip

    def push(
        self, branch: str = BRANCH, text: str = "a picture", *, file: str = "ansa.png", onto: str = "main"
    ) -> str:
        """A branch that has one more file than main."""
        return push(self.github.repository().bare.path, branch, {file: text}, onto=onto)

    def open(self, branch: str = BRANCH, **more: Any) -> httpx2.Response:
        return self.ask(
            "POST", f"{REPO}/pulls", {"title": "Pictures", "head": branch, "base": "main", **more}
        )

    def opened(self, branch: str = BRANCH, text: str = "a picture") -> int:
        """A pull request from a new branch; its number."""
        self.push(branch, text, file=f"{branch.rpartition('/')[2]}.png")
        answer = self.open(branch, body="what it brings")
        assert answer.status_code == 201, answer.text
        return int(answer.json()["number"])


@pytest.fixture(scope="session")
def http() -> Iterator[httpx2.Client]:
    with httpx2.Client(timeout=10) as made:
        yield made


@pytest.fixture
def wire(github: GitHub, http: httpx2.Client) -> Wire:
    return Wire(github, http, github.actions_token())
