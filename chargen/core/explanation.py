"""Why a prompt says what it says: each line with the places it came from. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from chargen.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.core.compiled import CompiledShot
    from chargen.core.ir import FieldPath, PromptIR
    from chargen.core.shot import YamlPath
    from chargen.core.world import World


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One line of a prompt and where its words stand in the writer's files; none for words of chargen's own."""

    text: str
    places: tuple[Place, ...] = ()


def explain_lines(world: World, shot: CompiledShot) -> Iterator[ExplainedLine]:
    """Every line of the prompt, in order."""
    for line in shot.lines:
        origins = (shot.source.origin(path) for path in sources_of(shot.ir, line.field))
        places = tuple(dict.fromkeys(world.locate(origin) for origin in origins if origin is not None))
        yield ExplainedLine(line.text, places)


def sources_of(ir: PromptIR, field: FieldPath) -> tuple[YamlPath, ...]:
    """The paths in the source that a field of the IR, or what lies below it, was made from."""
    if not field:
        return ()
    for length in range(len(field), 0, -1):
        found = ir.trace.get(field[:length])
        if found is not None:
            return ((*found, *field[length:]),)
    below = (path for name, path in ir.trace.items() if name[: len(field)] == field)
    return tuple(dict.fromkeys(below))
