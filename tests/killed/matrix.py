"""Every story struck at every durable step, by every signal; what came of it, held against the undisturbed play."""

from __future__ import annotations

import signal
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from tests.killed.ending import differences, ending, paid_again
from tests.killed.nursery import Strike
from tests.killed.steps import Step
from tests.killed.stories import Story

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tests.killed.stage import Ran, Stage

# `cancel` is what Actions does to a step; `hurry` the same where the time it gives is over by the next steps
SIGNALS: Final = {
    "kill": (signal.SIGKILL,),
    "cancel": (signal.SIGINT,),
    "hurry": (signal.SIGINT, signal.SIGTERM, signal.SIGKILL),
    "term": (signal.SIGTERM,),
}
_BOTH_SIDES: Final = frozenset({"sqlite", "yaml", "push", "http"})


class Point(NamedTuple):
    """A step, a side of it, and a signal."""

    side: str
    step: Step
    how: str

    def __str__(self) -> str:
        return f"{self.how} {self.side} {self.step}"


@dataclass(frozen=True)
class Played:
    """What came of one point."""

    story: str
    point: Point
    struck: bool
    differences: tuple[str, ...]
    doubles: int
    told: int
    code: int

    @property
    def right(self) -> bool:
        """Whether it was struck, came to the same in the end, and paid twice for no more than it told of."""
        return self.struck and not self.differences and self.doubles <= self.told


@dataclass(frozen=True)
class Undisturbed:
    """A story nobody disturbs: the steps of its command, and how it ends."""

    story: Story
    steps: tuple[Step, ...]
    end: dict[str, Any] = field(repr=False)

    def points(self, how: str, *, every_side: bool = False) -> list[Point]:
        """
        Where it can be struck: after each step, and before the first; before those too that others see, or that are whole or not.

        Between two steps nothing durable happens: after one is before the next.
        """
        return [
            Point(side, step, how)
            for number, step in enumerate(self.steps)
            for side in ("before", "after")
            if side == "after" or every_side or number == 0 or step.kind in _BOTH_SIDES
        ]


def undisturbed(stage: Stage, story: Story) -> Undisturbed:
    """Play a story to its end. AssertionError when it pays twice by itself."""
    stage.clear()
    story.lead_up(stage)
    ran = story.strike(stage, None)
    assert ran.code == 0, ran.said
    story.go_on(stage, again=False)
    assert paid_again(stage) == 0
    return Undisturbed(story, ran.steps, ending(stage, laptop=not story.in_workflows))


def play(stage: Stage, whole: Undisturbed, point: Point, *, tries: int = 3) -> Played:
    """Play a story that is struck at a point, and run it again until it rests; once more where workers kept it from coming there."""
    stage.clear()
    story = whole.story
    story.lead_up(stage)
    struck = story.strike(stage, Strike(point.side, point.step, tuple(SIGNALS[point.how])))
    found: list[str] = []
    later: list[Ran] = []
    try:
        later = story.go_on(stage, again=True)
    except AssertionError as error:
        found.append(str(error))
    found += [f"exit code {ran.code} later: {ran.said}" for ran in later if ran.code != 0]
    found += differences(whole.end, ending(stage, laptop=not story.in_workflows))
    told = sum(ran.in_flight for ran in later)
    if not struck.struck and tries > 1:
        return play(stage, whole, point, tries=tries - 1)
    return Played(story.name, point, struck.struck, tuple(found), paid_again(stage), told, struck.code)


def one_of_each(points: Iterable[Point]) -> list[Point]:
    """A selection: of each kind of step the first and the last point on either side."""
    chosen: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        chosen.setdefault((point.step.kind, point.side), []).append(point)
    return [point for found in chosen.values() for point in dict.fromkeys((found[0], found[-1]))]


def some(whole: Undisturbed) -> list[Point]:
    """What there is time for in every run of the tests: a kill at one point of each kind, a cancellation at two of any."""
    points, kinds = whole.points("kill"), dict.fromkeys(step.kind for step in whole.steps)
    of_kind = [[point for point in points if point.step.kind == kind] for kind in kinds]
    kills = [found[-1 if found[0].step.kind == "yaml" else len(found) // 2] for found in of_kind]
    seen = [point for point in points if point.step.kind in {"push", "yaml"}]
    return [*kills, seen[0]._replace(how="cancel"), seen[-1]._replace(how="hurry")]


def table(played: Sequence[Played]) -> str:
    """Markdown: a line for each command and kind of step, a group of columns for each signal."""
    hows = [how for how in SIGNALS if any(one.point.how == how for one in played)]
    lines = [
        "| command | step | " + " | ".join(hows) + " | differences | paid twice |",
        "|---|---|" + "---:|" * (len(hows) + 2),
    ]
    for story, kind in dict.fromkeys((one.story, one.point.step.kind) for one in played):
        mine = [one for one in played if (one.story, one.point.step.kind) == (story, kind)]
        lines.append(f"| `{story}` | {kind} | {_numbers(mine, hows)} |")
    lines.append(f"| all | | {_numbers(played, hows)} |")
    return "\n".join(lines)


def _numbers(played: Sequence[Played], hows: Sequence[str]) -> str:
    counts = Counter(one.point.how for one in played)
    wrong = sum(not one.right for one in played)
    doubles, told = sum(one.doubles for one in played), sum(one.told for one in played)
    return " | ".join(
        [*(str(counts[how]) for how in hows), str(wrong), f"{doubles}, {told} told" if told else str(doubles)]
    )
