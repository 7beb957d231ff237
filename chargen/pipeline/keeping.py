"""Outcomes onto the books: pictures under their results ref first, then what each request brought. Again: the same."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.core.kept_record import RECORD, encode_record
from chargen.core.submission import Move, Request, Submission, move
from chargen.pipeline.bundling import tell_batch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from chargen.core.books import Books
    from chargen.core.books_files import Thing
    from chargen.pipeline.booking import Desk
    from chargen.pipeline.bundling import Bench, Laid


def keep_and_book(
    desk: Desk,
    submission: Submission,
    laid: Sequence[Laid],
    bench: Bench,
    *,
    what: Move | None,
    at: str,
    error: str = "",
    lost_usd: Decimal = Decimal(0),
) -> Submission:
    """Pictures under the results ref first, then the outcomes on the books, with a move if the submission has ended."""
    outcomes = {item.request.request_hash: item.request for item in laid}
    told = replace(
        submission,
        requests=merge(submission.requests, outcomes),
        lost_usd=submission.lost_usd + lost_usd,
    )
    files = _files(bench, told, laid)
    kept = desk.tracking.keep(submission.id, files, f"Pictures of {submission.id}") if files else ""

    def decide(books: Books) -> Sequence[Thing]:
        now = books.submissions[submission.id]
        if _is_replaced(now, submission):
            return []
        merged = replace(now, requests=merge(now.requests, outcomes), kept=kept or now.kept)
        if what is None or not now.holds:  # somebody else collected it: what they had not is still paid for
            return [merged] if merged != now else []
        return [move(merged, what, ended_at=at, error=error or now.error, lost_usd=now.lost_usd + lost_usd)]

    message = f"{what or 'Keep results of'} {submission.id}".capitalize()
    booked = desk.book(decide, message).submissions[submission.id]
    tell_batch(bench.store, booked)
    return booked


def _is_replaced(now: Submission, submission: Submission) -> bool:
    """Whether another batch of its create answers for it by now: what this one brought is counted as waste."""
    return now.batch != submission.batch


def _files(bench: Bench, told: Submission, laid: Sequence[Laid]) -> dict[str, Path]:
    """What is kept: the pictures, and beside them all that is booked of them; nothing where no request was answered."""
    outcomes = [(item.request, item.request.outcome) for item in laid if item.request.outcome]
    if not any(outcome.came.answers for _, outcome in outcomes):
        return {}
    record = bench.run.path / "records" / f"{told.id}.json"
    bench.run.write(record, encode_record(told))
    pictures = {
        outcome.file: bench.run.result(request.job_ids[0]) / _image_name(outcome.file)
        for request, outcome in outcomes
        if outcome.file
    }
    return {**pictures, RECORD: record}


def _image_name(file: str) -> str:
    return f"image.{file.rpartition('.')[2]}"


def merge(requests: Sequence[Request], outcomes: Mapping[str, Request]) -> tuple[Request, ...]:
    """The requests of a submission with the outcomes that are known now; one that is booked stays."""
    return tuple(
        request if request.outcome else outcomes.get(request.request_hash, request) for request in requests
    )
