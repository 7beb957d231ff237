"""Which words a picture on the base answered, and which its successor answers: read where the first was proposed."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from chargen.commands.wiring import Session
from chargen.core.address import Address
from chargen.core.books import Books
from chargen.core.changes import changes_between
from chargen.core.compiled import CompiledShot
from chargen.core.digest import match
from chargen.edges.base_tip import ReviewBranches
from chargen.errors import ChargenError

if TYPE_CHECKING:
    from chargen.core.changes import FieldChange
    from chargen.core.row import Row


@dataclass
class Rewording:
    """
    The words of pictures that were replaced, from the commits that proposed them.

    The books and rows keep digests alone. A picture that came by another way than a pull request has no such commit.
    """

    session: Session
    branches: ReviewBranches
    books: Books
    _compiled: dict[str, Mapping[Address, CompiledShot]] = field(default_factory=dict)

    def of(self, shot: CompiledShot) -> tuple[FieldChange, ...]:
        """Old and new words of a shot whose row no longer answers it; nothing where the old ones cannot be had."""
        row = shot.shot.row
        if row is None or match(shot.ask(), row.ask):
            return ()
        for name in filter(None, (shot.address, shot.formerly)):
            old = self._before(shot, row).get(name)
            if old is not None and match(old.ask(), row.asked):
                return next((item.fields for item in changes_between({name: old}, {name: shot})), ())
        return ()

    def _before(self, shot: CompiledShot, row: Row) -> Mapping[Address, CompiledShot]:
        """The shots of the tree that first had a row's picture; none where nobody knows of one."""
        candidates = self.books.candidates(shot.address, shot.wishes(), shot.formerly)
        came = [item.outcome.sha256 for item in candidates if item.outcome.bears(row.sha256)]
        proposal = self.books.proposed(shot.address, came[-1], shot.formerly) if came else None
        if proposal is None or not proposal.pushed or not proposal.number:
            return {}
        commit = proposal.pushed[-1]
        if commit not in self._compiled:
            self._compiled[commit] = {}
            with contextlib.suppress(
                ChargenError
            ):  # it is gone, or a person pushed to its branch: not worth a refusal
                self.branches.bring(commit, proposal.number)
                self._compiled[commit] = self.session.at(commit).world()[1]
        return self._compiled[commit]
