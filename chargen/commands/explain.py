"""`chargen explain ADDRESS`: a shot's prompt line by line, its references, hashes, price and decision. Reads only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.telling import as_json, result
from chargen.commands.wiring import open_session
from chargen.core.address import Address, parse_address, parse_job_id, selects
from chargen.core.counted import counted
from chargen.core.suggest import did_you_mean
from chargen.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from chargen.core.plan import Plan
    from chargen.core.shot import Unmade
    from chargen.core.world import World


@click.command("explain")
@click.argument("address")
@options.root
@options.mode
@options.output_format("text", "json")
def command(address: str, root: Path | None, mode: str | None, style: str) -> ExitCode:
    """
    Show the prompt of the shot at ADDRESS, each line with the file and line it came from, and what the plan does.

    ADDRESS may be a job's id, too, or anything that selects just one shot: a glob, or the beginning of an address. Where
    it selects several, they are listed with what the plan does with each. Of a wanted picture that cannot be made it
    says why, and ends with 1.
    """
    from chargen import __version__
    from chargen.core.explanation import explain
    from chargen.core.plan import Options
    from chargen.core.world_config import Mode
    from chargen.pipeline.plan import make_plan

    session = open_session(root)
    world, shots = session.world()
    unmade = {item.address: item for item in world.unmade()}
    wanted = list(world.wanted())
    found = _found(address, wanted)
    if not found:
        raise _nowhere(address, world, wanted)
    chosen = Mode(mode) if mode else world.config.provider.mode or Mode.LIVE
    plan = make_plan(world, shots, session.books_here(), Options(mode=chosen), version=__version__)
    if len(found) > 1:
        _list(found, plan, style)
        hint = "explain one of them; a whole address selects one shot"
        raise UsageError(f"{address} selects {counted(len(found), 'shot')}", hint=hint)
    if found[0] in unmade:
        _tell_unmade(unmade[found[0]], plan, style)
        return ExitCode.FAILED
    explained = explain(world, shots[found[0]], plan)
    if style == "json":
        from chargen.core.explanation_json import explanation_data

        as_json(explanation_data(explained))
        return ExitCode.DONE
    from chargen.commands.explaining import explanation_lines, page

    for line in explanation_lines(explained, page()):
        result(line)
    return ExitCode.DONE


def _tell_unmade(unmade: Unmade, plan: Plan, style: str) -> None:
    """Why a wanted picture cannot be made: there are no words, hashes or price to explain."""
    items = [item for item in plan.items if item.unmade == unmade]
    if style == "json":
        from chargen.core.explanation_json import unmade_data

        as_json(unmade_data(unmade, items))
        return
    from chargen.commands.explaining import page, unmade_lines

    for line in unmade_lines(unmade, items, page()):
        result(line)


def _found(text: str, shots: Iterable[Address]) -> list[Address]:
    """The shots that an address, a job's id or a glob selects."""
    for read in (parse_address, lambda said: parse_job_id(said)[0]):
        try:
            exact = read(text)
        except ValueError:
            continue
        if exact in shots:
            return [exact]
    return [address for address in shots if selects(text, address)]


def _nowhere(text: str, world: World, shots: Iterable[Address]) -> UsageError:
    """What to say where no shot is: the nearest one, or the file that could not be read."""
    entity = "/".join(text.split("/")[:2])
    if entity in world.left_out:
        hint = f"{world.left_out[entity]} could not be read, or is left out: chargen validate says why"
        return UsageError(f"no shot {text}", hint=hint)
    hint = did_you_mean(text, map(str, shots))
    some = "some files could not be read: chargen validate says why" if world.left_out else ""
    return UsageError(f"no shot {text}", hint="; ".join(filter(None, (hint, some))))


def _list(found: list[Address], plan: Plan, style: str) -> None:
    from chargen.commands.explaining import plan_line

    chosen = set(found)
    if style == "json":
        as_json({"selected": [str(address) for address in found]})
        return
    for item in plan.items:
        if item.address in chosen:
            result(plan_line(item, f"{item.address}{f' v{item.variant}' if item.variant > 1 else ''}"))
