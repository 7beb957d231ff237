"""`chargen explain ADDRESS`: a shot's prompt line by line, its references, hashes, decision and price. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from chargen.commands import options
from chargen.commands.telling import as_json, result
from chargen.commands.wiring import open_session
from chargen.core.address import parse_address
from chargen.core.counted import counted
from chargen.core.suggest import did_you_mean
from chargen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.core.compiled import CompiledShot
    from chargen.core.plan import Item
    from chargen.core.world import World


@click.command("explain")
@click.argument("address")
@options.root
@options.mode
@options.output_format("text", "json")
def command(address: str, root: Path | None, mode: str | None, style: str) -> None:
    """Show the prompt of the shot at ADDRESS, each line with the file and line it came from, and what the plan does."""
    from chargen import __version__
    from chargen.core.plan import Options
    from chargen.core.world_config import Mode
    from chargen.pipeline.plan import make_plan

    session = open_session(root)
    world, shots = session.world()
    shot = _chosen(address, world, list(shots.values()))
    chosen = Mode(mode) if mode else world.config.provider.mode or Mode.LIVE
    plan = make_plan(world, shots, session.books_here(), Options(mode=chosen), version=__version__)
    items = [item for item in plan.items if item.address == shot.address]
    if style == "json":
        as_json(_data(world, shot, items))
    else:
        for line in _lines(world, shot, items):
            result(line)


def _chosen(address: str, world: World, shots: list[CompiledShot]) -> CompiledShot:
    try:
        wanted = parse_address(address)
    except ValueError as error:
        known = [str(shot.address) for shot in shots]
        raise UsageError(str(error), hint=did_you_mean(address, known)) from None
    found = next((shot for shot in shots if shot.address == wanted), None)
    if found is None:
        known = [str(shot.address) for shot in shots]
        left_out = "; some files could not be read: chargen validate" if world.errors() else ""
        raise UsageError(f"no shot {address}", hint=did_you_mean(address, known) + left_out)
    return found


def _lines(world: World, shot: CompiledShot, items: list[Item]) -> Iterator[str]:
    from chargen.core.explanation import explain_lines

    yield click.style(f"{shot.address}  ({world.locate(shot.shot.origin)})", bold=True)
    yield ""
    for line in explain_lines(world, shot):
        places = ", ".join(map(str, line.places))
        yield line.text + (click.style(f"    <- {places}", fg="bright_black") if places else "")
    yield ""
    for cut in shot.ir.trimmed:
        origin = shot.source.origin(cut.source)
        place = f"{world.locate(origin)}: " if origin else ""
        yield f"trimmed: {place}{cut.name}: {cut.kept} of {cut.length} characters fit the prose budget"
    yield from _reference_lines(shot)
    plan = shot.provider
    yield f"provider: {plan.model}, {plan.size}, {plan.aspect_ratio}, {counted(shot.variants, 'variant')}, seed {plan.seed}"
    yield f"prompt hash:   {shot.prompt_hash}"
    yield f"source digest: {shot.source_digest}"
    for problem in shot.problems:
        yield click.style(str(problem), fg="yellow" if problem.severity == "warning" else "red")
    for item in items:
        cost = f", at most {item.cost_usd} USD" if item.cost_usd else ""
        request = f"  {item.request_hash}" if item.request_hash else ""
        yield click.style(f"{item.job_id}: {item.action}: {item.why}{cost}", bold=True) + request


def _reference_lines(shot: CompiledShot) -> Iterator[str]:
    for i, sent in enumerate(shot.references, start=1):
        what = sent.path or (f"{sent.used.shot} (no picture yet)" if sent.used.shot else sent.used.said)
        must = ", must match" if sent.used.must_match else ""
        yield f"reference {i}: {sent.used.id}: {sent.used.role}{must}: {what}  {sent.sha256[:19]}".rstrip()


def _data(world: World, shot: CompiledShot, items: list[Item]) -> dict[str, Any]:
    from chargen.core.explanation import explain_lines
    from chargen.core.plan_json import item_data, problem_data

    return {
        "address": str(shot.address),
        "place": str(world.locate(shot.shot.origin)),
        "lines": [
            {"text": line.text, "places": [str(place) for place in line.places]}
            for line in explain_lines(world, shot)
        ],
        "trimmed": [{"name": cut.name, "kept": cut.kept, "length": cut.length} for cut in shot.ir.trimmed],
        "sourceDigest": shot.source_digest,
        "problems": [problem_data(problem) for problem in shot.problems],
        "items": [item_data(item) for item in items],
    }
