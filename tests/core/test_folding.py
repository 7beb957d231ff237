"""What ended in an earlier month lies in one file of that month, and nothing is forgotten by it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.core.books_files import changes_for, decode, fold
from chargen.core.digest import Ask
from chargen.core.submission import Came, Outcome, Owner, Request, State, Submission

if TYPE_CHECKING:
    from chargen.core.books import Books

ASK = Ask(
    "sha256:" + "a" * 64, "sha256:" + "b" * 64, 1, ("0" * 8,) * 6, (), "16:9", {"model": "m", "size": "1K"}
)


def submission(name: str, *, month: str, state: State = State.COLLECTED) -> Submission:
    outcome = Outcome(Came.IMAGE, sha256="sha256:" + "c" * 64, cost_usd=Decimal("0.04"))
    request = Request("sha256:" + name * 64, ("location.a.b.c.v1",), ASK, Decimal("0.05"), outcome=outcome)
    at = f"{month}-03T10:00:00Z"
    return Submission(name, state, "batch", "m", 1, name, "run", Owner("n"), at, at, (request,))


def books_of(*submissions: Submission) -> Books:
    return decode("tip", {path: data for path, data in changes_for(*submissions).items() if data is not None})


def written(books: Books, changes: dict[str, bytes | None]) -> Books:
    files = {
        path: data for path, data in changes_for(*books.submissions.values()).items() if data is not None
    }
    for path, data in changes.items():
        if data is None:
            del files[path]
        else:
            files[path] = data
    return decode("next", files)


def test_a_month_that_is_over_lies_in_one_file() -> None:
    books = books_of(
        submission("1", month="2026-10"), submission("2", month="2026-10"), submission("3", month="2026-11")
    )

    changes = fold(books, "2026-11")

    assert sorted(changes) == ["closed/2026-10.json", "submissions/1.json", "submissions/2.json"]
    after = written(books, changes)
    assert after.submissions == books.submissions
    assert after.closed == {"1", "2"}
    assert fold(after, "2026-11") == {}


def test_what_is_still_held_is_not_folded() -> None:
    held = replace(submission("1", month="2026-09"), state=State.SUBMITTED)

    assert fold(books_of(held), "2026-11") == {}


def test_a_straggler_joins_the_month_it_began_in() -> None:
    first = books_of(submission("1", month="2026-09"))
    folded = written(first, fold(first, "2026-11"))
    both = replace(folded, submissions={**folded.submissions, "2": submission("2", month="2026-09")})

    changes = fold(both, "2026-11")

    assert sorted(changes) == ["closed/2026-09.json", "submissions/2.json"]
    file = changes["closed/2026-09.json"]
    assert file is not None
    assert decode("t", {"closed/2026-09.json": file}).submissions == both.submissions


def test_one_that_is_changed_after_it_was_folded_is_folded_again() -> None:
    first = books_of(submission("1", month="2026-09"), submission("2", month="2026-09"))
    file = fold(first, "2026-11")["closed/2026-09.json"]
    assert file is not None
    pruned = replace(first.submissions["1"], pruned_at="2026-11-20T00:00:00Z")
    loose = {path: data for path, data in changes_for(pruned).items() if data is not None}
    changed = decode("tip", {"closed/2026-09.json": file, **loose})

    changes = fold(changed, "2026-11")

    assert changed.submissions["1"] == pruned
    assert changes["submissions/1.json"] is None
    again = changes["closed/2026-09.json"]
    assert again is not None
    assert decode("t", {"closed/2026-09.json": again}).submissions == changed.submissions
