"""Which pictures may be kept for words they were not made from: those about which nothing else differs."""

from __future__ import annotations

from textwrap import indent
from typing import Any

import pytest

from chargen.core.books import Books, Decision, Order
from chargen.core.current import current
from chargen.core.digest import sha256
from chargen.core.drift import (
    Drift,
    drift_data,
    drift_lines,
    drift_markdown,
    drift_summary,
    find_drift,
)
from chargen.core.proposal import Proposal
from chargen.core.row import read_row
from chargen.core.submission import Came, Deliver, State
from chargen.pipeline.compile import compile_world
from tests.worlds import (
    PIER,
    WIDE,
    Files,
    a_picture,
    a_request,
    a_submission,
    address,
    an_outcome,
    books_of,
    made,
    one_shot,
    row_of,
    shot_of,
    whys,
    world_of,
)
from tests.worlds import plan_of as plan

PICTURE = "locations/pier/images/dawn.wide.png"
OLD = shot_of({PIER: one_shot("mood: calm\n")})
METADATA = {"mode": "batch", "request_hash": OLD.request_hash(1), "cost_usd": "0.0168"}
PAID = a_submission(a_request(OLD, outcome=an_outcome()))


def reworded(words: str = "mood: calm\n", now: str = "mood: grim\n", **row: Any) -> dict[str, Any]:
    """The one-shot world as it lies after a run, and then with other words."""
    files = made(words, provider_metadata=METADATA, **row)
    return {**files, PIER: files[PIER].replace(words, indent(now, " " * 8).lstrip())}


def drift(files: Files, books: Books | None = None, *only: str) -> Drift:
    world = world_of(files)
    return find_drift(world, compile_world(world), books or Books(), only)


def why(files: Files, books: Books | None = None) -> str:
    """Why the one shot is not accepted."""
    found = drift(files, books)
    assert found.accepted == ()
    (left,) = found.left
    return left.why


def test_a_picture_of_older_words_can_be_kept_and_its_row_says_the_rest_as_before() -> None:
    files = reworded()
    (before,) = shot_of(files).shot.rows
    now = shot_of(files)

    (item,) = drift(files, books_of(PAID)).accepted

    assert (item.address, item.file, item.sections) == (address(), PIER, ("mood",))
    assert item.data == {
        **before.data,
        "prompt_hash": now.prompt_hash,
        "digests": item.data["digests"],
        "provider_metadata": {
            **METADATA,
            "asked": {key: before.data[key] for key in ("prompt_hash", "digests")},
        },
    }
    assert list(item.data) == list(before.data)


def test_with_the_row_it_stamps_the_plan_is_empty_though_the_books_know_older_words() -> None:
    files = reworded()
    (item,) = drift(files, books_of(PAID)).accepted
    row = read_row(item.data, address())

    shown = current(shot_of(files).ask(), row, books_of(PAID).candidates(address()))

    assert shown.row is row
    assert shown.candidate is None
    assert row is not None
    assert (row.ask.prompt_hash, row.asked.prompt_hash) == (NOW.prompt_hash, OLD.prompt_hash)


def test_what_answers_its_words_or_has_no_picture_is_not_spoken_of() -> None:
    assert drift(made("mood: calm\n")) == Drift()
    assert drift({PIER: one_shot("mood: grim\n")}) == Drift()
    assert drift(reworded(), None, "character/*") == Drift()
    assert drift(reworded(), None, "location/**").accepted != ()


REFERENCE = "references: [{id: o, path: o.png}]\n"


def with_reference(now: bytes, words: str) -> dict[str, Any]:
    before: dict[str, Any] = {PIER: one_shot(REFERENCE), "locations/pier/o.png": a_picture("old")}
    shot = shot_of(before)
    return {
        PIER: one_shot(words + row_of(shot, a_picture())),
        PICTURE: a_picture(),
        "locations/pier/o.png": now,
    }


def test_a_reference_that_changed_with_the_words_or_alone_is_a_reason_to_leave_it() -> None:
    grim = REFERENCE + "mood: grim\n"

    assert drift(with_reference(a_picture("old"), grim)).left == ()
    assert why(with_reference(a_picture("new"), grim)) == "reference changed: o"
    assert why(with_reference(a_picture("new"), REFERENCE)) == "reference changed: o"
    assert why(with_reference(a_picture("old"), "")) == "reference changed: o"


ORDER = Order("o-1", "reroll", address().job_id(1), "2026-11-23T05:00:00Z")
DIGEST = sha256(a_picture())
NOW = shot_of(reworded())


