"""
Which pictures that exist are brought under chargen's care, for which shots, and why others are not. Pure.

A picture is adopted as the answer to today's words: nothing is asked for, nothing is paid.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from chargen.core.address import Address
from chargen.core.books import Books
from chargen.core.compiled import CompiledShot
from chargen.core.picture_facts import PictureFacts, aspect_deviation
from chargen.core.shot import NO_SUCH_FILE, picture_path
from chargen.core.world import World
from chargen.core.world_path import resolve_path

Looked = Mapping[str, PictureFacts | str]  # what is known of a picture by its path; words: why it is none


@dataclass(frozen=True, slots=True)
class Adoption:
    """A picture for a shot: from where, its digest, which others lie there too, and what is odd about it."""

    shot: CompiledShot
    path: str
    sha256: str
    others: tuple[str, ...] = ()
    warning: str = ""

    @property
    def job_id(self) -> str:
        """The job whose picture it counts as: that of a row without hashes, else the first variant's."""
        row = self.shot.shot.row
        return row.job_id if row is not None else self.shot.address.job_id(1)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A shot whose picture (`path`, from the root) is not adopted, and why; `missing`: there is none to adopt."""

    shot: CompiledShot
    path: str
    why: str

    @property
    def missing(self) -> bool:
        """Whether the picture is named and not there."""
        return self.why == NO_SUCH_FILE


@dataclass
class Adoptions:
    """What is adopted and what is not, in the order of addresses."""

    adopted: list[Adoption] = field(default_factory=list)
    left: list[LeftOut] = field(default_factory=list)


def is_cared_for(shot: CompiledShot) -> bool:
    """Whether a row says already what the shot's picture was asked with."""
    row = shot.shot.row
    return row is not None and bool(row.ask.prompt_hash)


def candidates(world: World, shot: CompiledShot) -> tuple[str, ...]:
    """The paths at which a picture for the shot may lie, the one to take first; none where chargen cares for it."""
    if is_cared_for(shot):
        return ()
    return tuple(dict.fromkeys([*_named(shot), picture_path(shot.shot, world.config.storage.format)]))


def _named(shot: CompiledShot) -> list[str]:
    """The pictures that somebody's words name for a shot."""
    row = shot.shot.row
    own = [resolve_path(shot.shot.folder, row.file_path)] if row is not None and row.file_path else []
    return [*own, *shot.shot.earlier]


def adoptions(
    world: World,
    shots: Mapping[Address, CompiledShot],
    books: Books,
    looked: Looked,
    *,
    wanted: Collection[Address],
) -> Adoptions:
    """The pictures to adopt for the wanted shots; one picture is one shot's."""
    judge = _Judge(world, books, looked, _taken(shots.values()))
    for address in _in_order({address: shots[address] for address in shots if address in wanted}):
        judge.shot(shots[address])
    judge.found.adopted.sort(key=lambda item: item.shot.address)
    judge.found.left.sort(key=lambda item: item.shot.address)
    return judge.found


def _taken(shots: Iterable[CompiledShot]) -> dict[str, Address]:
    """The pictures that rows of chargen's name, and whose they are."""
    return {
        resolve_path(shot.shot.folder, shot.shot.row.file_path): shot.address
        for shot in shots
        if shot.shot.row is not None and is_cared_for(shot)
    }


def _in_order(shots: Mapping[Address, CompiledShot]) -> Iterator[Address]:
    """Addresses, each after those its references name; of a circle, as they come."""
    waiting = sorted(shots)
    while waiting:
        left = set(waiting)
        free = [
            address
            for address in waiting
            if not any(sent.used.shot in left - {address} for sent in shots[address].references)
        ]
        yield from free or waiting
        waiting = [address for address in waiting if address not in (free or waiting)]


@dataclass
class _Judge:
    """Judges shot after shot; used by `adoptions` alone."""

    world: World
    books: Books
    looked: Looked
    taken: dict[str, Address]
    found: Adoptions = field(default_factory=Adoptions)
    digests: dict[Address, str] = field(default_factory=dict)

    def shot(self, shot: CompiledShot) -> None:
        """Adopt a shot's picture, or say why not; nothing is said where none was ever named."""
        paths = candidates(self.world, shot)
        there = [path for path in paths if not self._problem(path)]
        if not there:
            self._missing(shot, paths)
            return
        shot = self._with_adopted(shot)
        path, *others = there
        why = self._against(shot, path)
        if why:
            self.found.left.append(LeftOut(shot, path, why))
            return
        self.taken[path], sha256 = shot.address, self.world.picture(path).sha256
        self.digests[shot.address] = sha256
        warning = self._warning(shot, path)
        self.found.adopted.append(Adoption(shot, path, sha256, tuple(others), warning))

    def _problem(self, path: str) -> str:
        seen = self.looked.get(path, "")
        return self.world.picture(path).problem or (seen if isinstance(seen, str) else "")

    def _missing(self, shot: CompiledShot, paths: tuple[str, ...]) -> None:
        bad = [path for path in paths if self._problem(path) != NO_SUCH_FILE]
        for path in [*bad, *(_named(shot) if paths else ())][:1]:
            self.found.left.append(LeftOut(shot, path, self._problem(path)))

    def _with_adopted(self, shot: CompiledShot) -> CompiledShot:
        """The shot with the pictures of other shots that it refers to, those adopted just now among them."""
        references = tuple(
            replace(sent, sha256=self.digests[sent.used.shot]) if sent.used.shot in self.digests else sent
            for sent in shot.references
        )
        return replace(shot, references=references)

    def _against(self, shot: CompiledShot, path: str) -> str:
        sha256 = self.world.picture(path).sha256
        if self.books.bought(sha256) or self.books.about(shot.address, shot.wishes(), shot.formerly):
            return "chargen has pictures of this shot on its books: see chargen batch plan"
        if path in self.taken:
            return f"it is the picture of {self.taken[path]}"
        if shot.obstacle is not None:
            return f"the shot has a problem: {shot.obstacle.place}: {shot.obstacle.message}"
        waits = next((sent.used for sent in shot.references if not sent.sha256), None)
        return f"{waits.shot or waits.said}, which it refers to, has no picture" if waits else ""

    def _warning(self, shot: CompiledShot, path: str) -> str:
        facts = self.looked.get(path, "")
        ratio = shot.provider.aspect_ratio
        return aspect_deviation(facts, ratio) if isinstance(facts, PictureFacts) else ""
