"""
The click group, its commands loaded only when they run, and the one error boundary.

Imports nothing heavy: `chargen --help` must start fast.
"""

from __future__ import annotations

import io
import os
import sys
from typing import Final

import click

from chargen import __version__
from chargen.commands.lazy import LazyGroup
from chargen.edges.environment import in_a_workflow, wants_no_color
from chargen.errors import ChargenError, ExitCode, WorkFailed

_LONGEST: Final = 2000  # characters of an error, told on one line
COMMANDS: Final = {
    "init": ("chargen.commands.init", "Write a world's workflows and first files; what is there stays."),
    "validate": (
        "chargen.commands.validate",
        "Check a world's files; every finding with its file, line and column.",
    ),
    "explain": (
        "chargen.commands.explain",
        "Show a shot's prompt, line by line, and what the plan does with it.",
    ),
    "schema": ("chargen.commands.schema", "Print the JSON Schema of a file, for editors and other programs."),
    "import": (
        "chargen.commands.import_pictures",
        "Adopt pictures that exist; on request, write memoryquill files in the native shape.",
    ),
    "doctor": ("chargen.commands.doctor", "Check all that a world's setup needs, and say what to do."),
    "batch": ("chargen.commands.batch", "Plan, make, collect and apply pictures."),
    "gitops": ("chargen.commands.gitops", "What the workflows call: plan, submit, collect, refresh, tick."),
    "state": ("chargen.commands.state", "Look at the books; settle, unlock, rebuild, prune."),
    "costs": ("chargen.commands.costs", "What pictures have cost, month by month, and what of it was waste."),
    "emulator": ("chargen.commands.emulator", "Serve a stand-in for Gemini, for tests and dry runs."),
    "demo": ("chargen.commands.demo", "Play a whole story on a copy of the example world, without a key."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", message="chargen %(version)s")
def chargen() -> None:
    """Pictures for illustrated worlds kept in git: planned from the writer's words, priced, made by Gemini."""


def main(arguments: list[str] | None = None) -> None:
    """Run the command line and exit with the code of DESIGN 8: the one place where errors become words and codes."""
    try:
        code = run(sys.argv[1:] if arguments is None else arguments)
    except OSError:  # stderr takes no words either
        code = ExitCode.FAILED
    sys.exit(code if _all_written() else code or ExitCode.FAILED)


def run(arguments: list[str]) -> int:
    """Run the command line; its exit code."""
    try:
        code = chargen.main(arguments, prog_name="chargen", standalone_mode=False, color=_colour())
        return int(code) if isinstance(code, int) else ExitCode.DONE
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        _tell_usage(error)
        return ExitCode.USAGE
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted; what was done is kept", err=True)
        return ExitCode.INTERRUPTED
    except ChargenError as error:
        return _tell(error)
    except OSError as error:
        return _disk(error)
    except Exception as error:  # noqa: BLE001  # the boundary: a bug of ours is reported, never a bare traceback
        return _bug(error)


def _colour() -> bool | None:
    """What click makes of colours: never (False), or for a terminal (None)."""
    return False if wants_no_color() else None


def _tell(error: ChargenError) -> int:
    from chargen.commands.redacting import redact
    from chargen.core.one_line import one_line

    said, hint = (one_line(redact(text), longest=_LONGEST) for text in (str(error), error.hint))
    click.echo(f"{click.style('error', fg='red')}: {said}", err=True, color=_colour())
    if hint:
        click.echo(f"  {hint}", err=True)
    _annotate(error.whole)
    return error.exit_code


def _tell_usage(error: click.ClickException) -> None:
    """A command line that cannot be meant: in a workflow its words may be an input's, and so anybody's who may start it."""
    said = io.StringIO()
    error.show(said)
    click.echo(_shown(said.getvalue()), err=True, nl=False)
    _annotate(error.format_message())


def _shown(text: str) -> str:
    """Several lines with anybody's words in them, as they may be shown."""
    from chargen.commands.redacting import redact
    from chargen.core.one_line import harmless

    return harmless(redact(text), workflow=in_a_workflow())


def _annotate(said: str) -> None:
    """The same on the page of a workflow run, whose log nobody opens first."""
    from chargen.commands.redacting import redact
    from chargen.core.annotation import annotation

    if in_a_workflow():
        click.echo(annotation("error", redact(said)), err=True)


def _disk(error: OSError) -> int:
    """A disk that is full, read-only or failing is nobody's bug."""
    import errno

    known = {
        errno.ENOSPC,
        errno.EDQUOT,
        errno.EFBIG,
        errno.EROFS,
        errno.EACCES,
        errno.EIO,
        errno.ENAMETOOLONG,
    }
    if error.errno not in known:
        return _bug(error)
    from pathlib import Path

    from chargen.edges.files import unwritable

    if not error.filename and not _all_written():
        hint = "have it go where there is room; what the command did is kept"
        return _tell(WorkFailed(f"the output cannot be written: {error.strerror}", hint=hint))
    return _tell(unwritable(Path(error.filename or "a file of the run, or the output"), error))


def _all_written() -> bool:
    """Whether stdout and stderr took all they were given; the rest is dropped, or Python would end with a code of its own."""
    written = True
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None and not stream.closed:
                stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            written = False
    return written


def _bug(error: Exception) -> int:
    import platform
    import traceback

    click.echo(_shown("".join(traceback.format_exception(error))), err=True)
    click.echo(
        f"This is a bug of chargen's ({type(error).__name__}). Please report it with the lines above:\n"
        f"  chargen {__version__}, Python {platform.python_version()}, {platform.system()}",
        err=True,
    )
    _annotate(f"This is a bug of chargen's ({type(error).__name__}): report it with the lines of the log")
    return ExitCode.BUG
