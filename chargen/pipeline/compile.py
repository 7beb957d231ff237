"""compile: shot x world -> prompt IR -> rendered prompt -> hashes. Pure: a function of the world and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.compiled import CompiledShot, Sent
from chargen.core.digest import prompt_hash, section_digests, source_digest
from chargen.core.ir import build_ir
from chargen.core.model_table import MODELS
from chargen.core.problem import Problem, warning
from chargen.core.request import ProviderPlan
from chargen.core.source import gather
from chargen.core.world_checks import unsupported
from chargen.core.world_path import resolve_path

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.core.address import Address
    from chargen.core.references import UsedReference
    from chargen.core.shot import Shot
    from chargen.core.world import World
    from chargen.core.world_config import TypeOverride


def compile_world(world: World) -> Mapping[Address, CompiledShot]:
    """Every shot of a world, compiled, in the order of addresses."""
    return {shot.address: compile_shot(world, shot) for shot in world.shots()}


def compile_shot(world: World, shot: Shot) -> CompiledShot:
    """One shot, with every problem that concerns it."""
    gathered = gather(world, shot)
    ir = build_ir(gathered.source)
    provider, problems = _provider(world, shot)
    references, trimmed = _sent(world, shot, gathered.references, provider.model)
    return CompiledShot(
        shot=shot,
        source=gathered.source,
        source_digest=source_digest(gathered.source.data),
        ir=ir,
        prompt_hash=prompt_hash(ir.sections),
        sections=section_digests(ir.sections),
        references=references,
        provider=provider,
        image_type=str(shot.says("image_type") or ""),
        status=str(shot.says("status") or "wanted"),
        variants=_variants(world, shot),
        problems=(*gathered.problems, *problems, *trimmed, *_lost(world, shot)),
    )


def _lost(world: World, shot: Shot) -> tuple[Problem, ...]:
    """Pictures are named for a shot, and none of them is there: it is made anew, and its writer should know."""
    if not shot.earlier or shot.row is not None or world.made_before(shot):
        return ()
    place, hint = world.locate(shot.origin), "put the file back, or take what names it away"
    message = "a picture is named for this shot and not there: it is made anew"
    return (warning(place, message, hint=f"{hint}: {shot.earlier[0]}", rule="lost-picture"),)


def _variants(world: World, shot: Shot) -> int:
    override = world.config.provider.image_types.get(str(shot.says("image_type") or ""))
    by_type = override.variants if override else None
    return int(shot.says("variants") or by_type or world.config.provider.variants)


def _override(world: World, shot: Shot, name: str) -> object:
    """What the world says of this image type for one provider field."""
    override: TypeOverride | None = world.config.provider.image_types.get(str(shot.says("image_type") or ""))
    return getattr(override, name) if override else None


def _provider(world: World, shot: Shot) -> tuple[ProviderPlan, tuple[Problem, ...]]:
    """How the shot would be asked for: what it says, else what its image type says, else the world."""
    config = world.config.provider
    model, size, ratio = (
        str(shot.says(name) or _override(world, shot, name) or getattr(config, name))
        for name in ("model", "size", "aspect_ratio")
    )
    plan = ProviderPlan(model=model, size=size, aspect_ratio=ratio, safety=config.safety, seed=config.seed)
    problems = tuple(
        Problem(world.locate(shot.said_at(field)), message, hint, rule="unsupported")
        for field, message, hint in unsupported(model, size, ratio)
    )
    return plan, problems


def _sent(
    world: World, shot: Shot, references: tuple[UsedReference, ...], model: str
) -> tuple[tuple[Sent, ...], tuple[Problem, ...]]:
    """The references with their digests. More than the model takes is an error: to choose among them would be a guess."""
    most = MODELS[model].max_references if model in MODELS else len(references)
    problems: tuple[Problem, ...] = ()
    if len(references) > most:
        ids = ", ".join(item.id for item in references)
        message = f"{len(references)} references, but {model} takes {most}"
        hint = f"name fewer of {ids}"
        problems = (Problem(world.locate(shot.origin), message, hint, rule="too-many-references"),)
    return tuple(_one_sent(world, item) for item in references), problems


def _one_sent(world: World, item: UsedReference) -> Sent:
    if item.shot is None:
        return Sent(item, item.path, world.picture(item.path).sha256)
    other = world.shot(item.shot)
    row = other.row if other else None
    earlier = world.made_before(other) if other and row is None else ""
    if other is None or not (earlier or (row is not None and row.file_path)):
        return Sent(item, "", "")
    path = earlier or resolve_path(other.folder, row.file_path if row else "")
    picture = world.picture(path)
    return Sent(item, path, "" if picture.problem else picture.sha256)
