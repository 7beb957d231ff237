"""The commands that take durable steps: what is there before each, the command, and what is run afterwards until nothing moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.killed.stage import PIER, QUAY, WORLD, Stage

if TYPE_CHECKING:
    from tests.killed.nursery import Strike
    from tests.killed.stage import Ran

_TICKS: Final = 8  # a schedule comes to rest within these


@dataclass(frozen=True)
class Story:
    """
    One command on a world that is ready for it.

    `lead_up` brings the world there, `command` is struck, and `onward` is what runs later: the same command again (`again`), then
    as a person or a schedule would go on. It is gone round until a round changes nothing.
    """

    name: str
    lead_up: Callable[[Stage], None]
    command: tuple[str, ...]
    onward: tuple[tuple[str, ...], ...]
    live: bool = False
    again: tuple[str, ...] = ()

    @property
    def in_workflows(self) -> bool:
        """Whether workflows run it, each time in a fresh clone."""
        return self.command[0] == "gitops"

    def strike(self, stage: Stage, strike: Strike | None) -> Ran:
        """Run the command."""
        return self._run(stage, self.command, strike)

    def go_on(self, stage: Stage, *, again: bool) -> list[Ran]:
        """Run what comes later until nothing moves; with `again`, the command itself first. AssertionError when it never rests."""
        ran = [self._run(stage, self.again or self.command)] if again else []
        before: object = None
        for _ in range(_TICKS):
            ran += [self._run(stage, command) for command in self.onward]
            now = (
                stage.refs(),
                len(stage.gemini.state.answers),
                len(stage.github.exchanges) and _pulls(stage),
            )
            if now == before:
                return ran
            before = now
        raise AssertionError(f"never at rest: {ran[-1].said}")

    def _run(self, stage: Stage, command: tuple[str, ...], strike: Strike | None = None) -> Ran:
        if command[0] == "gitops":
            return stage.workflow(*command[1:], strike=strike)
        return stage.laptop(*command, strike=strike)


def _pulls(stage: Stage) -> object:
    return [(pull.number, pull.branch, pull.head_sha, pull.body, pull.open) for pull in stage.github.pulls()]


def _words(stage: Stage) -> None:
    stage.write({"chargen.yaml": WORLD, "quay/imagery.yaml": QUAY})


def _two_rounds(stage: Stage) -> None:
    """Two pictures at once, and one that is made after the first of them."""
    after = QUAY.replace(
        "'a coil of rope'}", "'a coil of rope', references: [{ref: location/quay/noon/wide, role: place}]}"
    )
    stage.write({"chargen.yaml": WORLD, "quay/imagery.yaml": after, "pier/imagery.yaml": PIER})


def _submitted(stage: Stage) -> None:
    _words(stage)
    _well(stage.laptop("batch", "submit", "--yes"))


def _made(stage: Stage) -> None:
    _words(stage)
    _well(stage.laptop("batch", "run", "--yes", "--no-apply"))


def _ordered(stage: Stage) -> None:
    _words(stage)
    _well(stage.workflow("submit"))


def _proposed(stage: Stage) -> None:
    """One entity's pull request is open, with older words; newer pictures have come for it, and some for another."""
    _ordered(stage)
    _well(stage.workflow("tick"))
    stage.edit("quay/imagery.yaml", "'a coil of rope'", "a coil of wet rope")
    stage.write({"pier/imagery.yaml": PIER})
    _well(stage.workflow("submit"))
    _well(stage.workflow("collect"))


def _everything_is_due(stage: Stage) -> None:
    """A pull request was merged, another closed; a batch has ended; newer words wait to be submitted."""
    _ordered(stage)
    stage.write({"pier/imagery.yaml": PIER})
    _well(stage.workflow("submit"))
    _well(stage.workflow("tick"))
    stage.write({"mole/imagery.yaml": PIER.replace("pier", "mole")})
    _well(stage.workflow("submit"))
    quay, pier = sorted(stage.github.pulls(), key=lambda pull: "pier" in pull.branch)
    stage.github.merge(quay.number)
    stage.github.set_permission("ada", "write")
    stage.github.close(pier.number, by="ada")
    stage.edit("quay/imagery.yaml", "'a coil of rope'", "a coil of wet rope")


def _well(ran: Ran) -> None:
    assert ran.code == 0, ran.said


_SETTLE: Final = (
    ("batch", "submit", "--yes"),
    ("batch", "collect", "--wait"),
)
STORIES: Final = (
    Story(
        "batch run",
        _two_rounds,
        ("batch", "run", "--yes", "--quiet"),
        (("batch", "run", "--yes", "--quiet"),),
        live=True,
    ),
    Story("batch submit", _words, ("batch", "submit", "--yes"), _SETTLE),
    Story("batch collect", _submitted, ("batch", "collect", "--wait"), _SETTLE),
    Story("batch apply", _made, ("batch", "apply"), (("batch", "apply"),)),
    Story("gitops submit", _words, ("gitops", "submit"), (("gitops", "tick"),)),
    Story("gitops collect", _ordered, ("gitops", "collect"), (("gitops", "tick"),)),
    Story("gitops refresh", _proposed, ("gitops", "refresh"), (("gitops", "tick"),)),
    Story("gitops tick", _everything_is_due, ("gitops", "tick"), (("gitops", "tick"),)),
)
