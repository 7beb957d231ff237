"""The demo's story: words are pushed, pictures proposed and merged, a mood is edited, and in the end all agree."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import TYPE_CHECKING, Final

import click

from chargen.commands import demo_telling as said
from chargen.commands.demo_pages import write_pages
from chargen.commands.demo_stage import REVIEWER, WRITER, expect
from chargen.core.counted import counted
from chargen.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.commands.demo_stage import Stage
    from chargen.emulator.forge.records import Pull

_BEFORE: Final = "fog as thick as fleece, the second thing in any row already half gone"
_AFTER: Final = "fog in thin torn sheets, the third thing in any row only a shadow"
_BRANCH: Final = "thinner-fog"
_FIRST: Final = ((21, 9), (3, 3), (1, 1))  # pictures and pull requests, one wave after another
_IN_THE_FOG: Final = (4, 3)
_NOTHING: Final = "Nothing to make: 23 unchanged, 1 paused."


def play(stage: Stage) -> int:
    """Play the story; 0 when the last plan is empty. WorkFailed where anything comes out otherwise than told."""
    _begin()
    for number, step in enumerate(_STEPS, start=1):
        said.heading(f"{number} of {len(_STEPS)}  {step.__doc__}")
        step(stage)
    _end(stage)
    return ExitCode.DONE


def _begin() -> None:
    click.echo(click.style("Tidewright: a story about a tide that comes four minutes early", bold=True))
    said.tell(
        "Two stand-ins answer on this machine: for GitHub, beside a real bare git repository, and for Gemini, which draws "
        "simple pictures from the words it is sent. No key, no network, no cost. The rest is real: each workflow "
        "below runs the command it names in a fresh shallow clone, with the secrets it would have."
    )


def _words(stage: Stage) -> None:
    """Wren has written a world: four people, three places, two chapters. What pictures does it call for?"""
    said.act(WRITER, "git push origin main")
    stage.push()
    _order(stage, wanted=_FIRST[0][0])
    said.outcome(
        "Written down first, then sent as one batch, at half price. Some shots are painted after others, and wait."
    )


def _pictures(stage: Stage) -> None:
    """The batch is done. The hourly run brings its pictures: a pull request for each entity."""
    _bring(stage, *_FIRST[0])
    said.outcome(
        "Each shows its pictures, why they were made, what was asked and what they cost. "
        "Two shots wanted a second candidate: the first is what merging takes, the other is shown beside it."
    )


def _waves(stage: Stage) -> None:
    """Mira, who answers for the pictures, merges. What waited can now be painted, and so on until all is there."""
    for pictures, pulls in _FIRST[1:]:
        _merge(stage)
        _order(stage, wanted=pictures)
        _bring(stage, pictures, pulls)
    _merge(stage)
    _order(stage, wanted=0)


def _edit(stage: Stage) -> None:
    """Wren thins the fog, one line of the mood `fret`, on a branch. What would that cost?"""
    stage.pull()
    path = stage.world / "chargen.yaml"
    text = path.read_text(encoding="utf-8")
    expect("lines of the mood `fret` to edit", text.count(_BEFORE), 1)
    path.write_text(text.replace(_BEFORE, _AFTER), encoding="utf-8")
    said.diff(stage.git.text("diff", "--unified=0", "--", "chargen.yaml").splitlines()[-2:])
    stage.commit("Thin the fog")
    said.act(WRITER, f"git push origin {_BRANCH}, and opens a pull request")
    stage.push(_BRANCH)
    number = stage.open_pull(_BRANCH, "Thin the fog", "One should see the third pole, if only as a shadow.")
    before = len(stage.gemini.paid)
    said.act("plan", f"chargen gitops plan --pull-request={number}")
    said.ran(stage.check_pull(number))
    comments = [comment.login for comment in stage.github.comments(number)]
    expect("comments on the pull request", comments, ["github-actions[bot]"])
    expect("pictures bought by asking for the price", len(stage.gemini.paid) - before, 0)
    said.outcome(
        f"Said in a comment on #{number}, with the shots it touches and both wordings. Nothing is bought yet."
    )


def _second(stage: Stage) -> None:
    """The price is right: the four pictures with that fog in them, and no other, are made anew."""
    _merge(stage)
    _order(stage, wanted=_IN_THE_FOG[0])
    _bring(stage, *_IN_THE_FOG)
    said.outcome("Now each pull request shows before and after, side by side.")
    _merge(stage)


def _empty(stage: Stage) -> None:
    """And now? Words and pictures agree."""
    said.act("tick", "chargen gitops tick")
    tick = stage.workflow("tick")
    said.ran(tick)
    expect("the last plan on the forge", tick.headline, _NOTHING)
    expect("pull requests that are open", len(stage.open_pulls()), 0)
    expect(
        "open batches",
        [
            item.id
            for item in stage.books().submissions.values()
            if item.batch and str(item.state) != "COLLECTED"
        ],
        [],
    )
    said.act(WRITER, "git pull && chargen batch plan --detailed-exitcode")
    stage.pull()
    plan = stage.chargen("batch", "plan", "--detailed-exitcode")  # 2 when there is anything to make
    expect("the writer's plan", plan.headline, _NOTHING)
    said.ran(plan)
    said.outcome("Exit code 0. Whoever plans again, on these words, pays nothing.")


_STEPS: Final = (_words, _pictures, _waves, _edit, _second, _empty)


def _order(stage: Stage, *, wanted: int) -> None:
    """The push makes the submit workflow run; so many pictures are ordered."""
    before = len(stage.books().submissions)
    said.act("submit", "chargen gitops submit")
    said.ran(stage.workflow("submit"))
    books = sorted(stage.books().submissions.values(), key=lambda item: item.created_at)
    expect("pictures that were ordered", sum(len(item.requests) for item in books[before:]), wanted)


def _bring(stage: Stage, pictures: int, pulls: int) -> None:
    """The hourly workflow, after Gemini is through: so many pictures, in so many pull requests."""
    before = _pictures_here(stage)
    stage.paint()
    said.act("tick", "chargen gitops tick")
    tick = stage.workflow("tick")
    expect("pictures that came", _pictures_here(stage) - before, pictures)
    opened = stage.open_pulls()
    expect("pull requests that were opened", len(opened), pulls)
    numbers = f"#{opened[0].number}" + (f" to #{opened[-1].number}" if pulls > 1 else "")
    said.outcome(
        f"{counted(pictures, 'picture')} came: {counted(pulls, 'pull request')}, {numbers} ({tick.seconds:.0f} s)"
    )
    said.paid(len(stage.gemini.paid), spent_usd(stage))


def _merge(stage: Stage) -> None:
    """Mira merges what is open."""
    pulls = stage.open_pulls()
    said.act(REVIEWER, f"merges {_numbers(pulls)}")
    for pull in pulls:
        stage.github.merge(pull.number, by=REVIEWER)


def _numbers(pulls: Sequence[Pull]) -> str:
    """What people call them; they were opened one after another."""
    return f"#{pulls[0].number}" + (f" to #{pulls[-1].number}" if len(pulls) > 1 else "")


def _pictures_here(stage: Stage) -> int:
    """Pictures that the books have as paid for and kept."""
    books = stage.books()
    return sum(
        1 for item in books.submissions.values() if str(item.state) == "COLLECTED" for _ in item.requests
    )


def spent_usd(stage: Stage) -> Decimal:
    """What the books say was paid."""
    return sum((item.actual_usd for item in stage.books().submissions.values()), Decimal(0))


def _end(stage: Stage) -> None:
    total = spent_usd(stage)
    index = write_pages(stage, total, _NOTHING)
    click.echo()
    seconds = time.monotonic() - stage.began
    cost = f"{len(stage.gemini.paid)} pictures, {total:.2f} USD by chargen's price table, had it been Gemini"
    click.echo(click.style(f"Done in {seconds:.0f} seconds; {cost}.", bold=True))
    click.echo(f"  look at   {index.as_uri()}")
    if stage.kept:
        click.echo(f"  world     {stage.world}")
        click.echo(f"  books     git -C {stage.bare.path} log --stat chargen/tracking")
        click.echo(f"  runs      {stage.folder / 'runs'}")
    else:
        said.tell("The repository and the clones are removed again; play with --keep, and they stay too.")
