"""`chargen state` on this machine's books: who holds what, what a person's word does to it, and what is refused."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from chargen.commands.wiring import Session, open_session
from chargen.core.books import Decision, Decisions, Order, Proposals
from chargen.core.books_files import changes_for
from chargen.core.plan import Options
from chargen.core.proposal import Proposal
from chargen.core.submission import Move, Owner, State, Submission
from chargen.core.work import work_of
from chargen.edges.process import this_process
from chargen.errors import BooksConflict
from chargen.pipeline.booking import stamp
from chargen.pipeline.execute import intend, send
from chargen.pipeline.prepare import Images, write_shards

if TYPE_CHECKING:
    from chargen.core.books_files import Thing
    from chargen.emulator.server import Emulator
    from chargen.pipeline.booking import Desk
    from tests.commands.conftest import World

ELSEWHERE = Owner(
    "theirs", "runner-7", "another boot", 42, "https://github.example/acme/world/actions/runs/9"
)


def claimed(
    world: World, *moves: Move, owner: Owner = ELSEWHERE, mode: str = "batch"
) -> tuple[Desk, Submission]:
    """What somebody on another machine has claimed, moved on from INTENT; and their desk."""
    session = open_session(world.root)
    desk = replace(session.desk(), owner=owner)
    books = desk.read()
    plan, _, _ = session.plan(Options(), books)
    work = work_of(plan, at="2026-11-23T04:00:00Z")
    (found,) = intend(desk, books, [work], mode=mode, run_id="2026-11-23_04-00-00Z_run-001")
    for what in moves:
        found = desk.advance(found.id, what, str(what))
    return desk, found


def booked(world: World) -> Submission:
    """The one submission on the books."""
    (found,) = open_session(world.root).desk().read().submissions.values()
    return found


def test_a_list_says_who_holds_what_from_which_run(one_shot: World) -> None:
    _, intent = claimed(one_shot)

    said = one_shot("state", "list")

    first, second = said.out.splitlines()[:2]
    assert [first.partition(" (")[0] + " (", second] == [
        (
            f"INTENT       {intent.id}  1 request, batch, run 2026-11-23_04-00-00Z_run-001, "
            f"since {intent.created_at} ("
        ),
        f"             held by process 42 on runner-7 {ELSEWHERE.run_url} until {intent.lease_until} (14 min more)",
    ]


def test_a_list_says_what_waits_for_whom(one_shot: World) -> None:
    desk, _ = claimed(one_shot)
    order = Order(
        "comment-7", "reroll", "location.quay.noon.main.v1", "2026-11-23T05:00:00Z", by="ada", note="darker"
    )
    proposal = Proposal(
        "location/quay", 1, shots={"location/quay/noon/main": "sha256:aa"}, number=3, url="https://x/3"
    )
    decision = Decision("location/quay/noon/main", rejected=("sha256:bb",), picked="sha256:cc", locked=True)
    things: list[Thing] = [
        order,
        Proposals("location/quay", (proposal,)),
        Decisions("location/quay", {decision.address: decision}),
    ]
    desk.book(lambda _: things, "test")

    said = one_shot("state", "list")
    data = json.loads(one_shot("state", "list", "--format", "json").out)

    assert said.out.splitlines()[2:5] == [
        "order comment-7  reroll location.quay.noon.main.v1 by ada, since 2026-11-23T05:00:00Z: darker",
        "proposal open chargen/location/quay.1  1 shot  https://x/3",
        "decision location/quay/noon/main  rejected 1 picture, picked sha256:cc, locked",
    ]
    assert [
        data[name][0][key] for name, key in (("orders", "id"), ("proposals", "url"), ("decisions", "picked"))
    ] == [
        "comment-7",
        "https://x/3",
        "sha256:cc",
    ]
    assert data["submissions"][0]["owner"] == {"host": "runner-7", "pid": 42, "run": ELSEWHERE.run_url}


def test_what_ended_long_ago_is_counted_and_shown_with_all(one_shot: World) -> None:
    desk, intent = claimed(one_shot)
    ended = [
        replace(intent, id=f"{n:020}", state=State.COLLECTED, created_at=f"2026-11-{n + 1:02}T00:00:00Z")
        for n in range(12)
    ]
    desk.book(lambda _: ended, "test")

    short, long = one_shot("state", "list"), one_shot("state", "list", "--all")

    assert short.out.startswith("2 submissions ended before these; --all shows them\n")
    assert (short.out.count("COLLECTED"), long.out.count("COLLECTED")) == (10, 12)


def test_a_submission_is_shown_by_the_beginning_of_its_id(one_shot: World) -> None:
    _, intent = claimed(one_shot)

    said = one_shot("state", "show", intent.id[:6])
    data = json.loads(one_shot("state", "show", intent.id, "--format", "json").out)

    assert said.out.splitlines()[2] == (
        f"  location.quay.noon.main.v1  open, {intent.requests[0].reserved_usd} USD at most"
    )
    assert data["id"] == intent.id
    assert one_shot("state", "show", "zzz").code == 64


def test_a_quarantine_is_told_with_the_two_commands_that_end_it(one_shot: World) -> None:
    _, held = claimed(one_shot, Move.CREATE, Move.QUARANTINE)

    said = one_shot("state", "list")

    assert f"chargen state adopt {held.id} batches/..." in said.out
    assert f"chargen state forget {held.id}" in said.out
    assert held.display_name in said.out


def test_what_is_unlocked_is_settled_by_the_next_command(one_shot: World, gemini: Emulator) -> None:
    _, intent = claimed(one_shot)
    assert one_shot.whys() == {"location/quay/noon/main": f"skip: in flight: submission {intent.id} INTENT"}

    said = one_shot("state", "unlock", intent.id, "--yes")
    one_shot.make()

    assert said.code == 0, said.text
    assert ELSEWHERE.run_url in said.err
    states = [item.state for item in open_session(one_shot.root).desk().read().submissions.values()]
    assert sorted(states) == [State.CANCELLED, State.COLLECTED]
    assert len(gemini.paid) == 1


def test_a_create_without_an_answer_is_explained(one_shot: World) -> None:
    _, creating = claimed(one_shot, Move.CREATE)

    said = one_shot("state", "show", creating.id[:6])

    assert "Its batch is being created, or was and nobody wrote it down. Nothing has to be done" in said.out
    assert "held by process 42 on runner-7" in said.out


def test_a_batch_that_is_late_says_so(one_shot: World) -> None:
    desk, sent = claimed(one_shot, Move.CREATE, Move.ACCEPT)
    old = stamp(desk.clock.now() - timedelta(hours=41))
    desk.book(lambda _: [replace(sent, created_at=old, batch="batches/abc")], "test")

    said, status = one_shot("state", "list"), one_shot("batch", "status")

    assert "error: batches/abc (1 picture) is with Gemini since" in status.out
    assert "chargen batch cancel --run 2026-11-23_04-00-00Z_run-001" in status.out
    assert f"since {old} (41 h)" in said.out
    assert "             late: open for more than 40 hours, expires after 48\n" in said.out


def test_an_owner_that_is_seen_to_live_is_not_unlocked(one_shot: World) -> None:
    _, intent = claimed(one_shot, owner=this_process("https://github.example/acme/world/actions/runs/9"))

    said = one_shot("state", "unlock", intent.id, "--yes")

    assert said.code == 64, said.text
    held = f"{intent.id} is held by process {os.getpid()} of this machine, which is at work (14 min more)"
    assert held in said.err
    assert f"or kill {os.getpid()}" in said.err
    assert booked(one_shot) == intent


def test_unlocking_asks(one_shot: World) -> None:
    _, intent = claimed(one_shot)

    said = one_shot("state", "unlock", intent.id)

    assert said.code == 64, said.text
    assert booked(one_shot) == intent


def test_an_owner_that_lives_after_all_stops_before_it_creates_a_batch(
    one_shot: World, gemini: Emulator
) -> None:
    theirs, intent = claimed(one_shot)
    session = open_session(one_shot.root)
    shard = _shard(session)
    assert one_shot("state", "unlock", intent.id, "--yes").code == 0

    with session.batches() as provider, pytest.raises(BooksConflict, match="no longer ours"):
        send(theirs, intent, shard, provider, tries=3, list_lag_s=0)

    with session.batches() as provider:
        assert list(provider.list()) == []
    assert booked(one_shot).state is State.INTENT
    assert theirs.keep_alive([intent.id]).submissions[intent.id].lease_until < intent.lease_until


def _shard(session: Session) -> Any:
    from chargen.edges.run_folder import create_run

    world, _ = session.world()
    plan, _, _ = session.plan(Options(), replace(session.desk().read(), submissions={}))
    work = work_of(plan, at="2026-11-23T04:00:00Z")
    images = Images(session.files, session.pictures)
    run = create_run(session.root, session.clock)
    shards, _ = write_shards(work, images, run, world.config.limits, first=0, most=9)
    return shards[0]


def put(desk: Desk, submission: Submission) -> None:
    """Onto the books past the desk, which takes no step back."""
    tip, _ = desk.tracking.read()
    desk.tracking.write(tip, changes_for(submission), "test")


def test_a_create_that_was_under_way_is_settled_by_the_provider_s_list(
    one_shot: World, gemini: Emulator
) -> None:
    theirs, intent = claimed(one_shot)
    session = open_session(one_shot.root)
    with session.batches() as provider:
        sent = send(theirs, intent, _shard(session), provider, tries=1, list_lag_s=0).submission
    put(theirs, replace(sent, state=State.CREATING, batch=""))  # killed before it could say so

    assert one_shot("state", "unlock", intent.id, "--yes").code == 0
    said = one_shot("batch", "collect", "--wait")

    assert said.code == 0, said.text
    assert (booked(one_shot).state, booked(one_shot).batch) == (State.COLLECTED, sent.batch)
    assert len(gemini.paid) == 1


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        ((Move.WITHDRAW,), "nobody holds it"),
        ((Move.CREATE, Move.QUARANTINE), "no lease keeps it"),
        ((Move.CREATE, Move.ACCEPT), "anybody may collect it"),
    ],
)
def test_what_no_process_is_at_work_on_is_not_unlocked(
    one_shot: World, moves: tuple[Move, ...], says: str
) -> None:
    _, found = claimed(one_shot, *moves)

    said = one_shot("state", "unlock", found.id, "--yes")

    assert said.code == 64, said.text
    assert says in said.err
    assert booked(one_shot) == found


def test_a_forgotten_quarantine_is_sent_again(one_shot: World, gemini: Emulator) -> None:
    _, held = claimed(one_shot, Move.CREATE, Move.QUARANTINE)
    assert one_shot("state", "forget", held.id).code == 64, "it asks"

    said = one_shot("state", "forget", held.id, "--yes")
    one_shot.make()

    assert said.code == 0, said.text
    assert len(gemini.paid) == 1


def test_only_a_quarantine_s_own_batch_is_adopted(one_shot: World, gemini: Emulator) -> None:
    theirs, intent = claimed(one_shot)
    session = open_session(one_shot.root)
    with session.batches() as provider:
        sent = send(theirs, intent, _shard(session), provider, tries=1, list_lag_s=0).submission
    put(theirs, replace(sent, state=State.QUARANTINED, batch="", display_name="chargen/0-x/y"))

    other = one_shot("state", "adopt", intent.id, sent.batch)
    put(theirs, replace(sent, state=State.QUARANTINED, batch=""))
    own = one_shot("state", "adopt", intent.id, sent.batch)

    assert (other.code, own.code) == (64, 0), own.text
    assert (booked(one_shot).state, booked(one_shot).batch) == (State.SUBMITTED, sent.batch)
    assert one_shot("state", "adopt", intent.id).code == 64, "without a batch"


def test_a_batch_that_gemini_does_not_know_is_not_adopted_and_the_list_is_named(
    one_shot: World, gemini: Emulator
) -> None:
    _, held = claimed(one_shot, Move.CREATE, Move.QUARANTINE)

    said = one_shot("state", "adopt", held.id, "batches/never")

    assert said.code == 64, said.text
    assert "Gemini knows no batch batches/never" in said.err
    assert held.display_name in said.err
    assert f"{gemini.url}/v1beta/batches?pageSize=100" in said.err
    assert "model" not in said.err
    assert booked(one_shot) == held
