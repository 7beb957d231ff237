"""One shot before the judge: its words, the books about it, what it shows and what lies in its place. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from chargen.core.books import Books, Candidate, Decision, Record
from chargen.core.compiled import CompiledShot
from chargen.core.current import Shown, current
from chargen.core.plan import Action, Item, Reason
from chargen.core.world import World
from chargen.core.world_path import resolve_path

if TYPE_CHECKING:
    from chargen.core.shot import Picture


@dataclass(frozen=True)  # no slots: what it shows is worked out once
class Case:
    """One shot before the judge: its words, the books about it, and whether it is forced."""

    world: World
    books: Books
    shot: CompiledShot
    forced_variants: tuple[int, ...] = ()
    waits_for: str = ""  # a shot whose picture is not settled yet

    @property
    def decision(self) -> Decision | None:
        """What a person decided of this shot."""
        return self.books.decision(self.shot.address, self.shot.formerly)

    @property
    def regenerate_on(self) -> tuple[str, ...]:
        """The provider fields whose change asks for a new picture."""
        return tuple(self.world.config.provider.regenerate_on)

    @cached_property
    def records(self) -> tuple[Record, ...]:
        """Every request that serves this shot, oldest first."""
        return self.books.about(self.shot.address, self.shot.wishes(), self.shot.formerly)

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """The pictures that were paid for this shot, or for just what it asks."""
        return self.books.candidates(self.shot.address, self.shot.wishes(), self.shot.formerly)

    @property
    def picture(self) -> Picture | None:
        """The file the row points at, as it lies."""
        row = self.shot.shot.row
        return self.world.picture(resolve_path(self.shot.shot.folder, row.file_path)) if row else None

    @cached_property
    def shown(self) -> Shown:
        """What the shot shows, by its row, the pictures paid for, and what people decided."""
        return current(
            self.shot.ask(),
            self.shot.shot.row,
            self.candidates,
            decision=self.decision,
            regenerate_on=self.regenerate_on,
        )

    def skip(self, reason: Reason, detail: str = "") -> list[Item]:
        """One item that does nothing."""
        request = self.shot.request_hash(1) if self.shot.complete else ""
        return [
            Item(self.shot.address, 1, Action.SKIP, reason, detail, compiled=self.shot, request_hash=request)
        ]

    def make(self, variant: int, reason: Reason, detail: str = "") -> Item:
        """One variant's item, to be made."""
        return Item(
            self.shot.address,
            variant,
            Action.GENERATE,
            reason,
            detail,
            compiled=self.shot,
            request_hash=self.shot.request_hash(variant),
        )
