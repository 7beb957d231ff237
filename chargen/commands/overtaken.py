"""Shots that a command was asked for and others hold: in whose submission they are, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.commands.telling import say
from chargen.core.address import selects
from chargen.core.counted import counted
from chargen.core.plan import Reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.commands.paying import Paying
    from chargen.core.plan import Item
    from chargen.core.submission import Submission

_NAMED: Final = 3


def tell_overtaken(paying: Paying) -> None:
    """Say who holds what was to be forced; where the books were written by others meanwhile, whatever they hold."""
    for holder, items in _held_by_others(paying):
        forced = any(selects(glob, item.address) for item in items for glob in paying.asked.force)
        if forced or paying.raced:
            _tell(holder, items, forced=forced)


def _held_by_others(paying: Paying) -> Sequence[tuple[Submission, Sequence[Item]]]:
    """Their submissions that are under way, each with what the newest plan leaves to it; quarantines are told apart."""
    mine, runs = paying.desk.owner.nonce, {run.run_id for run in (*paying.runs, paying.run) if run}
    found: dict[str, tuple[Submission, list[Item]]] = {}
    for item in paying.newest.items if paying.newest else ():
        for holder in item.held_by:
            if holder.owner.nonce != mine and holder.run_id not in runs and not item.quarantined:
                found.setdefault(holder.id, (holder, []))[1].append(item)
    return [found[name] for name in sorted(found)]


def _tell(holder: Submission, items: Sequence[Item], *, forced: bool) -> None:
    brings = "that run" if holder.mode == "live" else "`chargen batch collect --wait`"
    same = [item for item in items if item.reason is not Reason.DEBOUNCED]
    if same:
        _say_held(holder, same, "under way already")
        after = "; --force orders another after that" if forced else ""
        say(f"    not ordered again: {brings} brings {_it(same)} in{after}")
    older = [item for item in items if item.reason is Reason.DEBOUNCED]
    if older:
        _say_held(holder, older, "under way in an older wording")
        say(f"    not ordered yet: once {brings} has brought that in, the next run orders {_it(older)}")


def _say_held(holder: Submission, items: Sequence[Item], how: str) -> None:
    names = ", ".join(str(item.address) for item in items[:_NAMED])
    more = f" and {len(items) - _NAMED} more" if len(items) > _NAMED else ""
    say(
        f"  {counted(len(items), 'shot')} {how}, in submission {holder.id} of run {holder.run_id} "
        f"since {holder.created_at}: {names}{more}"
    )


def _it(items: Sequence[Item]) -> str:
    return "it" if len(items) == 1 else "them"
