"""What the README and the pages under docs/ say, held to what the code does."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
import pytest
from PIL import Image

from chargen import cli
from chargen.edges.work_tree import WorkTree
from chargen.pipeline.compile import compile_world
from chargen.pipeline.discover import discover

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), ROOT / "examples" / "tidewright" / "README.md"]
)
YAML = re.compile(r"`([\w./-]+\.yaml)`:\n+```yaml\n(.*?)```", re.DOTALL)
SHELL = re.compile(r"```sh\n(.*?)```", re.DOTALL)
CODE = re.compile(r"`((?:chargen|scripts/)[^`\n]*)`")
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)#\s]*)(#[\w-]+)?\)")


def named(pages: list[Path]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("page", pages, ids=[str(page.relative_to(ROOT)) for page in pages])


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def test_generated_parts_are_as_the_code_is() -> None:
    """Run scripts/docs when this fails."""
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "generate_docs.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


@named([page for page in PAGES if "```yaml" in text_of(page)])
def test_every_yaml_example_is_named_and_compiles(page: Path, tmp_path: Path) -> None:
    """The examples of a page are the files of one world; every picture they name is made up."""
    files = dict(YAML.findall(text_of(page)))
    assert text_of(page).count("```yaml") == len(files), (
        "each needs the name of its file before it: `x.yaml`:"
    )
    for name, body in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body, encoding="utf-8")
        for picture in re.findall(r"path: ([\w./-]+)", body):
            (path.parent / picture).parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (8, 8)).save(path.parent / picture)

    world = discover(WorkTree(tmp_path))
    shots = compile_world(world)

    assert world.problems == ()
    assert [problem for shot in shots.values() for problem in shot.problems] == []
    assert bool(shots) == any(name.endswith("imagery.yaml") for name in files)


def commands_of(page: Path) -> Iterator[str]:
    """Every call of chargen, or of a script, in a page's shell blocks and inline code."""
    for block in SHELL.findall(text_of(page)):
        for line in block.splitlines():
            for part in re.split(r"&&|\|\||;;|;|\)|\(", line.partition(" #")[0]):
                yield from re.findall(r"(?:^|[\s$])((?:chargen|scripts/\w+)\b.*)", part)
    for said in CODE.findall(text_of(page)):
        yield from (one.strip() for one in re.split(r" \| ", said))


@named(PAGES)
def test_every_command_exists_and_takes_these_options(page: Path) -> None:
    for said in commands_of(page):
        words = [word for word in shlex.split(said.partition(" > ")[0]) if word not in ("&", "...")]
        if words[0].startswith("scripts/"):
            assert (ROOT / words[0]).is_file(), said
        elif words[0] == "chargen":
            assert unknown_words(words[1:]) == [], said


def unknown_words(words: list[str]) -> list[str]:
    """The words of a command line that no group or command knows."""
    command: click.Command = cli.chargen
    unknown: list[str] = []
    for word in words:
        context = click.Context(command)
        if word.startswith("-"):
            known = {
                option for one in command.get_params(context) for option in (*one.opts, *one.secondary_opts)
            }
            known |= {"-h", "--help"}
            if word.partition("=")[0] not in known:
                unknown.append(word)
        elif isinstance(command, click.Group):
            found = command.get_command(context, word)
            if found is None:
                return [*unknown, word]
            command = found
    return unknown


@named(PAGES)
def test_links_lead_somewhere(page: Path) -> None:
    for target, anchor in LINK.findall(text_of(page)):
        path = page.parent / target if target else page
        assert path.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.+)$", text_of(path), re.MULTILINE)
            assert anchor[1:] in {
                re.sub(r"[^\w -]", "", one).strip().lower().replace(" ", "-") for one in headings
            }


@named(PAGES)
def test_pages_name_no_machine(page: Path) -> None:
    """Nothing that only holds where it was written: home folders, private paths and addresses."""
    assert (
        re.findall(r"/(?:home|root|work|Users)/[\w/.-]*|localhost\.\w+|\b10\.\d+\.\d+\.\d+", text_of(page))
        == []
    )
