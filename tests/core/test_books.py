"""The books: read into one value and written back without loss; what cannot be read stops everything."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal

import pytest

from chargen.core.books import Decision, Identity, Order
from chargen.core.books_files import changes_for, decode, encode, order_path
from chargen.core.submission import Came, State
from chargen.errors import BooksConflict
from tests.worlds import (
    PIER,
    WIDE,
    a_picture,
    a_request,
    a_submission,
    address,
    an_outcome,
    books_of,
    one_shot,
    shot_of,
)

SHOT = shot_of(
    {
        PIER: one_shot("references: [{id: o, path: images/o.png, role: place}]\n"),
        "locations/pier/images/o.png": a_picture(),
    }
)
FULL = a_submission(
    a_request(
        SHOT,
        order="comment-7",
        note="weniger Nebel — bitte",
        tokens=12,
        outcome=an_outcome(usage={"image": 1120}, stored_sha256="sha256:" + "b" * 64),
    ),
    a_request(SHOT, variant=2),
    input_file="files/1",
    error="a :: b",
)
ORDER = Order("comment-7", "reroll", "location.pier.dawn.wide.v1", "2026-11-23T04:00:00Z", "note", "ada", "x")


def files(*things: object) -> dict[str, bytes]:
    return {path: data for path, data in changes_for(*things).items() if data is not None}  # type: ignore[arg-type]


def test_what_is_written_is_read_back_whole() -> None:
    decision = Decision(WIDE, rejected=("sha256:x",), picked="sha256:y", locked=True)
    lying = files(FULL, ORDER, Identity("w0rld", 42))
    lying["decisions/location/pier.json"] = encode({WIDE: decision})

    books = decode("tip", lying)

    assert books.tip == "tip"
    assert books.identity == Identity("w0rld", 42)
    assert books.submissions == {FULL.id: FULL}
    assert books.orders == {ORDER.id: ORDER}
    assert books.decisions == {WIDE: decision}
    assert {type(item.reserved_usd) for item in books.submissions[FULL.id].requests} == {Decimal}


def test_a_file_is_json_that_a_diff_can_be_read_of() -> None:
    (data,) = files(ORDER).values()

    assert data.decode() == json.dumps(json.loads(data), sort_keys=True, indent=1, ensure_ascii=False) + "\n"
    assert encode(FULL) == encode(replace(FULL))


def test_doubles_are_written_where_there_are_any() -> None:
    doubled = replace(FULL, doubles=("batches/7",))

    assert b"doubles" not in encode(FULL)
    assert b"doubles" not in encode({FULL.id: FULL})
    assert json.loads(encode({FULL.id: doubled}))[FULL.id]["doubles"] == ["batches/7"]
    assert decode("tip", files(doubled)).submissions == {FULL.id: doubled}


@pytest.mark.parametrize(("before", "left"), [("", ""), ("the batch failed; ", "the batch failed")])
def test_a_double_that_older_books_named_among_the_errors_is_counted(before: str, left: str) -> None:
    marks = "; ".join(f"batches/{n} is a double of it, counted as waste" for n in (7, 8))
    marked = replace(FULL, error=f"{before}{marks}", lost_usd=Decimal("0.20"))
    expected = replace(marked, error=left, doubles=("batches/7", "batches/8"))

    assert decode("tip", files(marked)).submissions == {FULL.id: expected}
    assert decode("tip", {"closed/2026-11.json": encode({FULL.id: marked})}).submissions == {
        FULL.id: expected
    }


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("world.json", b"{"),
        ("world.json", b"[]"),
        ("submissions/x.json", b'{"id": "x"}'),
        ("submissions/x.json", encode(FULL).replace(b'"COLLECTED"', b'"PARKED"')),
        ("submissions/x.json", encode(FULL).replace(b'"0.05"', b'"much"')),
        ("orders/x.json", b"\xff"),
        ("closed/2026-10.json", b"null"),
        ("decisions/location/pier.json", b'{"x": 1}'),
    ],
)
def test_books_that_cannot_be_read_stop_everything(path: str, data: bytes) -> None:
    with pytest.raises(BooksConflict, match=path) as error:
        decode("tip", {**files(FULL), path: data})

    assert "history" in error.value.hint


def test_files_of_later_versions_are_left_alone() -> None:
    later = encode(FULL).replace(b'"attempt"', b'"tomorrow": 1, "attempt"')

    books = decode("tip", {"tomorrow/x.json": b"{", "notes.txt": b"hi", "submissions/x.json": later})

    assert books.submissions == {FULL.id: FULL}


def test_a_loose_submission_is_newer_than_a_folded_one() -> None:
    folded = replace(FULL, state=State.SUBMITTED)

    books = decode("tip", {**files(FULL), "closed/2026-11.json": encode({FULL.id: folded})})

    assert books.submissions == {FULL.id: FULL}


@pytest.mark.parametrize(
    "order_id", ["run-1.location.a.b.c.v1", "../../world", "a/b", "ü x:y", "comment-7@v2"]
)
def test_an_order_s_file_lies_among_the_orders(order_id: str) -> None:
    path = order_path(order_id)

    assert path.startswith("orders/")
    assert path.count("/") == 1
    assert ".." not in path.split("/")
    assert decode("", files(replace(ORDER, id=order_id))).orders.keys() == {order_id}


def test_the_oldest_comes_first_whatever_the_names() -> None:
    old = a_submission(a_request(SHOT, outcome=an_outcome(picture=b"old")), number=1, id="zz")
    new = a_submission(a_request(SHOT, outcome=an_outcome(picture=b"new")), number=2, id="aa")

    books = books_of(new, old)

    assert [submission.id for submission, _ in books.requests()] == ["zz", "aa"]
    assert [item.submission.id for item in books.candidates(address())] == ["zz", "aa"]


def test_a_shot_s_requests_are_those_that_serve_it() -> None:
    shared = a_request(SHOT, job_ids=("location.pier.dawn.other.v1", "location.pier.dawn.wide.v3"))
    longer = a_request(SHOT, job_ids=("location.pier.dawn.wide-er.v1",))

    books = books_of(a_submission(a_request(SHOT), shared, longer))

    assert [job_id for job_id, _, _ in books.about(address())] == [
        "location.pier.dawn.wide.v1",
        "location.pier.dawn.wide.v3",
    ]


def test_only_pictures_are_candidates() -> None:
    requests = [a_request(SHOT, variant=n, outcome=an_outcome(came)) for n, came in enumerate(Came, start=1)]

    assert [item.variant for item in books_of(a_submission(*requests)).candidates(address())] == [1]


def test_attempts_are_counted_a_request() -> None:
    one, two = a_request(SHOT), a_request(SHOT, variant=2)
    books = books_of(a_submission(one, number=1), a_submission(one, two, number=3))

    assert [books.attempts(item.request_hash) for item in (one, two)] == [3, 3]
    assert books.attempts("sha256:never") == 0


def test_attempts_begin_anew_after_an_answer() -> None:
    shot = shot_of({PIER: one_shot()})
    came = (Came.FAILED, Came.IMAGE, Came.EXPIRED, Came.FAILED)
    tries = [
        a_submission(a_request(shot, outcome=an_outcome(item)), number=n)
        for n, item in enumerate(came, start=1)
    ]
    (name,) = {request.request_hash for item in tries for request in item.requests}

    assert books_of(*tries).came(name) == (Came.EXPIRED, Came.FAILED)
    assert books_of(*tries[:2]).came(name) == ()
    assert books_of().came(name) == ()


def test_a_month_is_what_was_begun_in_it() -> None:
    open_one = a_submission(a_request(SHOT), state=State.SUBMITTED, number=1)
    paid = a_submission(a_request(SHOT, outcome=an_outcome()), number=2)
    earlier = a_submission(a_request(SHOT, outcome=an_outcome()), number=3, created_at="2026-10-31T23:59:59Z")
    free = a_submission(a_request(SHOT), number=4, state=State.FENCED)

    books = books_of(open_one, paid, earlier, free)

    assert books.month_usd("2026-11") == Decimal("0.07")
    assert books.month_usd("2026-10") == Decimal("0.02")


def test_a_picture_two_shots_share_is_ordered_for_the_one_that_asked() -> None:
    other = "location.pier.dusk.wide.v1"
    request = a_request(SHOT, job_ids=("location.pier.dawn.wide.v1", other), order="o", outcome=an_outcome())
    wish = Order("o", "force", "location.pier.dawn.wide.v1", "2026-11-23T04:00:00Z")
    books = books_of(a_submission(request), orders=[wish])

    assert [item.ordered for item in books.candidates(address(WIDE))] == [True]
    assert [item.ordered for item in books.candidates(address("location/pier/dusk/wide"))] == [False]
