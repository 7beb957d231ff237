"""
A world in the memoryquill shape, in words of our own: one chapter, two characters, three locations of different
untidiness, and a native file among them; and builders of single files.
"""

from __future__ import annotations

from textwrap import dedent
from typing import TYPE_CHECKING, Any, Final

from tests.worlds import shots_of, world_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.core.shot import Shot
    from tests.worlds import Files

MILL: Final = "locations/mill/imagery.yaml"
ODO: Final = "characters/odo/imagery.yaml"
ODO_IDEAS: Final = "characters/odo/image-ideas.yaml"
CHAPTER: Final = "chapters/ch01/imagery.yaml"
_HEADS: Final = {
    MILL: "metadata: {entity_type: location-imagery, slug: mill}\n",
    ODO: "entity_type: character\nslug: odo\n",
    ODO_IDEAS: "",
    CHAPTER: "metadata: {entity_type: chapter-imagery, slug: ch01}\n",
}


def mill(body: str) -> dict[str, Any]:
    """The file of a location, `location/mill`."""
    return {MILL: _HEADS[MILL] + dedent(body)}


def chapter(body: str) -> dict[str, Any]:
    """The file of a chapter, `chapter/ch01`."""
    return {CHAPTER: _HEADS[CHAPTER] + dedent(body)}


def odo(body: str = "", *, ideas: str = "") -> dict[str, Any]:
    """The files of a character, `character/odo`."""
    files = {ODO: _HEADS[ODO] + dedent(body)}
    return files | ({ODO_IDEAS: dedent(ideas)} if ideas else {})


def zone(words: str) -> dict[str, Any]:
    """A location with one zone, `location/mill/loft/main`, of which `words` say more: flow mapping or lines."""
    return mill(_one("zones", "slug: loft\ndescription: a loft", words))


def image(words: str) -> dict[str, Any]:
    """A chapter with one image, `chapter/ch01/scn-1/img-1`."""
    return chapter(
        _one("images", "custom_id: ch01-img-1\nscene_id: scn-1\nvisual_description: a road", words)
    )


def idea(words: str, *, file: str = "") -> dict[str, Any]:
    """A character with one scene, `character/odo/reading/main`; `file` is more of its imagery.yaml."""
    return odo(file, ideas=_one("scenes", "title: Reading\nscene: he reads", words))


def _one(key: str, first: str, more: str) -> str:
    said = [*first.splitlines(), *dedent(more).strip("\n").splitlines()]
    return (
        f"{key}:\n" + "\n".join(f"{'  - ' if i == 0 else '    '}{line}" for i, line in enumerate(said)) + "\n"
    )


def addresses(files: Files) -> list[str]:
    """The shots of a world, in the order of its addresses."""
    return [str(shot.address) for shot in world_of(files).shots()]


def findings(files: Files) -> list[str]:
    """All that is wrong with a world: its files, then its shots; each once."""
    world = world_of(files)
    of_shots = [problem for shot in shots_of(files).values() for problem in shot.problems]
    return list(dict.fromkeys(str(problem) for problem in (*world.problems, *of_shots)))


def shot(files: Files) -> Shot:
    """The one shot of a world."""
    (found,) = world_of(files).shots()
    return found


def sections(files: Files, address: str = "") -> Mapping[str, Any]:
    """The prompt IR of one shot, or of the only one."""
    shots = shots_of(files)
    return (shots[address] if address else next(iter(shots.values()))).ir.sections