@pytest.mark.parametrize(
    ("files", "books", "said"),
    [
        (reworded(now='mood: grim\naspect_ratio: "1:1"\n'), None, "prompt changed: aspect ratio"),
        (reworded(now="mood: grim\nstatus: locked\n"), None, "locked"),
        (reworded(now="mood: grim\nstatus: paused\n"), None, "paused"),
        (reworded(now="mood: grim\nsize: 9K\n"), None, "problem"),
        ({**reworded(), PICTURE: a_picture("retouched")}, None, "edited by hand"),
        ({key: data for key, data in reworded().items() if key == PIER}, None, "its picture is missing"),
        (reworded(), books_of(PAID, orders=[ORDER]), "it is ordered anew (rerolled)"),
        (
            reworded(),
            books_of(PAID, a_submission(a_request(NOW), number=2, state=State.SUBMITTED)),
            "in flight",
        ),
        (
            reworded(),
            books_of(PAID, a_submission(a_request(OLD), number=2, state=State.SUBMITTED)),
            "debounced",
        ),
        (
            reworded(),
            books_of(PAID, a_submission(number=2, state=State.SUBMITTED)),
            "in flight, perhaps: 1 submission",
        ),
        (
            reworded(),
            books_of(
                PAID, a_submission(a_request(NOW, outcome=an_outcome(picture=a_picture("b"))), number=2)
            ),
            "paid before",
        ),
        (
            reworded(),
            books_of(
                PAID,
                a_submission(
                    a_request(NOW, outcome=an_outcome(picture=a_picture("b"))),
                    number=2,
                    deliver=Deliver.REVIEW,
                ),
                proposals=[Proposal("location/pier", 1, shots={WIDE: sha256(a_picture("b"))}, number=7)],
            ),
            "proposed: #7",
        ),
        (
            reworded(),
            books_of(PAID, decisions=[Decision(WIDE, rejected=(DIGEST,))]),
            "its picture was rejected",
        ),
        (reworded(), books_of(PAID, decisions=[Decision(WIDE, locked=True)]), "locked"),
    ],
)
def test_whatever_else_stands_against_it_is_said(files: Files, books: Books | None, said: str) -> None:
    assert why(files, books).startswith(said)


@pytest.mark.parametrize("came", [Came.BLOCKED, Came.FAILED])
def test_words_that_could_not_be_painted_can_be_given_up(came: Came) -> None:
    tried = a_submission(a_request(NOW, outcome=an_outcome(came)), number=2)

    assert len(drift(reworded(), books_of(PAID, tried)).accepted) == 1


def test_the_model_matters_only_where_the_world_says_so() -> None:
    files = reworded(model="gemini-3-pro-image")

    assert drift(files).left == ()
    assert why({**files, "chargen.yaml": "provider: {regenerate_on: [model]}"}).startswith("model changed")


def test_a_shot_that_waits_for_another_one_is_kept_all_the_same() -> None:
    """Both drifted: the second is not to wait for the first, whose picture stays what it is."""
    wide = reworded()
    text = "kind: chapter\nslug: one\nscenes: [{{id: s, subject: x, mood: {mood}, references: [{{ref: {wide}}}]{row}}}]"
    before = {**wide, "chapters/one/imagery.yaml": text.format(mood="calm", wide=WIDE, row="")}
    shot = shot_of(before, "chapter/one/s/main")
    row = ", " + row_of(shot, a_picture("two"), sha256=sha256(a_picture("two"))).strip()
    after = {
        **wide,
        "chapters/one/imagery.yaml": text.format(mood="grim", wide=WIDE, row=row),
        "chapters/one/images/s.main.png": a_picture("two"),
    }

    assert whys(plan(after))["chapter.one.s.main.v1"].endswith(f"waiting for {WIDE}")
    assert [str(item.address) for item in drift(after).accepted] == ["chapter/one/s/main", WIDE]


def test_it_is_told_shot_by_shot_in_every_form() -> None:
    found = drift(reworded())
    left = drift({**reworded(), PICTURE: a_picture("retouched")})

    assert list(drift_lines(found)) == [f"  = {WIDE:<44} prompt changed: mood"]
    assert next(iter(drift_lines(left))).startswith(f"  - {WIDE:<44} not accepted: edited by hand")
    assert drift_summary(found) == "1 picture kept for today's words. Nothing is paid."
    assert drift_summary(left).startswith("0 pictures kept for today's words, 1 left as they are.")
    assert drift_summary(Drift()).startswith("Every accepted picture answers its words")
    assert f"- `{WIDE}` prompt changed: mood\n" in drift_markdown(found)
    assert drift_data(found)["accepted"] == [
        {
            "address": WIDE,
            "jobId": address().job_id(1),
            "imageryYamlPath": PIER,
            "sections": ["mood"],
            "promptHash": {"old": OLD.prompt_hash, "new": NOW.prompt_hash},
        }
    ]
    assert drift_data(left)["left"][0]["address"] == WIDE
