"""What the GitHub stand-in remembers: accounts, tokens, repositories, every exchange, and how it is to behave."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chargen.emulator.clock import EmulatorClock
from chargen.emulator.forge import pull_life
from chargen.emulator.forge.accounts import ACTIONS, ACTIONS_ID, Account, Token
from chargen.emulator.forge.bare import Bare
from chargen.emulator.forge.faults import FORGE
from chargen.emulator.forge.records import Repository
from chargen.emulator.switchboard import Switchboard

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from chargen.emulator.faults import Fault

HOUR: Final = 3600.0
FIRST_ID: Final = 1001


@dataclass(frozen=True, slots=True)
class Exchange:
    """One call of the API and its answer; `fault` names what kept the answer from being GitHub's own."""

    method: str
    path: str
    query: str
    login: str
    request: Any
    status: int
    headers: dict[str, str]
    response: Any
    fault: str = ""
    request_headers: dict[str, str] = field(default_factory=dict)


class State:
    """Everything that lasts from one call to the next; hold `lock` while you touch it."""

    def __init__(
        self, url: str, *, faults: Iterable[str | Fault] = (), clock: EmulatorClock | None = None
    ) -> None:
        self.url = url  # of the server; the API lies below /api/v3, as on a GitHub Enterprise Server
        self.clock = clock or EmulatorClock()
        self.first_faults = tuple(faults)
        self.lock = threading.RLock()
        self.clear()

    def clear(self) -> None:
        """Forget everything, repositories too."""
        self.faults = Switchboard(self.first_faults, table=FORGE)
        self.accounts: dict[str, Account] = {ACTIONS: Account(ACTIONS_ID, ACTIONS, "Bot")}
        self.tokens: dict[str, Token] = {}
        self.repositories: dict[str, Repository] = {}
        self.exchanges: list[Exchange] = []
        self.hourly_limit = 5000
        self.used: dict[str, int] = {}
        self.window = self.clock.now()
        self._ids = itertools.count(FIRST_ID)

    @property
    def api(self) -> str:
        """The API's root."""
        return f"{self.url}/api/v3"

    def new_id(self) -> int:
        """A number nothing else has."""
        return next(self._ids)

    def account(self, login: str, kind: str = "") -> Account:
        """Somebody by name; made when nobody has that name yet."""
        if login not in self.accounts:
            usual = "Bot" if login.endswith("[bot]") else "User"
            self.accounts[login] = Account(self.new_id(), login, kind or usual)
        return self.accounts[login]

    def add_repository(
        self,
        full_name: str,
        path: Path,
        *,
        number: int = 0,
        private: bool = False,
        parent: Repository | None = None,
    ) -> Repository:
        """Serve a bare repository under a name."""
        self.account(full_name.split("/", maxsplit=1)[0], "Organization")
        made = Repository(
            number or self.new_id(), full_name, Bare(path), self.clock.now(), private=private, parent=parent
        )
        self.repositories[full_name.lower()] = made
        return made

    def repository(self, full_name: str) -> Repository | None:
        """A repository by its name, in whatever case."""
        return self.repositories.get(full_name.lower())

    def settle(self, by: str = "") -> None:
        """Take note of what has been pushed: heads that moved, merges, branches that are gone."""
        with self.lock:
            for repository in self.repositories.values():
                pull_life.follow_branches(repository, self.clock.now(), by)

    def remaining(self, login: str) -> int:
        """How many calls somebody has left in this hour."""
        if self.clock.now() >= self.window + HOUR:
            self.window = self.clock.now()
            self.used.clear()
        return max(0, self.hourly_limit - self.used.get(login, 0))

    def as_json(self) -> dict[str, Any]:
        """The whole record, as `GET /emulator/state` shows it."""
        with self.lock:
            return {
                "repositories": [_repository(one) for one in self.repositories.values()],
                "exchanges": [f"{one.status} {one.method} {one.path}" for one in self.exchanges],
                "faults": self.faults.as_json(),
            }


def _repository(repository: Repository) -> dict[str, Any]:
    pulls = [
        {
            "number": pull.number,
            "head": f"{pull.head_repository.owner}:{pull.branch}",
            "base": pull.base,
            "state": "merged" if pull.merged else "open" if pull.open else "closed",
            "title": pull.title,
        }
        for pull in repository.pulls.values()
    ]
    return {"name": repository.full_name, "id": repository.id, "pulls": pulls}
