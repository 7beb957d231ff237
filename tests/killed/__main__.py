"""
`python -m tests.killed`: end chargen at its durable steps, run it again, and say what came out differently.

Without `--all`, a selection: of each command and kind of step the first and the last point.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

from tests.killed.matrix import SIGNALS, Played, Point, one_of_each, play, table, undisturbed
from tests.killed.stage import Stage
from tests.killed.stories import STORIES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.killed.matrix import Undisturbed

_USAGE: Final = 64


def main(arguments: Sequence[str] | None = None) -> int:
    """Play it. The exit code: 1 when anything came out differently, 64 when there is no point of the name asked for."""
    asked = _parser().parse_args(arguments)
    began = time.monotonic()
    played: list[Played] = []
    known: list[Point] = []
    with Stage() as stage:
        for story in STORIES:
            if not asked.story or story.name in asked.story:
                whole = undisturbed(stage, story)
                known += _points(whole, asked)
                played += _story(stage, whole, asked)
    if not played:
        return _say_unknown(asked.match, known)
    wrong = [one for one in played if not one.right]
    _say(f"\n{table(played)}\n")
    _say(f"{len(played)} points in {time.monotonic() - began:.0f} s, {len(wrong)} differences")
    return 1 if wrong else 0


def _points(whole: Undisturbed, asked: argparse.Namespace) -> list[Point]:
    hows = asked.signal or SIGNALS
    return [point for how in hows for point in whole.points(how, every_side=asked.every_side)]


def _story(stage: Stage, whole: Undisturbed, asked: argparse.Namespace) -> list[Played]:
    _say(f"{whole.story.name}: {len(whole.steps)} steps: {dict(Counter(step.kind for step in whole.steps))}")
    played = []
    every = [point for point in _points(whole, asked) if asked.match in str(point)]
    for how in asked.signal or SIGNALS:
        points = [point for point in every if point.how == how]
        for point in points if asked.all else one_of_each(points):
            played.append(play(stage, whole, point))
            _tell(played[-1], verbose=asked.verbose)
    if played:
        _say(table(played))
    return played


def _say_unknown(match: str, known: Sequence[Point]) -> int:
    """That no point is named so, and names there are; the exit code."""
    _say(f"no point has {match!r} in its name; --match takes a part of one, such as:")
    for point in one_of_each(known):
        _say(f"  {point}")
    return _USAGE


def _tell(one: Played, *, verbose: bool) -> None:
    if verbose or not one.right:
        _say(
            f"  {'ok  ' if one.right else 'NOT '} {one.story}, {one.point}: ended {one.code}, {one.doubles} paid twice, {one.told} told"
        )
    if not one.struck:
        _say("       it never came there")
    for said in one.differences:
        _say(f"       {said}")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.killed", description=__doc__)
    parser.add_argument("--all", action="store_true", help="every point, not a selection")
    parser.add_argument(
        "--every-side", action="store_true", help="before every step too, which is after the one before"
    )
    parser.add_argument(
        "--story", action="append", choices=[story.name for story in STORIES], help="only this command"
    )
    parser.add_argument("--signal", action="append", choices=[*SIGNALS], help="only this way of ending it")
    parser.add_argument("--match", default="", metavar="TEXT", help="only points whose name has this in it")
    parser.add_argument("--verbose", action="store_true", help="tell every point")
    return parser


if __name__ == "__main__":
    sys.exit(main())
