"""The demo's story: what is said, which commands are run, and what is shown of the files, one step after another."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
import time
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from chargen.commands.demo_stage import must
from chargen.commands.wiring import Session
from chargen.edges.environment import Environment
from chargen.errors import ExitCode, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chargen.commands.demo_stage import Stage

_BEFORE: Final = "fog as thick as fleece, the second thing in any row already half gone"
_AFTER: Final = "fog in thin torn sheets, the third thing in any row only a shadow"
_ROW_IN: Final = "locations/slipping-road/imagery.yaml"
_YAML: Final = "*imagery.yaml"
_IN_THE_FOG: Final = 4
_WIDEST: Final = 100
_DIFF_COLOURS: Final = {"+": "green", "-": "red"}


def play(stage: Stage) -> int:
    """Play the story; 0 when the last plan is empty. WorkFailed where a command ends otherwise than it should."""
    began = time.monotonic()
    _begin(stage)
    for number, step in enumerate(_STEPS, start=1):
        click.echo()
        click.echo(click.style(f"{number} of {len(_STEPS)}  {step.__doc__}", bold=True))
        step(stage)
    _end(stage, time.monotonic() - began)
    return ExitCode.DONE


def _begin(stage: Stage) -> None:
    click.echo(click.style("Tidewright: a story about a tide that comes four minutes early", bold=True))
    _tell(
        f"The example world lies in {stage.world}, a new git repository. In place of Gemini answers an emulator on "
        f"{stage.url}: it draws simple pictures from the words it is sent, needs no key and costs nothing. "
        "The rest is real: the same commands, the same SDK, the same files."
    )


def _plan(stage: Stage) -> None:
    """The writer has written. Which pictures do the words call for, and for how much?"""
    _tell(
        "A plan spends nothing and needs no key. Each line is one picture: + is to be made, - is left alone for now. "
        "Prices are upper bounds in USD, at half price here because a batch is asked for."
    )
    _run(stage, "batch", "plan", "--mode", "batch")


def _batch(stage: Stage) -> None:
    """Make them, as batches."""
    _tell(
        "chargen writes down what it is about to buy, sends it, waits, and puts the pictures in their places. "
        "Some are painted after others, so three batches follow one another. "
        "Two shots want a second candidate, which stays in the run's folder."
    )
    _run(stage, "batch", "run", "--mode", "batch", "--yes", "--quiet")


def _rows(stage: Stage) -> None:
    """What changed? New pictures, and for each a row in the YAML."""
    _tell(
        "Rows go beside the words they answer; no word, quote, comment or indent of the writer's is touched."
    )
    _show_command(f"git diff --stat -- '{_YAML}'")
    click.echo(stage.git.text("diff", "--stat", "--stat-width", str(_width()), "--", _YAML))
    click.echo()
    _tell(
        "(Two shots there are written on one line: their rows went into that line.) One row, as git shows it:"
    )
    _show_command(f"git diff -U1 {_ROW_IN}")
    _show_lines(_first_hunk(stage.git.text("diff", "--unified=1", "--", _ROW_IN)))
    click.echo()
    _tell("The writer likes them, and commits.")
    _commit(stage, "Pictures for the first two chapters")


def _edit(stage: Stage) -> None:
    """The writer thins the fog: one line of the mood `fret`. What is out of date now?"""
    path = stage.world / "chargen.yaml"
    text = path.read_text(encoding="utf-8")
    if text.count(_BEFORE) != 1:
        raise WorkFailed("the example world's mood `fret` does not read as the demo expects")
    path.write_text(text.replace(_BEFORE, _AFTER), encoding="utf-8")
    _show_command("git diff -U0 chargen.yaml")
    _show_lines(_first_hunk(stage.git.text("diff", "--unified=0", "--", "chargen.yaml")))
    click.echo()
    _tell("A plan against the last commit shows each shot the fog is in, field by field, and no other shot.")
    _run(stage, "batch", "plan", "--base", "HEAD")
    count = _to_make(stage)
    if count != _IN_THE_FOG:
        raise WorkFailed(f"{count} shots are to be made again; the fog is in {_IN_THE_FOG}")


def _live(stage: Stage) -> None:
    """Make those four again, and now: live, one request a picture, at full price."""
    _run(stage, "batch", "run", "--mode", "live", "--yes")
    click.echo()
    _tell(
        "The same four files, with other bytes and new rows in the old rows' places. The writer commits again."
    )
    _commit(stage, "Thinner fog")


def _empty(stage: Stage) -> None:
    """And now? Words and pictures agree, so the plan is empty."""
    _tell("(With --detailed-exitcode, a plan with anything to make exits with 2.)")
    _run(stage, "batch", "plan", "--detailed-exitcode")
    click.echo()
    _tell("Exit code 0: nothing to make. Whoever plans again, on these words, pays nothing.")


_STEPS: Final = (_plan, _batch, _rows, _edit, _live, _empty)


def _end(stage: Stage, elapsed_s: float) -> None:
    click.echo()
    cost = f"from Gemini this would have cost {_spent_usd(stage):.2f} USD by chargen's price table"
    click.echo(click.style(f"Done in {elapsed_s:.0f} seconds; {cost}.", bold=True))
    for name, text in _places(stage):
        click.echo(f"  {name:<10} {text}")
    click.echo()
    if stage.kept:
        _tell(f"Go there, change a word, and run `{_program()} batch plan`. The folder is yours to delete.")
    else:
        _tell("All of that is removed again now. Play with --keep, and it stays for you to look at.")


def _places(stage: Stage) -> Iterator[tuple[str, str]]:
    """Where the pictures, the YAML's diff and the runs lie."""
    folder, first = stage.world, stage.git.text("rev-list", "--max-parents=0", "--abbrev-commit", "HEAD")
    pictures = stage.git.text("diff", "--name-only", first, "HEAD", "--", "*/images/*").splitlines()
    yield "pictures", f"{len(pictures)} in {folder}/*/*/images"
    yield "YAML diff", f"git -C {folder} diff {first} HEAD -- '{_YAML}'"
    for run in sorted((folder / ".chargen" / "runs").glob("*_run-*")):
        yield "run", str(run)


