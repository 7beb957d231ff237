"""One call of the API as its handler sees it, and what the handler answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from chargen.emulator.forge.accounts import Token
from chargen.emulator.forge.records import Repository
from chargen.emulator.forge.refusals import malformed, missing
from chargen.emulator.forge.state import State

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.emulator.forge.records import Comment, Pull

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; `body` None: no content."""

    body: Any
    code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Call:
    """A call that was let in."""

    state: State
    path: str
    values: Mapping[str, str]  # from the path
    query: Mapping[str, str]
    body: Mapping[str, Any]
    token: Token | None
    home: Repository | None  # the repository the path names

    @property
    def repository(self) -> Repository:
        """The repository the path names."""
        if self.home is None:
            raise missing()
        return self.home

    @property
    def login(self) -> str:
        """Who calls; empty without a token."""
        return self.token.login if self.token else ""

    @property
    def now(self) -> float:
        """The present."""
        return self.state.clock.now()

    def number(self, name: str) -> int:
        """A number in the path. Refusal."""
        text = self.values[name]
        if not text.isdecimal():
            raise missing()
        return int(text)

    def pull(self, name: str = "pull_number") -> Pull:
        """The pull request the path names. Refusal."""
        found = self.repository.pulls.get(self.number(name))
        if found is None:
            raise missing()
        return found

    def comment(self) -> Comment:
        """The comment the path names. Refusal."""
        found = self.repository.comments.get(self.number("comment_id"))
        if found is None:
            raise missing()
        return found

    def text(self, name: str, usual: str | None = None) -> str:
        """A text of the body; with no usual value it has to be there. Refusal."""
        value = self.body.get(name, usual)
        if value is None and usual is None:
            raise malformed(f'"{name}" wasn\'t supplied.')
        if not isinstance(value, str):
            raise malformed(f"For 'properties/{name}', {value!r} is not a string.")
        return value

    def page(self, items: Sequence[Item]) -> tuple[Sequence[Item], dict[str, str]]:
        """The items on the page that is asked for, and the header that leads to the others."""
        size = min(_positive(self.query.get("per_page"), 30), 100)
        number = _positive(self.query.get("page"), 1)
        last = max(1, -(-len(items) // size))
        places: dict[str, int] = {}
        if number > 1:
            places |= {"prev": number - 1, "first": 1}
        if number < last:
            places |= {"next": number + 1, "last": last}
        links = ", ".join(f'<{self._at(page)}>; rel="{name}"' for name, page in places.items())
        return items[(number - 1) * size : number * size], {"link": links} if links else {}

    def _at(self, page: int) -> str:
        return f"{self.state.url}{self.path}?{urlencode({**self.query, 'page': page})}"


def _positive(text: str | None, usual: int) -> int:
    return max(1, int(text)) if text and text.isdecimal() else usual
