"""Batches when the service, the wire or the result file misbehave: one payment for one picture, and the rest goes on."""

from __future__ import annotations

import shutil
import sqlite3
from typing import TYPE_CHECKING

import pytest

from chargen.edges.clock import SystemClock
from chargen.emulator.faults import FINISH_REASONS

if TYPE_CHECKING:
    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World

LOCATIONS = ("--only", "location/**")
UNHELPFUL = ("NO_IMAGE", "MAX_TOKENS")  # no filter's word: the same request may bring a picture next time


def submit(world: World, *more: str) -> None:
    said = world("batch", "submit", "--yes", *more)
    assert said.code == 0, said.text


def states(world: World) -> list[str]:
    return [item["state"] for item in world.status()["submissions"]]


def test_an_answer_lost_after_the_batch_was_made_is_paid_once(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("lost-answer:on=create")

    submit(one_shot)
    assert states(one_shot) == ["SUBMITTED"]
    assert one_shot("batch", "collect", "--wait").code == 0

    assert len(gemini.paid) == 1
    assert len(gemini.state.batches) == 1
    assert one_shot.plan() == []


def test_a_batch_that_is_listed_late_is_adopted(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("lost-answer:on=create", "list-lag:lists=1")

    submit(one_shot)
    assert one_shot("batch", "collect", "--wait").code == 0

    assert len(gemini.paid) == 1
    assert one_shot.plan() == []


def test_a_create_that_comes_late_finds_its_input_gone(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("late-create:delay=60")

    said = one_shot("batch", "submit", "--yes")
    gemini.advance(120)

    assert said.code == 1, said.text
    assert "never created" in said.text
    assert states(one_shot) == ["FENCED"]
    submit(one_shot)
    assert one_shot("batch", "collect", "--wait").code == 0
    assert len(gemini.paid) == 1


@pytest.mark.parametrize("fault", ["503:on=create", "late-create:delay=60", "drop:on=create"])
def test_a_run_sends_again_what_was_never_created(one_shot: World, gemini: Emulator, fault: str) -> None:
    gemini.fault(fault)

    said = one_shot("batch", "run", "--mode", "batch", "--yes")
    gemini.advance(120)

    assert said.code == 0, said.text
    assert len(gemini.paid) == 1
    assert one_shot.plan() == []


def test_a_run_does_not_send_for_ever(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("503:on=create,times=forever")
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")

    said = one_shot("batch", "run", "--mode", "batch", "--yes")

    assert said.code == 1, said.text
    assert gemini.state.calls["create"] == 2
    assert len(one_shot.plan()) == 1


def test_what_may_still_be_created_is_never_sent_again(
    one_shot: World, gemini: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)
    gemini.fault("late-create:delay=60", "delete-fails:times=forever")
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")

    said = one_shot("batch", "submit", "--yes")

    assert said.code == 5, said.text
    assert "QUARANTINED" in said.text
    assert one_shot("batch", "submit", "--yes").code == 5
    gemini.advance(120)
    assert len(gemini.state.batches) <= 1
    assert one_shot.plan() == []


@pytest.mark.parametrize(
    "fault",
    ["429:on=create,delay=0.05", "503:on=upload-start", "503:on=batch-get", "empty-page", "cut-download"],
)
def test_trouble_that_passes_is_passed(one_shot: World, gemini: Emulator, fault: str) -> None:
    gemini.fault(fault)

    said = one_shot("batch", "run", "--mode", "batch", "--yes")

    assert said.code == 0, said.text
    assert len(gemini.paid) == 1
    assert one_shot.plan() == []


@pytest.mark.parametrize("fault", ["429-daily:on=create", "403:on=create", "400-unknown-field:on=create"])
def test_a_refused_batch_is_exit_4_and_can_be_sent_later(
    one_shot: World, gemini: Emulator, fault: str
) -> None:
    gemini.fault(fault)

    said = one_shot("batch", "submit", "--yes")
    assert said.code == 4, said.text
    assert gemini.paid == []

    assert one_shot("batch", "run", "--mode", "batch", "--yes").code == 0
    assert len(gemini.paid) == 1
    assert one_shot.plan() == []


@pytest.mark.parametrize("command", [("submit",), ("run", "--mode", "batch")])
def test_a_day_s_quota_that_is_used_up_says_that_the_next_submit_sends_the_rest(
    one_shot: World, gemini: Emulator, command: tuple[str, ...]
) -> None:
    gemini.fault("429-daily:on=create")

    said = one_shot("batch", *command, "--yes")

    assert said.code == 4, said.text
    assert "the next `chargen batch submit`" in said.err
    assert "--resume" not in said.err
    submit(one_shot)
    assert len(gemini.state.batches) == 1


@pytest.mark.parametrize(
    "fault",
    [
        *(reason.lower().replace("_", "-") for reason in FINISH_REASONS if reason not in UNHELPFUL),
        "blocked-prompt",
    ],
)
def test_a_blocked_picture_is_an_answer_and_is_never_asked_for_again(
    world: World, gemini: Emulator, fault: str
) -> None:
    gemini.fault(f"{fault}:match=bench,times=forever")

    said = world("batch", "run", "--mode", "batch", "--yes", *LOCATIONS)
    again = world("batch", "run", "--yes", *LOCATIONS)

    assert (said.code, again.code) == (0, 0), said.text + again.text
    assert world.whys()["location/pier/dusk/bench"].startswith("skip: blocked by safety filter")
    assert len(gemini.paid) == 2
    assert len(gemini.state.answers) == 3


@pytest.mark.parametrize("fault", ["no-image", "max-tokens", "text-only"])
def test_an_answer_without_a_picture_is_tried_a_few_times(
    one_shot: World, gemini: Emulator, fault: str
) -> None:
    gemini.fault(f"{fault}:times=forever")
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")

    said = one_shot("batch", "run", "--mode", "batch", "--yes")

    assert said.code == 1, said.text
    assert one_shot.whys()["location/quay/noon/main"].startswith("skip: gave up after: 2 attempts")
    assert len(gemini.state.answers) == 2


@pytest.mark.parametrize(
    "fault", ["shuffled-lines", "bom", "duplicate-lines", "unknown-key-lines", "garbage-lines"]
)
def test_an_odd_result_file_loses_nothing(world: World, gemini: Emulator, fault: str) -> None:
    gemini.fault(fault)

    submit(world, *LOCATIONS)
    said = world("batch", "collect", "--wait")

    assert said.code == 0, said.text
    assert world.plan(*LOCATIONS) == []
    assert len(gemini.paid) == 3


@pytest.mark.parametrize("fault", ["line-error", "line-status", "missing-lines", "torn-result"])
def test_a_bad_line_fails_alone_and_is_tried_again(world: World, gemini: Emulator, fault: str) -> None:
    gemini.fault(fault)

    submit(world, *LOCATIONS)
    said = world("batch", "collect", "--wait")

    assert said.code == 1, said.text
    again = world.plan(*LOCATIONS)
    assert [line.why.split(" (")[0] for line in again] == ["retry: 1 of 3"]
    assert world("batch", "run", "--mode", "batch", "--yes", *LOCATIONS).code == 0
    assert world.plan(*LOCATIONS) == []


def test_a_run_tries_failed_lines_again_by_itself(world: World, gemini: Emulator) -> None:
    gemini.fault("line-error")

    said = world("batch", "run", "--mode", "batch", "--yes", *LOCATIONS)

    assert said.code == 0, said.text
    assert world.plan(*LOCATIONS) == []


def test_attempts_are_a_request_s_own_though_it_shares_a_batch_with_one_that_failed(
    one_shot: World, gemini: Emulator
) -> None:
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")
    gemini.fault("line-error:match=noon.main")
    submit(one_shot)
    assert one_shot("batch", "collect", "--wait").code == 1
    one_shot.write("cove/imagery.yaml", "kind: location\nslug: cove\nscenes: [{id: dusk, subject: a cove}]\n")
    gemini.fault("line-error:match=dusk.main")

    said = one_shot("batch", "run", "--mode", "batch", "--yes")

    assert said.code == 0, said.text
    assert len(list((one_shot.root / ".chargen/runs").glob("*_run-*"))) == 2, (
        "the second tries it again itself"
    )
    assert len(gemini.paid) == 2


def test_an_expired_batch_is_sent_again_in_halves(world: World, gemini: Emulator) -> None:
    gemini.fault("batch-expired")

    said = world("batch", "run", "--mode", "batch", "--yes", *LOCATIONS)

    assert said.code == 0, said.text
    assert world.plan(*LOCATIONS) == []
    assert len(gemini.paid) == 3
    assert len(gemini.state.batches) == 3  # the one that expired, and its halves


def test_batches_that_expire_for_ever_are_given_up(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("batch-expired:times=forever")
    one_shot.edit("chargen.yaml", "limits: {", "limits: {retries: 1, ")

    said = one_shot("batch", "run", "--mode", "batch", "--yes")

    assert said.code == 1, said.text
    assert one_shot.whys()["location/quay/noon/main"].startswith("skip: gave up after")
    assert len(gemini.state.batches) == 2


def test_a_batch_that_expired_is_sent_again_once(world: World, gemini: Emulator) -> None:
    gemini.fault("batch-expired:times=2")

    said = world("batch", "run", "--mode", "batch", "--yes", *LOCATIONS)

    assert said.code == 1, said.text
    whys = [why for why in world.whys().values() if why.startswith("skip: gave up after: 2 attempts")]
    assert len(gemini.state.batches) == 3  # the first, and its halves: the second expiry is the last
    assert 1 <= len(whys) <= 2
    assert len(gemini.paid) == 3 - len(whys)


@pytest.mark.parametrize("fault", ["batch-failed", "batch-cancelled"])
def test_a_batch_without_results_is_told_and_tried_again(
    one_shot: World, gemini: Emulator, fault: str
) -> None:
    gemini.fault(fault)

    submit(one_shot)
    said = one_shot("batch", "collect", "--wait")

    assert said.code == 1, said.text
    assert one_shot.plan()[0].why.startswith("retry: 1 of 3")
    assert one_shot("batch", "run", "--mode", "batch", "--yes").code == 0
    assert len(gemini.paid) == 1


def test_a_picture_that_does_not_open_is_failed_and_tried_again(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("undecodable")

    submit(one_shot)
    said = one_shot("batch", "collect", "--wait")

    assert said.code == 1, said.text
    assert "images" not in one_shot.read("quay/imagery.yaml")
    assert one_shot.plan()[0].why.startswith("retry: 1 of 3")
    assert one_shot("batch", "run", "--mode", "batch", "--yes").code == 0
    assert one_shot.plan() == []


@pytest.mark.parametrize("fault", ["wrong-size", "wrong-aspect", "jpeg"])
def test_a_picture_that_is_not_as_asked_is_kept(one_shot: World, gemini: Emulator, fault: str) -> None:
    gemini.fault(fault)

    submit(one_shot)
    said = one_shot("batch", "collect", "--wait")

    assert said.code == 0, said.text
    assert ("warning" in said.text) == (fault != "jpeg")
    assert one_shot.plan() == []
    assert len(gemini.paid) == 1


def test_cancel_ends_a_batch_and_frees_its_requests(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("batch-stuck")
    submit(one_shot)

    said = one_shot("batch", "cancel", "--run", "1")
    assert said.code == 0, said.text
    assert one_shot("batch", "collect", "--wait").code in (0, 1)

    assert states(one_shot) == ["CANCELLED"]
    assert one_shot.plan()[0].why.startswith("retry: 1 of 3")
    assert gemini.paid == []


def test_a_run_s_record_knows_its_batch_and_is_rebuilt_with_it(one_shot: World, gemini: Emulator) -> None:
    submit(one_shot)
    (run,) = (one_shot.root / ".chargen/runs").glob("*_run-*")

    def batches() -> list[tuple[str, str]]:
        with sqlite3.connect(run / "jobs.sqlite") as database:
            return database.execute("SELECT batch, state FROM batches").fetchall()

    (name,) = gemini.state.batches
    assert batches() == [(f"batches/{name.removeprefix('batches/')}", "SUBMITTED")]
    one_shot("batch", "collect", "--wait")
    collected = batches()
    shutil.rmtree(run)
    run.mkdir()
    one_shot("batch", "collect")

    assert [state for _, state in collected] == ["COLLECTED"]
    assert batches() == collected


def test_collect_needs_no_job_store(world: World, gemini: Emulator) -> None:
    submit(world, *LOCATIONS)
    for file in (world.root / ".chargen" / "runs").glob("*/jobs.sqlite*"):
        file.unlink()

    said = world("batch", "collect", "--wait")

    assert said.code == 0, said.text
    assert world.plan(*LOCATIONS) == []
    assert world.status()["run"]["counts"]["succeeded"] == 3


def test_collect_without_wait_leaves_what_is_not_ended(one_shot: World, gemini: Emulator) -> None:
    gemini.fault("batch-stuck")
    submit(one_shot)

    said = one_shot("batch", "collect")

    assert said.code == 0, said.text
    assert "1 still open" in said.out
    assert one_shot.plan() == []


def test_books_rolled_back_stop_all_submitting(one_shot: World, gemini: Emulator) -> None:
    submit(one_shot, "--only", "location/quay/noon/*")
    books = one_shot.root / ".chargen" / "books.git"
    shutil.copytree(books, one_shot.root / "kept")
    one_shot.edit("quay/imagery.yaml", "subject: a quay}", "subject: a quay}\n  - {id: night, subject: dark}")
    submit(one_shot)
    shutil.rmtree(books)
    (one_shot.root / "kept").rename(books)

    said = one_shot("batch", "submit", "--yes")

    assert said.code == 5, said.text
    assert len(gemini.state.batches) == 2
