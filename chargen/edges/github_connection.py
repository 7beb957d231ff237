"""The one place that builds a client of GitHub's API: whom it asks, how long it waits, what it tries again."""

from __future__ import annotations

import contextlib
import logging
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from chargen.edges.github_errors import translated
from chargen.errors import ForgeTrouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from github import Github
    from github.Repository import Repository

PER_PAGE: Final = 100
HERE: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Pace:
    """
    How much GitHub is asked at once, and how long we put up with it; in seconds.

    A wait GitHub asks for is kept up to `most_wait_s`; beyond that the call is given up, with the time it names.
    """

    timeout_s: int = 30
    retries: int = 4
    backoff_s: float = 1.0
    most_wait_s: float = 90.0
    between_requests_s: float = 0.25
    between_writes_s: float = 1.0

    @classmethod
    def at(cls, base_url: str) -> Pace:
        """The pace for an address: a stand-in on this machine needs no pauses."""
        if urlsplit(base_url).hostname in HERE:
            return cls(backoff_s=0.05, most_wait_s=5.0, between_requests_s=0.0, between_writes_s=0.0)
        return cls()


class GitHubConnection:
    """A client for one repository, built at the first call."""

    def __init__(self, token: str, repository: str, *, base_url: str, pace: Pace | None = None) -> None:
        self._token = token
        self.name = repository
        self.base_url = base_url.rstrip("/")
        self._pace = pace or Pace.at(base_url)

    def close(self) -> None:
        """Close the connections."""
        if "client" in self.__dict__:
            self.client.close()

    @contextlib.contextmanager
    def asking(self, doing: str) -> Iterator[None]:
        """Raise ForgeTrouble for whatever a call to GitHub raises; `doing` says what it was for."""
        with translated(doing, self.name, self.base_url, self._token):
            yield

    def get(self, path: str, *, doing: str) -> tuple[dict[str, str], dict[str, Any]]:
        """A GET whose answer has no class of its own: headers (small letters) and body. ForgeTrouble."""
        with self.asking(doing):
            place = path.format(repository=f"/repos/{self.name}")
            headers, body = self.client.requester.requestJsonAndCheck("GET", place)
            if not isinstance(body, dict):
                raise ValueError(f"{place} answered with {type(body).__name__}, not an object")  # noqa: TRY004
            return headers, body

    @cached_property
    def client(self) -> Github:
        """PyGithub's client, pinned."""
        from github import Auth, Github

        from chargen.edges.github_retry import patient

        # it has a handler of its own on stderr, for every 403 and every wait
        logging.getLogger("github").setLevel(logging.ERROR)
        pace = self._pace
        return Github(
            auth=Auth.Token(self._token),
            base_url=self.base_url,
            lazy=True,
            per_page=PER_PAGE,
            timeout=pace.timeout_s,
            retry=patient(pace.retries, pace.backoff_s, pace.most_wait_s),
            seconds_between_requests=pace.between_requests_s or None,
            seconds_between_writes=pace.between_writes_s or None,
            user_agent="chargen",
        )

    @cached_property
    def repository(self) -> Repository:
        """The repository, unread."""
        return self.client.get_repo(self.name)

    @cached_property
    def login(self) -> str:
        """Whose token it is; empty for an app's or a workflow's, which may not ask. ForgeTrouble."""
        try:
            _, said = self.get("/user", doing="ask whose token this is")
        except ForgeTrouble as trouble:
            if trouble.status == 403 and "not accessible by integration" in trouble.message:
                return ""
            raise
        return str(said.get("login") or "")
