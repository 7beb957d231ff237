"""Why a prompt says what it says: where each line, each reference and each cut of prose was written. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chargen.core.compiled import CompiledShot, Sent
from chargen.core.digest import canonical, is_empty
from chargen.core.plan import Item
from chargen.core.price import characters_as_priced, charges, total
from chargen.core.problem import Problem
from chargen.core.shot import Origin
from chargen.core.world import CONFIG_FILE, World
from chargen.core.world_config import Mode
from chargen.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from decimal import Decimal

    from chargen.core.ir import FieldPath, PromptIR
    from chargen.core.plan import Plan
    from chargen.core.price import Charge
    from chargen.core.prose import Trimmed
    from chargen.core.shot import Entity, Prose, YamlPath


@dataclass(frozen=True, slots=True)
class Explained:
    """A shot, the items of the plan that are about it, how it would be paid for, and all that is wrong with it."""

    world: World
    shot: CompiledShot
    items: tuple[Item, ...]
    mode: Mode
    problems: tuple[Problem, ...] = ()

    @property
    def charges(self) -> tuple[Charge, ...]:
        """What one picture costs at most, part by part; nothing for a model or size that has no price."""
        plan = self.shot.provider
        try:
            return charges(
                plan.model,
                plan.size,
                self.mode,
                prompt_characters=characters_as_priced(self.shot.prompt()),
                references=len(self.shot.references),
            )
        except KeyError:
            return ()

    @property
    def usd(self) -> Decimal:
        """What one picture costs at most."""
        return total(self.charges)


def explain(world: World, shot: CompiledShot, plan: Plan) -> Explained:
    """A shot with what a plan says of it."""
    items = tuple(item for item in plan.items if item.address == shot.address)
    judged = next((item.compiled for item in items if item.compiled), shot)
    names = {str(shot.address), *(item.job_id for item in items)}
    named = (problem for problem in plan.problems if _named(problem) & names)
    problems = tuple(dict.fromkeys([*_found_inside(world, shot), *judged.problems, *named]))
    return Explained(world, judged, items, plan.options.mode, problems)


def _found_inside(world: World, shot: CompiledShot) -> Iterator[Problem]:
    """What was found wrong between the first and the last line of the shot's own words when its file was read."""
    said = next((layer for layer in reversed(shot.shot.layers) if layer.data), shot.shot.layers[-1])
    first = world.locate(shot.shot.origin)
    last = max((world.locate(said.at(path)).line for path in _paths(said.data)), default=first.line)
    for problem in world.problems:
        if problem.place.path == first.path and first.line <= problem.place.line <= last:
            yield problem


def _paths(data: Any, at: YamlPath = ()) -> Iterator[YamlPath]:
    """The path of every value that holds no others."""
    inside = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    below = [path for key, value in inside for path in _paths(value, (*at, key))]
    yield from below or [at]


def _named(problem: Problem) -> set[str]:
    """The words of a finding that may be the name of a shot or a job."""
    return {word.rstrip(".,:;") for word in f"{problem.message} {problem.hint}".split()}


@dataclass(frozen=True, slots=True)
class ExplainedLine:
    """One line of a prompt and where its words stand in the writer's files; none for words of chargen's own."""

    text: str
    places: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class ExplainedReference:
    """One reference as it is sent: where it was named, and the use of an entity (if any) that brought it along."""

    sent: Sent
    places: tuple[Place, ...]
    brought_by: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """Prose that a character budget kept out: how much of it was kept, what was cut, and which budget said so."""

    name: str
    place: Place
    kept: int
    length: int
    text: str
    kind: str
    budget: int
    budget_place: Place


def explain_lines(world: World, shot: CompiledShot) -> Iterator[ExplainedLine]:
    """Every line of the prompt, in order; a line that joins several texts has the place of each."""
    for line in shot.lines:
        origins = (
            origin
            for field in line.fields
            for path in sources_of(shot.ir, field)
            for origin in _origins(world, shot, path)
        )
        yield ExplainedLine(line.text, _places(world, origins))


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


