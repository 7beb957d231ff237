"""
The example world, compiled: its hashes and one whole prompt, pinned.

When the hashes here change, every picture of every world is asked for again: raise EPOCH if the compiler changed, never
let a source digest change, and run `python -m tests.core.test_golden` to write tests/golden anew. A changed prompt text
alone bills nobody.
"""

from __future__ import annotations

import json
from pathlib import Path

from chargen.core.digest import EPOCH
from chargen.pipeline.compile import compile_world
from chargen.pipeline.discover import discover
from tests.fakes import FakeTree

ROOT = Path(__file__).parents[2]
GOLDEN = ROOT / "tests" / "golden"
PAINTED = "character/ansa-pell/portrait/half-length"


def compiled() -> tuple[dict[str, dict[str, str]], str]:
    """Each shot's hashes, and the text of one prompt."""
    folder = ROOT / "examples" / "tidewright"
    files = {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    world = discover(FakeTree(files))
    assert world.problems == ()
    shots = compile_world(world)
    assert not [problem for shot in shots.values() for problem in shot.problems]
    hashes = {
        str(address): {"prompt": shot.prompt_hash, "source": shot.source_digest}
        for address, shot in shots.items()
    }
    (text,) = (shot.prompt() for shot in shots.values() if str(shot.address) == PAINTED)
    return hashes, text


def test_the_hashes_of_the_example_world_are_pinned() -> None:
    pinned = json.loads((GOLDEN / "tidewright.json").read_text(encoding="utf-8"))

    assert compiled()[0] == pinned["shots"]
    assert pinned["epoch"] == EPOCH


def test_the_prompt_of_a_shot_is_pinned() -> None:
    assert compiled()[1] + "\n" == (GOLDEN / "half-length.txt").read_text(encoding="utf-8")


def test_the_example_world_is_of_the_size_it_promises() -> None:
    hashes, _ = compiled()

    kinds = [kind for kind, _ in {tuple(address.split("/")[:2]) for address in hashes}]
    assert len(hashes) >= 20
    assert len({entry["prompt"] for entry in hashes.values()}) == len(hashes)
    assert [
        kinds.count(kind) >= least for kind, least in (("character", 3), ("location", 2), ("chapter", 2))
    ] == [True] * 3


if __name__ == "__main__":
    shots, prompt = compiled()
    GOLDEN.mkdir(exist_ok=True)
    (GOLDEN / "tidewright.json").write_text(
        json.dumps({"epoch": EPOCH, "shots": shots}, indent=1) + "\n", encoding="utf-8"
    )
    (GOLDEN / "half-length.txt").write_text(prompt + "\n", encoding="utf-8")
