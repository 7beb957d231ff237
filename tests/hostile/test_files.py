"""Hostile files of a world, through the commands: told with their place, in bounded time and memory, the rest going on."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from chargen.core.picture_facts import BadPicture
from chargen.edges.images import check_picture, convert, fit_reference
from tests.commands.conftest import REPOSITORY
from tests.hostile import grown
from tests.hostile.grown import MARKDOWN, PICTURES, YAML

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World
    from tests.hostile.conftest import Tried

CORPUS: Final = Path(__file__).parent / "corpus"
GOOD: Final = "kind: location\nslug: good\nscenes: [{id: a, subject: a wall}]\n"
CONTEXT: Final = "context: {character: {sections: [Look], front_matter: [age], budget: 500}}\n"
MOST_SECONDS: Final = 60.0  # on a machine that does much else; none takes a tenth of it on one that does not
MOST_BYTES: Final = 2**31
LISTED: Final = sorted(path.name for path in (CORPUS / "yaml").iterdir())


def planned(folder: Path, files: dict[str, str | bytes]) -> tuple[int, str, float]:
    """Plan a world of these files and a good one as a process with little memory: its exit code, words and seconds."""
    for path, data in {"good/imagery.yaml": GOOD, **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data.encode() if isinstance(data, str) else data)
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "chargen", "batch", "plan", "--root", str(folder)],
        capture_output=True, timeout=MOST_SECONDS, check=False, cwd=folder, text=True,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, MOST_BYTES)),
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr, time.monotonic() - began


def judge(tried: Tried, what: str, code: int, said: str) -> None:
    """No bug, no traceback, no flood of words, and the good file is planned all the same."""
    bad = code not in {0, 1} or "Traceback" in said or "MemoryError" in said
    tried(what, escaped=bad and f"{code}: {said[-1500:]}")
    assert "location/good" in said
    assert len(said) < 2_000_000


@pytest.mark.parametrize("name", YAML)
def test_a_hostile_imagery_yaml_is_told_and_the_rest_is_planned(
    name: str, tmp_path: Path, tried: Tried
) -> None:
    code, said, _ = planned(tmp_path, {"bad/imagery.yaml": YAML[name]()})

    judge(tried, name, code, said)


@pytest.mark.parametrize("name", LISTED)
def test_an_odd_imagery_yaml_is_told_and_the_rest_is_planned(world: World, name: str, tried: Tried) -> None:
    world.write("bad/imagery.yaml", (CORPUS / "yaml" / name).read_bytes())

    said = [world("batch", "plan"), world("validate"), world("explain", "location/bad/a")]

    tried.said(name, *said)
    assert "location/pier" in said[0].out


@pytest.mark.parametrize("name", MARKDOWN)
def test_hostile_markdown_beside_it_is_read_in_time(name: str, tmp_path: Path, tried: Tried) -> None:
    her = "kind: character\nslug: bad\nscenes: [{id: a, subject: b}]\n"

    files: dict[str, str | bytes] = {
        "chargen.yaml": CONTEXT,
        "bad/imagery.yaml": her,
        "bad/profile.md": MARKDOWN[name](),
    }
    code, said, _ = planned(tmp_path, files)

    judge(tried, name, code, said)


@pytest.mark.parametrize(
    "name", ["alias-bomb", "100000-deep-lists", "400000-keys", "10-mb-of-words", "nul", "utf-16"]
)
def test_a_hostile_chargen_yaml_stops_with_exit_3(name: str, tmp_path: Path, tried: Tried) -> None:
    code, said, _ = planned(tmp_path, {"chargen.yaml": YAML[name]()})

    tried(f"chargen.yaml: {name}", escaped=(code != 3 or "Traceback" in said) and said[-1500:])


def test_blank_lines_cost_no_more_than_others(tmp_path: Path) -> None:
    """Twice the size, twice the time: nothing that is read grows by the square."""
    seconds = [
        planned(tmp_path / str(size), {"bad/imagery.yaml": grown.HEAD + "\n" * size})[2]
        for size in (10, 9_000_000)
    ]

    assert seconds[1] < seconds[0] + 20


@pytest.mark.parametrize("name", PICTURES)
def test_a_hostile_picture_is_refused_or_decoded_and_never_a_bug(name: str, tried: Tried) -> None:
    data = PICTURES[name]()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss

    for does in (
        check_picture,
        fit_reference,
        lambda it: convert(it, "webp"),
        lambda it: convert(it, "jpeg"),
    ):
        try:
            does(data)
        except BadPicture:
            continue
        except Exception as error:  # noqa: BLE001  # what is looked for
            tried(name, escaped=repr(error))

    tried(name, escaped=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before > 1_000_000 and "memory")


@pytest.mark.parametrize("name", PICTURES)
def test_a_hostile_reference_stops_only_its_shots(
    world: World, gemini: Emulator, name: str, tried: Tried
) -> None:
    world.write("characters/mara/images/face.png", PICTURES[name]())

    said = world("batch", "run", "--yes", "--only", "character", "--only", "location/pier/dusk")

    tried.said(name, said)
    assert "generated_images" in world.read("locations/pier/imagery.yaml")
