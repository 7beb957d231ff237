"""What a live run that is gone has left is settled once, and only what was sent counts as spent."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.commands.settling import settle_lapsed
from chargen.commands.wiring import Session
from chargen.core.plan import Options
from chargen.core.submission import Move, State
from chargen.core.work import work_of
from chargen.edges.environment import Environment
from chargen.edges.run_folder import create_run
from chargen.pipeline.execute import intend

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.core.submission import Submission
    from chargen.pipeline.booking import Desk


def left_behind(root: Path) -> tuple[Session, Desk, Submission]:
    """A live INTENT of a process that has ended, the desk it was written at, and the session."""
    (root / "locations/pier").mkdir(parents=True)
    (root / "locations/pier/imagery.yaml").write_text(
        "scenes: [{id: a, subject: the pier}]\n", encoding="utf-8"
    )
    session = Session(root, Environment())
    desk = session.desk()
    gone = replace(desk, owner=replace(desk.owner, nonce="gone", pid=2**22 + 1))
    books = desk.read()
    plan, _, _ = session.plan(Options(), books)
    work = work_of(plan, at="2026-11-23T04:00:00Z")
    (intent,) = intend(gone, books, [work], mode="live", run_id=create_run(root, session.clock).run_id)
    return session, gone, intent


def test_what_was_never_sent_cost_nothing(tmp_path: Path) -> None:
    session, _, intent = left_behind(tmp_path)

    settle_lapsed(session, session.desk())

    settled = session.desk().read().submissions[intent.id]
    assert (settled.state, settled.actual_usd) == (State.CANCELLED, Decimal(0))


def test_what_may_have_been_in_flight_counts_at_its_upper_bound(tmp_path: Path) -> None:
    """No job store tells what was sent: everything may have been."""
    session, gone, intent = left_behind(tmp_path)
    gone.advance(intent.id, Move.GO_LIVE, "live")

    settle_lapsed(session, session.desk())

    settled = session.desk().read().submissions[intent.id]
    assert settled.state is State.COLLECTED
    assert settled.actual_usd == intent.requests[0].reserved_usd > 0
