"""A machine whose clock is an hour off: no live lease is taken for lapsed, none of its own looks so, and months are right."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
import pytest

from chargen.commands.batch_submit import command as submit
from chargen.commands.batch_submit import submit_planned
from chargen.commands.paying import Paying
from chargen.commands.settling import settle_lapsed
from chargen.commands.wiring import Session, open_session
from chargen.core.plan import Options
from chargen.core.submission import Owner, State
from chargen.core.work import work_of
from chargen.core.world_config import Mode
from chargen.edges.clock import SystemClock
from chargen.errors import ConfigurationError
from chargen.pipeline.booking import LEASE, stamp
from chargen.pipeline.execute import intend

if TYPE_CHECKING:
    from chargen.core.submission import Submission
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

ELSEWHERE = Owner("theirs", "runner-7", "another boot", 42)
HOUR = timedelta(hours=1)


class Wrong(SystemClock):
    """A machine's clock that is off."""

    def __init__(self, off: timedelta) -> None:
        self.off = off

    def machine_time(self) -> datetime:
        return super().machine_time() + self.off


def on_wrong_machine(world: World, off: timedelta) -> Session:
    return replace(open_session(world.root), clock=Wrong(off))


def claimed_elsewhere(world: World, mode: str, ago: timedelta = timedelta(0)) -> Submission:
    """What a machine with a right clock has claimed, just now or a while ago."""
    session = on_wrong_machine(world, -ago)
    desk = replace(session.desk(), owner=ELSEWHERE)
    plan, _, _ = session.plan(Options(), desk.read())
    work = work_of(plan, at="2026-11-23T04:00:00Z")
    (found,) = intend(desk, desk.read(), [work], mode=mode, run_id="run-001")
    return found


def booked(world: World) -> Submission:
    (found,) = open_session(world.root).desk().read().submissions.values()
    return found


@pytest.mark.parametrize("mode", ["batch", "live"])
@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_a_live_lease_is_never_stolen(one_shot: World, gemini: Emulator, off: timedelta, mode: str) -> None:
    theirs = claimed_elsewhere(one_shot, mode)
    session = on_wrong_machine(one_shot, off)

    settle_lapsed(session, session.desk())

    assert booked(one_shot) == theirs
    assert gemini.paid == []


@pytest.mark.parametrize("mode", ["batch", "live"])
@pytest.mark.parametrize("fault", ["", "drop:on=models,times=forever", "503:on=models,times=forever"])
def test_where_nobody_vouches_for_the_time_a_lease_alone_decides_nothing(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch, fault: str, mode: str
) -> None:
    theirs = claimed_elsewhere(one_shot, mode)
    if fault:
        gemini.fault(fault)
    else:
        monkeypatch.delenv("GEMINI_API_KEY")
    session = on_wrong_machine(one_shot, HOUR)

    settle_lapsed(session, session.desk())

    assert booked(one_shot) == theirs


def test_clocks_days_apart_are_nobody_s_to_choose_between(one_shot: World, gemini: Emulator) -> None:
    """What answers in Gemini's place may tell any time: a month that is empty, a lease that holds for years."""
    session = on_wrong_machine(one_shot, timedelta(days=400))
    paying = Paying(session, session.desk(), Options(mode=Mode.BATCH), yes=True, mode=Mode.BATCH)

    with click.Context(submit), pytest.raises(ConfigurationError, match="this machine says it is"):
        submit_planned(paying)

    assert open_session(one_shot.root).desk().read().submissions == {}
    assert gemini.paid == []


@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_what_has_lapsed_is_settled_all_the_same(
    one_shot: World, gemini: Emulator, capsys: pytest.CaptureFixture[str], off: timedelta
) -> None:
    claimed_elsewhere(one_shot, "batch", ago=2 * HOUR)
    session = on_wrong_machine(one_shot, off)

    settle_lapsed(session, session.desk())

    assert booked(one_shot).state is State.CANCELLED
    which = "ahead of" if off > timedelta(0) else "behind"
    assert re.search(f"clock is (59 min|1 h) {which} Gemini's", capsys.readouterr().err)


@pytest.mark.parametrize("off", [HOUR, -HOUR])
def test_its_own_lease_and_times_are_right_for_everybody_else(
    one_shot: World, gemini: Emulator, off: timedelta
) -> None:
    session = on_wrong_machine(one_shot, off)
    paying = Paying(session, session.desk(), Options(mode=Mode.BATCH), yes=True, mode=Mode.BATCH)

    began = datetime.now(UTC)
    with click.Context(submit):
        submit_planned(paying)

    mine, slack = booked(one_shot), timedelta(seconds=30)
    assert stamp(began + LEASE - slack) <= mine.lease_until <= stamp(datetime.now(UTC) + LEASE + slack)
    assert stamp(began - slack) <= mine.created_at <= stamp(datetime.now(UTC) + slack)
    elsewhere = replace(open_session(one_shot.root).desk(), owner=ELSEWHERE, is_gone=lambda _: False)
    assert not elsewhere.lapsed(mine)
    assert one_shot("batch", "collect", "--wait").code == 0
    assert len(gemini.paid) == 1


def test_a_clock_that_is_right_is_left_alone_and_asked_about_once(one_shot: World, gemini: Emulator) -> None:
    said = one_shot("batch", "run", "--yes")

    assert said.code == 0, said.text
    assert "clock" not in said.err
    assert gemini.state.calls["models"] == 1


def test_where_nobody_tells_the_time_ours_is_what_there_is(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("drop:on=models,times=forever")

    said = one_shot("batch", "run", "--yes")

    assert said.code == 0, said.text
    assert len(gemini.paid) == 1