def _program() -> str:
    """How a person calls this very chargen: by its path where the shell would not find it."""
    here = Path(sys.executable).with_name("chargen")
    found = shutil.which("chargen")
    return "chargen" if found and Path(found).resolve() == here.resolve() else str(here)


def _spent_usd(stage: Stage) -> Decimal:
    books = Session(stage.world, Environment()).desk().read()
    return sum((item.actual_usd for item in books.submissions.values()), Decimal(0))


def _to_make(stage: Stage) -> int:
    plan = json.loads((stage.world / ".chargen" / "plan.json").read_text(encoding="utf-8"))
    return sum(item["action"] == "generate" for item in plan["items"])


def _run(stage: Stage, *arguments: str) -> None:
    """Show a command, run it, and stop the play when it fails."""
    line = " ".join(("chargen", *arguments))
    _show_command(line)
    must(stage.chargen(*arguments), 0, line)


def _commit(stage: Stage, message: str) -> None:
    _show_command(f"git add --all && git commit -m '{message}'")
    stage.commit(message)


def _show_command(line: str) -> None:
    click.echo(click.style(f"\n$ {line}", fg="cyan"))


def _first_hunk(diff: str) -> list[str]:
    """The lines of a diff's first hunk."""
    _, _, hunk = diff.partition("\n@@ ")
    return hunk.partition("\n@@ ")[0].splitlines()[1:]


def _show_lines(lines: Iterable[str]) -> None:
    """Lines of a diff, each on one line of the terminal."""
    for line in lines:
        cut = line if len(line) <= _width() else line[: _width() - 1] + "…"
        click.echo(click.style(cut, fg=_DIFF_COLOURS.get(line[:1])))


def _tell(text: str) -> None:
    """A sentence or two in the narrator's voice, as wide as the terminal is."""
    click.echo(textwrap.fill(text, _width(), break_long_words=False, break_on_hyphens=False))


def _width() -> int:
    return min(shutil.get_terminal_size().columns, _WIDEST)
