"""Outcomes onto the books: pictures under their results ref first, then what each request brought. Again: the same."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.core.submission import Move, Request, Submission, move

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
    pictures = {
        item.request.outcome.file: bench.run.result(item.request.job_ids[0])
        / _image_name(item.request.outcome.file)
        for item in laid
        if item.request.outcome and item.request.outcome.file
    }
    kept = desk.tracking.keep(submission.id, pictures, f"Pictures of {submission.id}") if pictures else ""

    def decide(books: Books) -> Sequence[Thing]:
        now = books.submissions[submission.id]
        merged = replace(now, requests=merge(now.requests, outcomes), kept=kept or now.kept)
        if what is None or not now.holds:  # somebody else collected it: what they had not is still paid for
            return [merged] if merged != now else []
        return [move(merged, what, ended_at=at, error=error or now.error, lost_usd=now.lost_usd + lost_usd)]

    return desk.book(decide, f"{what or 'Keep results of'} {submission.id}".capitalize()).submissions[
        submission.id
    ]


def _image_name(file: str) -> str:
    return f"image.{file.rpartition('.')[2]}"


def merge(requests: Sequence[Request], outcomes: Mapping[str, Request]) -> tuple[Request, ...]:
    """The requests of a submission with the outcomes that are known now; one that is booked stays."""
    return tuple(
        request if request.outcome else outcomes.get(request.request_hash, request) for request in requests
    )