def explain_references(world: World, shot: CompiledShot) -> Iterator[ExplainedReference]:
    """Every reference in the order it is sent."""
    uses = {
        entity.file: (entity, path)
        for path, use in _uses(shot)
        if (entity := world.entities.get(str(use["ref"])))
    }
    for sent in shot.references:
        origin = sent.used.origin
        if origin.file in uses and origin.file != shot.shot.file:
            entity, path = uses[origin.file]
            named = shot.source.origin((*path, "ref")) or origin
            yield ExplainedReference(sent, _places(world, (origin, named)), entity.address)
        else:
            yield ExplainedReference(sent, _places(world, (origin,)))


def explain_cuts(world: World, shot: CompiledShot) -> Iterator[Cut]:
    """What the character budgets kept out of the prompt, in its order."""
    for cut in shot.ir.trimmed:
        entity = _owner(world, shot, cut)
        origin = shot.source.origin(cut.source) or Origin(shot.shot.file)
        context = world.config.context[entity.kind]  # type: ignore[index]
        yield Cut(
            name=cut.name,
            place=world.locate(origin),
            kept=cut.kept,
            length=cut.length,
            text=_whole(entity.prose, cut.name, origin)[cut.kept :].strip(),
            kind=entity.kind,
            budget=context.budget,
            budget_place=world.locate(Origin(CONFIG_FILE, ("context", entity.kind, "budget"))),
        )


def _owner(world: World, shot: CompiledShot, cut: Trimmed) -> Entity:
    """The entity whose prose was cut: the shot's own, or one that the shot uses."""
    own = world.entities[shot.address.entity]
    return next(
        (
            world.entities.get(str(use["ref"]), own)
            for path, use in _uses(shot)
            if cut.source[: len(path)] == path
        ),
        own,
    )


def _whole(prose: Iterable[Prose], name: str, origin: Origin) -> str:
    found = (item.text for item in prose if (item.name, item.origin) == (name, origin))
    return " ".join(str(canonical(next(found, ""))).split())


def _uses(shot: CompiledShot) -> Iterator[tuple[YamlPath, Mapping[str, Any]]]:
    """The entities the shot names, with their paths in its source."""
    for i, use in enumerate(shot.source.data.get("characters", ())):
        yield ("characters", i), use
    if shot.source.data.get("location"):
        yield ("location",), shot.source.data["location"]


def _places(world: World, origins: Iterable[Origin]) -> tuple[Place, ...]:
    return tuple(dict.fromkeys(world.locate(origin) for origin in origins))


def _origins(world: World, shot: CompiledShot, path: YamlPath) -> Iterator[Origin]:
    """Where the part of the source at a path was written; the name of a used entity is written in two places."""
    path = _as_written(shot.source.data, path)
    if path[-2:] == ("state", "look"):  # the lines as a whole: who asked for the state
        path = (*path[:-1], "name")
    origin = shot.source.origin(path)
    if origin is not None:
        yield origin
    use = dict(_uses(shot)).get(path[:-1]) if path[-1] in {"name", "ref"} else None
    entity = world.entities.get(str(use["ref"])) if use else None
    if entity is not None and "name" in entity.layer.data:
        yield entity.layer.at(("name",))


def _as_written(data: Any, path: YamlPath) -> YamlPath:
    """A path as the writer counts the items of lists: the IR leaves out those that say nothing."""
    found: list[str | int] = []
    for step in path:
        if isinstance(step, int) and isinstance(data, Sequence) and not isinstance(data, str):
            said = [i for i, item in enumerate(data) if not is_empty(canonical(item))]
            step = said[step] if step < len(said) else step  # noqa: PLW2901
            data = data[step] if step < len(data) else None
        else:
            data = data.get(step) if isinstance(data, Mapping) else None
        found.append(step)
    return tuple(found)
