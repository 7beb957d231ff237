"""A person's own file where a shot's picture is or should go: it is left as it is, and nothing is paid. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.core.digest import match, same
from chargen.core.plan import Item, Reason
from chargen.core.problem import Problem
from chargen.core.shot import NO_SUCH_FILE, picture_path
from chargen.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chargen.core.case import Case

_CANNOT_GO_THERE: Final = "this shot's picture cannot go there:"
_NO_PICTURE: Final = "where this shot's picture should be lies"
_IN_THE_WAY: Final = "a file that is not chargen's lies where this shot's picture should go"


def by_hand(case: Case) -> list[Item] | None:
    """A picture that a person retouched is never replaced, whatever the words say by now."""
    row, picture = case.shot.shot.row, case.picture
    if (
        row is None
        or picture is None
        or not row.sha256
        or not picture.sha256
        or same(picture.sha256, row.sha256)
    ):
        return None
    if any(item.outcome.bears(picture.sha256) for item in case.candidates):
        return None  # ours: a run ended between writing the picture and its row
    if picture.problem:
        return case.skip(Reason.PROBLEM, f"{picture.path}: {_NO_PICTURE} {picture.problem}")
    fits = match(case.shot.ask(), row.ask, case.regenerate_on)
    return case.skip(
        Reason.EDITED, "" if fits and not case.forced_variants else "remove its row to have it made anew"
    )


def in_the_way(case: Case) -> list[Item] | None:
    """Something that is not ours stands where the picture should go: found before anything is paid."""
    path = picture_path(case.shot.shot, case.world.config.storage.format)
    lying, row = case.world.picture(path), case.shot.shot.row
    if lying.problem and not lying.sha256 and lying.problem != NO_SUCH_FILE:
        return case.skip(Reason.PROBLEM, f"{path}: {_CANNOT_GO_THERE} {lying.problem}")
    ours = row is not None and same(row.sha256, lying.sha256)
    if not lying.sha256 or ours or case.books.bought(lying.sha256):
        return None
    return case.skip(Reason.PROBLEM, f"{path}: {_IN_THE_WAY}")


def problems_in_the_way(items: Sequence[Item]) -> Iterator[Problem]:
    """A file of the writer's where a picture should go, or one that is no picture any more, is an error of that shot."""
    for item in items:
        path, parted, words = item.detail.partition(": ")
        if item.reason is Reason.PROBLEM and parted and words.startswith((_IN_THE_WAY, _CANNOT_GO_THERE)):
            hint = f"move it away, or lock {item.address}"
            yield Problem(Place(path), words, hint, rule="picture-in-the-way")
        elif item.reason is Reason.PROBLEM and parted and words.startswith(_NO_PICTURE):
            hint = "put the picture back, or delete the file: what was paid for and is kept is put back then"
            yield Problem(Place(path), words, hint, rule="broken-picture")
