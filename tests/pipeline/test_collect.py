"""A batch that has ended, brought in line by line: every good line is kept whatever the others are, and twice is as once."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.answer import Kind
from chargen.core.bundle import decode_bundle
from chargen.core.digest import sha256
from chargen.core.job import Failure, Status
from chargen.core.job_record import BatchRow
from chargen.core.provider_reply import Batch, BatchState
from chargen.core.submission import Came, State
from chargen.core.waste import Served, Waste, wasted
from chargen.pipeline.collect import Collected, collect
from tests.answers import a_block, a_line, an_answer, nothing
from tests.fakes import FakeRun, FakeStore
from tests.worlds import PIER, a_picture, address

if TYPE_CHECKING:
    from chargen.core.submission import Submission
    from tests.pipeline.conftest import Office

ENDED = "2026-11-23T05:06:07.891Z"


def submitted(office: Office, **options: Any) -> Submission:
    """A batch of three requests that is with the provider."""
    return office.send(office.work(**options)).submission


def bring(
    office: Office,
    submission: Submission,
    *lines: bytes,
    state: BatchState = BatchState.SUCCEEDED,
    again: bool = False,
    error: str = "",
) -> Collected:
    """Collect a batch that ended with these lines."""
    office.provider.results["files/out"] = b"".join(lines)
    batch = Batch(submission.batch, state, output_file="files/out", ended_at=ENDED, error=error)
    return collect(
        office.desk(), submission, batch, office.provider, office.bench, attempts_left=lambda _: again
    )


def came(collected: Collected) -> list[str]:
    """What came of each request, in the order they were asked."""
    return [str(item.outcome.came) if item.outcome else "-" for item in collected.submission.requests]


def test_every_picture_is_kept_booked_and_told(office: Office) -> None:
    submission = submitted(office)
    lines = [a_line(item) for item in submission.requests]

    found = bring(office, submission, *lines)

    assert found.warnings == ()
    assert (found.submission.state, found.submission.ended_at) == (State.COLLECTED, "2026-11-23T05:06:07Z")
    assert found.submission == office.submission(submission.id)
    for request in found.submission.requests:
        (job_id,) = request.job_ids
        outcome = request.outcome
        assert outcome is not None
        assert (outcome.sha256, outcome.file) == (sha256(a_picture(job_id)), f"{job_id}.png")
        assert outcome.at == "2026-11-23T05:06:07Z", "the batch's end, not the clock of collect"
        assert outcome.cost_usd == Decimal("0.0169"), "half price, by the usage"
        assert office.tracking.fetch(submission.id, outcome.file) == a_picture(job_id)
        folder = office.run.result(job_id)
        assert (folder / "image.png").read_bytes() == a_picture(job_id)
        bundle = decode_bundle((folder / "result.json").read_bytes())
        assert (bundle.outcome, bundle.key, bundle.batch) == (outcome, request.key, submission.batch)
    assert set(office.store.statuses().values()) == {Status.SUCCEEDED}
    assert office.desk().read().month_usd("2026-11") == Decimal("0.0507")
    assert not list(office.run.path.glob("download-*")), "nothing is left lying"


def test_the_run_s_record_knows_the_batch_as_the_books_have_it(office: Office) -> None:
    submission = submitted(office)
    row = BatchRow(submission.id, submission.batch, "SUBMITTED", submission.display_name)

    bring(office, submission, *(a_line(item) for item in submission.requests))

    assert office.store.batches == {submission.id: replace(row, state="COLLECTED")}


def test_pictures_are_kept_before_they_are_booked(office: Office) -> None:
    submission = submitted(office)
    office.tracking.others.append(lambda: kept.append(set(office.tracking.kept[submission.id])))
    kept: list[set[str]] = []

    bring(office, submission, *map(a_line, submission.requests))

    assert kept == [{"submission.json", *(f"{item.job_ids[0]}.png" for item in submission.requests)}]


def test_lines_come_in_any_order(office: Office) -> None:
    submission = submitted(office)

    found = bring(office, submission, *map(a_line, reversed(submission.requests)))

    for item in found.submission.requests:
        assert item.outcome is not None
        assert item.outcome.sha256 == sha256(a_picture(item.job_ids[0]))


def test_twice_is_as_once(office: Office) -> None:
    submission = submitted(office)
    lines = [*map(a_line, submission.requests[:2])]
    bring(office, submission, *lines)
    books, kept = dict(office.tracking.contents), dict(office.tracking.kept)
    files = {path: path.read_bytes() for path in office.run.path.rglob("*") if path.is_file()}
    commits = len(office.tracking.commits)

    office.clock.sleep(3600)
    again = bring(office, submission, *lines)

    assert again.submission == office.submission(submission.id)
    assert (office.tracking.contents, office.tracking.kept) == (books, kept)
    assert len(office.tracking.commits) == commits
    assert {path: path.read_bytes() for path in office.run.path.rglob("*") if path.is_file()} == files


def test_a_missing_line_is_an_outcome_of_its_own(office: Office) -> None:
    submission = submitted(office)

    found = bring(office, submission, *map(a_line, submission.requests[:2]))

    assert came(found) == ["image", "image", "missing"]
    (job_id,) = submission.requests[2].job_ids
    assert found.warnings == (f"{job_id}: the result has no line for it that can be read",)
    assert office.store.job(job_id).failure is Failure.MISSING


@pytest.mark.parametrize("torn", [None, b'{"key": "quay.noon.main@'], ids=["missing", "torn"])
def test_a_line_nobody_can_read_is_booked_at_its_bound_as_its_picture_may_be_paid(
    office: Office, torn: bytes | None
) -> None:
    submission = submitted(office)

    found = bring(office, submission, *map(a_line, submission.requests[:2]), *filter(None, [torn]))

    *read, lost = found.submission.requests
    assert lost.outcome is not None
    assert lost.outcome.cost_usd == lost.reserved_usd > 0
    assert found.submission.actual_usd == lost.reserved_usd + sum(
        item.outcome.cost_usd for item in read if item.outcome
    )
    assert [kind for _, _, kind in wasted(Served.by(office.desk().read(), []))][-1:] == [Waste.LOST]


def test_of_two_lines_for_one_key_the_first_picture_counts(office: Office) -> None:
    submission = submitted(office)
    first, second, third = submission.requests
    lines = [
        a_line(first),
        a_line(first, an_answer(a_picture("doubled"))),
        a_line(second, error={"code": 13, "message": "no luck"}),
        a_line(second),
        a_line(third, error={"code": 13, "message": "no luck"}),
        a_line(third, error={"code": 8, "message": "still no luck"}),
    ]

    found = bring(office, submission, *lines)

    assert came(found) == ["image", "image", "failed"]
    outcomes = [item.outcome for item in found.submission.requests]
    assert outcomes[0] is not None
    assert outcomes[0].sha256 == sha256(a_picture(first.job_ids[0]))
    assert outcomes[2] is not None
    assert outcomes[2].reason == "INTERNAL: no luck"
    assert [warning.split(" of ")[0] for warning in found.warnings] == ["line 2"]


def test_keys_nobody_asked_for_and_torn_lines_are_told_and_passed_over(office: Office) -> None:
    submission = submitted(office)
    first, second, third = submission.requests
    stranger = replace(first, job_ids=("location.other.b.c.v1",))
    lines = [
        a_line(first),
        a_line(stranger),
        b"\n",
        a_line(second)[:100] + b"\n",
        b"not json\n",
        a_line(third),
    ]

    found = bring(office, submission, *lines)

    assert came(found) == ["image", "missing", "image"]
    assert [warning.split(":")[0] for warning in found.warnings] == [
        "line 2 of the result has a key nobody asked for",
        "line 4 of the result cannot be read",
        "line 5 of the result cannot be read",
        second.job_ids[0],
    ]


def test_a_result_without_its_last_line_end_is_whole(office: Office) -> None:
    submission = submitted(office)

    found = bring(office, submission, b"".join(map(a_line, submission.requests)).rstrip())

    assert came(found) == ["image"] * 3


def test_errors_and_statuses_are_failures_with_their_names(office: Office) -> None:
    submission = submitted(office)
    first, second, third = submission.requests
    lines = [
        a_line(first, error={"code": 8, "message": "quota"}),
        a_line(second, status={"code": 3, "message": "bad image"}),
        a_line(third),
    ]

    found = bring(office, submission, *lines, again=True)

    reasons = [item.outcome.reason for item in found.submission.requests if item.outcome]
    assert reasons == ["RESOURCE_EXHAUSTED: quota", "INVALID_ARGUMENT: bad image", ""]
    assert list(office.store.statuses().values()) == [Status.QUEUED, Status.FAILED, Status.SUCCEEDED]


def test_a_block_is_an_answer_and_never_goes_back_to_the_queue(office: Office) -> None:
    submission = submitted(office)
    lines = [a_line(item, a_block("IMAGE_SAFETY", "not this")) for item in submission.requests]

    found = bring(office, submission, *lines, again=True)

    assert came(found) == ["blocked"] * 3
    assert {item.outcome.reason for item in found.submission.requests if item.outcome} == {
        "IMAGE_SAFETY: not this"
    }
    assert {record.failure for record in office.store.jobs()} == {Failure.BLOCKED}
    assert found.submission.actual_usd == Decimal("0.0003"), "asking cost a little"


def test_what_does_not_decode_is_invalid_and_paid(office: Office) -> None:
    submission = submitted(office)
    first, second, third = submission.requests
    not_base64 = an_answer()
    not_base64["candidates"][0]["content"]["parts"][0]["inlineData"]["data"] = "%%%"
    lines = [a_line(first, an_answer(b"\x89PNG\r\n\x1a\ngarbage")), a_line(second, not_base64), a_line(third)]

    found = bring(office, submission, *lines)

    assert came(found) == ["invalid", "invalid", "image"]
    assert all(item.outcome and item.outcome.cost_usd for item in found.submission.requests)
    assert [record.failure for record in office.store.jobs()][:2] == [Failure.INVALID] * 2
    assert set(office.tracking.kept[submission.id]) == {f"{third.job_ids[0]}.png", "submission.json"}


def test_a_picture_of_another_size_is_kept_and_warned_of(office: Office) -> None:
    submission = submitted(office)
    first, *rest = submission.requests

    found = bring(
        office, submission, a_line(first, an_answer(a_picture(size=(500, 500)))), *map(a_line, rest)
    )

    assert came(found) == ["image"] * 3
    assert found.warnings == (f"{first.job_ids[0]}: asked for 16:9, came as 500x500",)


def test_an_answer_without_a_picture_may_be_tried_again(office: Office) -> None:
    submission = submitted(office)

    found = bring(office, submission, *(a_line(item, nothing()) for item in submission.requests), again=True)

    assert came(found) == ["failed"] * 3
    assert set(office.store.statuses().values()) == {Status.QUEUED}
    assert found.submission.actual_usd > 0


def test_a_picture_without_its_usage_costs_what_was_set_aside(office: Office) -> None:
    submission = submitted(office)
    lines = [a_line(item, an_answer(usage={})) for item in submission.requests]

    found = bring(office, submission, *lines)

    assert found.submission.actual_usd == submission.reserved_usd


@pytest.mark.parametrize(
    ("state", "booked", "expected"),
    [
        (BatchState.EXPIRED, State.EXPIRED, "expired"),
        (BatchState.FAILED, State.FAILED, "failed"),
        (BatchState.CANCELLED, State.CANCELLED, "cancelled"),
    ],
)
def test_a_batch_without_results_is_an_attempt_of_each_request(
    office: Office, state: BatchState, booked: State, expected: str
) -> None:
    submission = submitted(office)

    found = bring(office, submission, state=state, error="no reason")

    assert (found.submission.state, came(found)) == (booked, [expected] * 3)
    assert found.submission.error.endswith(": no reason")
    assert not [call for call in office.provider.calls if call.startswith("download")]
    assert found.submission.actual_usd == found.submission.reserved_usd == 0


def test_what_expired_is_queued_again_with_its_reason(office: Office) -> None:
    submission = submitted(office)

    bring(office, submission, state=BatchState.EXPIRED, again=True)

    assert set(office.store.statuses().values()) == {Status.QUEUED}
    work = office.work()
    assert [item.expired for item in work] == [submission.id] * 3


def test_a_batch_that_partly_succeeded_is_read_like_any(office: Office) -> None:
    submission = submitted(office)

    found = bring(office, submission, a_line(submission.requests[0]), state=BatchState.PARTIALLY_SUCCEEDED)

    assert came(found) == ["image", "missing", "missing"]


def test_a_world_that_stores_webp_knows_both_digests(office: Office) -> None:
    office.storage = "webp"
    submission = submitted(office)

    found = bring(office, submission, *map(a_line, submission.requests))

    outcome = found.submission.requests[0].outcome
    assert outcome is not None
    original = a_picture(submission.requests[0].job_ids[0])
    assert outcome.sha256 == sha256(original)
    assert outcome.stored_sha256 == sha256(b"RIFF\0\0\0\0WEBP" + original[8:])
    assert office.tracking.fetch(submission.id, outcome.file) == original, "kept as it came"


def test_one_request_for_two_shots_is_one_line(office: Office) -> None:
    files: dict[str, Any] = {
        PIER: "kind: location\nslug: pier\nscenes: [{id: d, shots: [{id: a, subject: x}, {id: b, subject: x}]}]"
    }
    submission = office.send(office.work(files)).submission
    (request,) = submission.requests

    bring(office, submission, a_line(request))

    assert request.job_ids == ("location.pier.d.a.v1", "location.pier.d.b.v1")
    books = office.desk().read()
    for name in "ab":
        (candidate,) = books.candidates(address(f"location/pier/d/{name}"))
        assert candidate.job_id == f"location.pier.d.{name}.v1"


def test_another_machine_collects_with_an_empty_store(office: Office, tmp_path: Any) -> None:
    submission = submitted(office)
    office.store, office.run = FakeStore(), FakeRun(tmp_path / "elsewhere", "run-001")

    bring(office, submission, *map(a_line, submission.requests))

    assert set(office.store.statuses().values()) == {Status.SUCCEEDED}


def test_who_collects_second_changes_nothing(office: Office) -> None:
    submission = submitted(office)
    lines = [a_line(item) for item in submission.requests]
    bring(office, submission, *lines)

    other = bring(office, submission, state=BatchState.FAILED)

    assert other.submission.state is State.COLLECTED
    assert [item.outcome.came for item in other.submission.requests if item.outcome] == [Came.IMAGE] * 3


def test_the_bundle_is_stable_json(office: Office) -> None:
    submission = submitted(office)
    bring(office, submission, *map(a_line, submission.requests))
    path = office.run.result(submission.requests[0].job_ids[0]) / "result.json"

    data = json.loads(path.read_text())

    assert path.read_text() == json.dumps(data, sort_keys=True, indent=1) + "\n"
    assert data["outcome"]["came"] == Kind.IMAGE.value
