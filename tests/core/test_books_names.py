"""What lies on the books is looked at before it becomes a path, a ref or money."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.books import Decision, Decisions, Order, Proposals
from chargen.core.books_files import changes_for, decode
from chargen.core.proposal import Proposal
from chargen.core.submission import Came
from chargen.errors import BooksConflict
from tests.worlds import PIER, a_request, a_submission, an_outcome, one_shot, shot_of

if TYPE_CHECKING:
    from chargen.core.books_files import Thing

SHOT = shot_of({PIER: one_shot()})
REQUEST = a_request(SHOT)
FINE = a_submission(replace(REQUEST, outcome=an_outcome()))


def submission(**changes: Any) -> Thing:
    return replace(FINE, **changes)


def request(**changes: Any) -> Thing:
    return replace(FINE, requests=(replace(REQUEST, **changes),))


def outcome(**changes: Any) -> Thing:
    return request(outcome=replace(an_outcome(Came.IMAGE), **changes))


BAD = {
    "id-above": submission(id="../../x"),
    "id-as-option": submission(id="--upload-pack=x"),
    "id-of-two-refs": submission(id="a b"),
    "id-empty": submission(id=""),
    "run-above": submission(run_id="../../../home"),
    "run-absolute": submission(run_id="/etc"),
    "run-of-dots": submission(run_id=".."),
    "job-above": request(job_ids=("../../x",)),
    "no-job": request(job_ids=()),
    "file-above": outcome(file="../a.png"),
    "file-of-another-commit": outcome(file="a:b.png"),
    "file-with-a-folder-for-an-ending": outcome(file="a.png/../../x"),
    "money-less-than-nothing": request(reserved_usd=Decimal(-5)),
    "money-without-end": outcome(cost_usd=Decimal("1E+999999")),
    "money-that-is-none": submission(lost_usd=Decimal("NaN")),
    "order-for-a-path": Order("a", "force", "../x.v1", "2026-11-23T04:00:00Z"),
    "proposal-of-a-ref": Proposals("location/pier", (Proposal("../../heads/main", 1),)),
    "proposal-of-a-path": Proposals("location/pier", (Proposal("location/pier", 1, shots={"../x": "a"}),)),
    "decision-on-a-path": Decisions("location/pier", {"x": Decision("../../x")}),
}


@pytest.mark.parametrize("thing", BAD.values(), ids=BAD)
def test_a_name_that_leads_elsewhere_or_money_that_is_none_stops_all_that_reads_it(thing: Thing) -> None:
    changes = changes_for(thing)
    files = {f"{path.partition('/')[0]}/a.json": data for path, data in changes.items() if data is not None}

    with pytest.raises(BooksConflict, match=r"cannot be read: ") as caught:
        decode("tip", files)

    assert "git log -p chargen/tracking" in caught.value.hint


def test_what_chargen_writes_is_read() -> None:
    files = {path: data for path, data in changes_for(FINE).items() if data is not None}

    assert decode("tip", files).submissions == {FINE.id: FINE}


@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b'{"x":' * 100_000, b'{"id":"\\ud800"}', b"\xff\xfe", b"", b"NaN"]
)
def test_what_is_no_file_of_the_books_is_said_and_no_bug(data: bytes) -> None:
    with pytest.raises(BooksConflict):
        decode("tip", {"submissions/a.json": data})
