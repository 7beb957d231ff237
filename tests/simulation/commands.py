"""The commands, as processes of a simulation run them: chargen's own composition, on a session in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from chargen.commands.batch_submit import submit_planned
from chargen.commands.bringing import apply_current, bring_in, open_batches
from chargen.commands.gitops_collect import collect_ended
from chargen.commands.gitops_refresh import propose
from chargen.commands.gitops_tick import Tick
from chargen.commands.observing import observe
from chargen.commands.ordering import order
from chargen.commands.paying import Paying
from chargen.commands.rebuilding import Rebuilding
from chargen.commands.settling import settle_lapsed
from chargen.core.plan import Options
from chargen.core.world_config import Mode
from chargen.pipeline.booking import stamp
from tests.simulation.session import SimSession
from tests.simulation.tracking import Rebuilt

if TYPE_CHECKING:
    from collections.abc import Callable

    from chargen.commands.wiring import Session
    from tests.simulation.machine import Process
    from tests.simulation.session import Town


def tick(session: SimSession) -> None:
    """`chargen gitops tick`."""
    real = cast("Session", session)
    Tick(real, session.desk()).run()


def submit(session: SimSession, force: str = "", run_id: str = "") -> None:
    """`chargen gitops submit`, with `--force` where a shot is named."""
    session.environment = replace(session.environment, github_run_id=run_id)
    asked = Options(
        force=(force,) if force else (), mode=Mode.BATCH, hold=True, reason="another" if force else ""
    )
    order(session.on_base(), session.desk(), asked, mode=None, heading="Order pictures")


def collect(session: SimSession) -> None:
    """`chargen gitops collect`."""
    collect_ended(session.on_base(), session.desk())


def refresh(session: SimSession) -> None:
    """`chargen gitops refresh`."""
    desk = session.desk()
    observe(desk, session.forge())
    propose(session.on_base(), desk)


def laptop_submit(session: SimSession) -> None:
    """`chargen batch submit --yes`."""
    real = cast("Session", session)
    submit_planned(Paying(real, session.desk(), Options(mode=Mode.BATCH), yes=True, mode=Mode.BATCH))


def laptop_collect(session: SimSession) -> None:
    """`chargen batch collect`."""
    real, desk = cast("Session", session), session.desk()
    settle_lapsed(real, desk)
    waiting = open_batches(desk.read())
    if waiting:
        with session.batches() as provider:
            bring_in(real, desk, provider, waiting, wait=False)
    apply_current(real, desk)


def rebuild(session: SimSession) -> None:
    """`chargen state rebuild --yes`."""
    real, tracking = cast("Session", session), Rebuilt(session.town.remote, session.process)
    desk = replace(session.desk(), tracking=tracking)
    at = stamp(session.process.now())
    rebuilding = Rebuilding(real, desk, tracking, None, at)
    rebuilding.look("")
    if not rebuilding.empty:
        rebuilding.write()
        session.town.machine.tally["rebuilt"] += 1


COMMANDS: dict[str, Callable[[SimSession], None]] = {
    "tick": tick,
    "submit": submit,
    "collect": collect,
    "refresh": refresh,
    "laptop submit": laptop_submit,
    "laptop collect": laptop_collect,
    "rebuild": rebuild,
}


def on_laptop(town: Town, command: Callable[[SimSession], None], session: SimSession) -> None:
    """Run it as a process of the laptop: its id is free when it ends, however it does."""
    try:
        command(session)
    finally:
        town.laptop.pids.discard(int(session.nonce.rpartition("-")[2]))


def start(town: Town, name: str, nonce: str, do: Callable[[SimSession], None]) -> Callable[[Process], None]:
    """What a process of this command does."""

    def run(process: Process) -> None:
        session = SimSession(town, process, nonce=nonce)
        if process.on_laptop:
            on_laptop(town, do, session)
        else:
            do(session)

    return run
