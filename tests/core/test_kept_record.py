"""What a commit of kept pictures says of its submission: enough to make its entry on the books again, and always the same."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from chargen.core.digest import Ask, ReferenceDigest
from chargen.core.kept_record import decode_record, encode_record
from chargen.core.submission import Came, Deliver, Outcome, Owner, Request, State, Submission
from chargen.errors import BooksConflict

ASK = Ask(
    "sha256:aa",
    "sha256:bb",
    1,
    ("1",) * 6,
    (ReferenceDigest("face", "face", "sha256:cc"),),
    "16:9",
    {"size": "1K"},
)
CAME = Outcome(Came.IMAGE, "sha256:dd", file="a.png", cost_usd=Decimal("0.0169"), at="2026-11-23T05:00:00Z")
REQUEST = Request(
    "sha256:ee", ("location.a.b.c.v1",), ASK, Decimal("0.02"), order="o", note="darker", outcome=CAME
)
BOOKED = Submission(
    id="s1",
    state=State.SUBMITTED,
    mode="batch",
    model="m",
    attempt=2,
    display_name="chargen/42-w/s1",
    run_id="r",
    owner=Owner("me", "host", "boot", 7, "https://run"),
    lease_until="2026-11-23T06:00:00Z",
    created_at="2026-11-23T04:00:00Z",
    requests=(REQUEST, replace(REQUEST, request_hash="sha256:ff", outcome=None)),
    batch="batches/1",
    deliver=Deliver.REVIEW,
)


def test_a_record_makes_the_submission_again_as_collected_and_held_by_nobody() -> None:
    found = decode_record(encode_record(BOOKED), commit="c0ffee")

    assert found == replace(
        BOOKED,
        state=State.COLLECTED,
        owner=Owner(""),
        lease_until="",
        ended_at="2026-11-23T05:00:00Z",
        kept="c0ffee",
    )


def test_who_keeps_the_same_again_writes_the_same_bytes() -> None:
    again = replace(
        BOOKED, owner=Owner("you"), lease_until="later", state=State.COLLECTED, kept="x", ended_at="y"
    )

    assert encode_record(again) == encode_record(BOOKED)


@pytest.mark.parametrize("data", [b"", b"{}", b'{"id": 1}', b"\xff"])
def test_what_is_no_record_is_named(data: bytes) -> None:
    with pytest.raises(BooksConflict, match=r"submission\.json of c0ffee"):
        decode_record(data, commit="c0ffee")


def test_a_double_that_an_older_record_names_among_the_errors_is_counted() -> None:
    marked = replace(BOOKED, error="batches/7 is a double of it, counted as waste")

    found = decode_record(encode_record(marked), commit="c0ffee")

    assert (found.doubles, found.error) == (("batches/7",), "")
