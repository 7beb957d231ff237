"""Every action and reason a plan gives one shot: what is made, put back or left, and why."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from chargen.core.books import Books, Decision
from chargen.core.plan import Action
from chargen.core.submission import Came, Outcome, State
from tests.worlds import (
    PIER,
    WIDE,
    a_picture,
    a_request,
    a_submission,
    an_outcome,
    books_of,
    item_of,
    made,
    one_shot,
    plan_of,
    row_of,
    shot_of,
    whys,
)

V1 = "location.pier.dawn.wide.v1"
IMAGE = "locations/pier/images/dawn.wide.png"
REF = "references: [{id: overview, path: images/overview.png, role: place}]\n"
OVERVIEW = "locations/pier/images/overview.png"


def why(files: dict[str, Any], books: Books | None = None, **options: Any) -> str:
    """What is done for the one shot there is, and why."""
    found = whys(plan_of(files, books, **options))
    assert list(found) == [V1]
    return found[V1]


def books_with(files: dict[str, Any], outcome: Outcome | None, **submission: Any) -> Books:
    """Books on which the shot's request was booked once."""
    request = a_request(shot_of(files), outcome=outcome)
    return books_of(a_submission(request, **submission))


def test_a_shot_without_a_picture_is_new() -> None:
    assert why({PIER: one_shot()}) == "generate: new"


def test_a_picture_whose_words_stayed_is_unchanged() -> None:
    assert why(made()) == "skip: unchanged"


def test_changed_words_name_the_sections_they_are_in() -> None:
    files = made("mood: calm\n")
    files[PIER] = (
        files[PIER].replace("mood: calm", "mood: ominous").replace("the whole pier", "half the pier")
    )

    assert why(files) == "generate: prompt changed: subject, mood"


def test_what_is_no_word_changes_nothing() -> None:
    files = made("mood: calm\n")
    files[PIER] = "# a comment\n" + files[PIER].replace(
        "mood: calm", "mood: calm   # quiet\n        title: The pier\n        caption: c\n        tags: [a]"
    )

    assert why(files) == "skip: unchanged"


def test_another_aspect_ratio_asks_for_another_picture() -> None:
    assert why({**made(), "chargen.yaml": 'provider: {aspect_ratio: "1:1"}'}) == (
        "generate: prompt changed: aspect ratio"
    )


def test_a_changed_reference_is_named() -> None:
    words = REF
    shot = shot_of({PIER: one_shot(words), OVERVIEW: a_picture("old")})
    files = {
        PIER: one_shot(words + row_of(shot, a_picture())),
        IMAGE: a_picture(),
        OVERVIEW: a_picture("new"),
    }

    assert why(files) == "generate: reference changed: overview"
    assert why({**files, OVERVIEW: a_picture("old")}) == "skip: unchanged"


def test_a_picture_is_not_made_anew_because_a_reference_has_gone() -> None:
    """It would be paid for and match less; a shot without a picture goes on without the reference."""
    image = {OVERVIEW: a_picture("old")}
    shot = shot_of({PIER: one_shot(REF), **image})
    row = row_of(shot, a_picture())
    files = {PIER: one_shot(REF + row), IMAGE: a_picture()}

    assert why(files | image) == "skip: unchanged"
    assert why(files) == "skip: reference changed: ask: overview is not there; --force makes it without"
    assert why(files, force=("*",)) == "generate: forced"
    assert why({PIER: one_shot(REF)}) == "generate: new"
    changed = files | {PIER: one_shot(REF + "mood: grim\n" + row)}
    assert why(changed) == "generate: prompt changed: mood, references, reference overview"
    assert why(files | {PIER: one_shot(row)}) == "generate: prompt changed: references, reference overview"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("{path: 'C:/x.png'}", "error: reference 'C:/x.png'"),
        ("{ref: location/broken/a/b}", "error: location/broken could not be read"),
    ],
)
def test_a_reference_that_may_be_there_is_never_left_out_to_be_paid_without(
    reference: str, said: str
) -> None:
    files = {PIER: one_shot(f"references: [{reference}]\n"), "locations/broken/imagery.yaml": "a: [\n"}

    plan = plan_of(files)

    assert [item.action for item in plan.items] == ["skip"]
    assert any(said in str(problem) for problem in plan.problems)


def test_a_new_default_model_asks_for_nothing_unless_the_world_says_so() -> None:
    files = made(model="gemini-3-pro-image", size="2K")

    assert why(files) == "skip: unchanged"
    assert why({**files, "chargen.yaml": "provider: {regenerate_on: [model]}"}) == (
        "generate: model changed: gemini-3-pro-image -> gemini-nano-banana-2.1"
    )
    assert why({**files, "chargen.yaml": "provider: {regenerate_on: [size]}"}) == (
        "generate: model changed: 2K -> 1K"
    )


def test_a_shot_is_satisfied_by_any_of_its_variants() -> None:
    assert why(made("variants: 3\n", custom_id="location.pier.dawn.wide.v3")) == "skip: unchanged"


def test_raising_the_variants_later_makes_nothing() -> None:
    files = made()
    files[PIER] = files[PIER].replace("subject:", "variants: 4\n        subject:")

    assert why(files) == "skip: unchanged"


def test_a_new_shot_gets_all_its_variants() -> None:
    plan = plan_of({PIER: one_shot("variants: 3\n")})

    assert whys(plan) == {f"location.pier.dawn.wide.v{n}": "generate: new" for n in (1, 2, 3)}
    assert len({item.request_hash for item in plan.items}) == 3, "each variant is a request of its own"


@pytest.mark.parametrize("status", ["locked", "paused"])
def test_a_writer_may_hold_a_shot(status: str) -> None:
    assert why({PIER: one_shot(f"status: {status}\n")}) == f"skip: {status}"
    assert why({PIER: one_shot(f"status: {status}\n")}, force=("*",)) == f"skip: {status}"


def test_a_lock_on_the_books_holds_too() -> None:
    books = books_of(decisions=[Decision(WIDE, locked=True)])

    assert why({PIER: one_shot()}, books) == "skip: locked"


def test_a_shot_with_an_error_is_a_problem_with_its_place() -> None:
    found = why({PIER: one_shot(REF.replace("}", ", must_match: true}"))})

    assert found == f"skip: problem {PIER}:8:43: reference 'images/overview.png': no such file"


# ---- pictures that people changed, moved or deleted -----------------------------------------------------------------


def test_a_retouched_picture_is_never_replaced() -> None:
    files = made()
    files[IMAGE] = a_picture("retouched")

    assert why(files) == "skip: edited by hand"
    files[PIER] = files[PIER].replace("the whole pier", "half the pier")
    assert why(files).startswith("skip: edited by hand: remove its row")
    assert why(files, force=("*",)).startswith("skip: edited by hand: remove its row")


@pytest.mark.parametrize(("lying", "what"), [(b"", "an empty file"), (b"<html>", "not an image")])
def test_a_picture_that_is_none_any_more_is_said_to_be_none(lying: bytes, what: str) -> None:
    files = made()
    files[IMAGE] = lying

    plan = plan_of(files)

    said = f"{IMAGE}: where this shot's picture should be lies {what}"
    assert why(files) == f"skip: problem {said}"
    assert [(str(item.place), item.rule) for item in plan.problems] == [(IMAGE, "broken-picture")]


def test_our_own_picture_that_has_no_row_yet_is_not_taken_for_a_retouched_one() -> None:
    """A run that ended between writing the picture and its row."""
    files = made()
    old = shot_of(files)
    files[PIER] = files[PIER].replace("the whole pier", "half the pier")
    files[IMAGE] = a_picture("newer")
    books = books_with(files, an_outcome(picture=a_picture("newer")))

    assert old.prompt_hash != shot_of(files).prompt_hash
    assert why(files, books) == "restore: paid before"


def test_a_deleted_picture_is_put_back_for_nothing() -> None:
    files: dict[str, Any] = made(picture=b"")
    plan = plan_of(files, books_with(files, an_outcome()))

    assert whys(plan) == {V1: "restore: paid before: its file is missing"}
    assert plan.cost_usd == 0
    assert not plan.empty


def test_a_deleted_picture_that_nobody_kept_is_left_to_a_person() -> None:
    assert why(made(picture=b"")) == "skip: image missing, not to be restored: --force"


def test_a_file_of_the_writers_in_the_pictures_place_is_a_problem() -> None:
    files: dict[str, Any] = {PIER: one_shot(), IMAGE: a_picture("the writer's own")}
    plan = plan_of(files)

    assert whys(plan)[V1].startswith("skip: problem locations/pier/images/dawn.wide.png: ")
    assert [str(problem.place) for problem in plan.problems] == [IMAGE]


def test_a_picture_that_is_an_lfs_pointer_is_the_picture() -> None:
    files = made()
    oid = shot_of(files).shot.row
    assert oid is not None
    files[IMAGE] = (
        "version https://git-lfs.github.com/spec/v1\n"
        f"oid sha256:{oid.sha256.removeprefix('sha256:')}\nsize 12\n"
    )

    assert why(files) == "skip: unchanged"


# ---- what the books know --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [State.INTENT, State.CREATING, State.SUBMITTED, State.QUARANTINED])
def test_what_is_in_flight_is_not_sent_again(state: State) -> None:
    files = {PIER: one_shot()}
    books = books_with(files, None, state=state)

    assert why(files, books) == f"skip: in flight: submission {1:020x} {state}"
    assert why(files, books, force=("*",)).startswith("skip: in flight")


@pytest.mark.parametrize("state", [State.FENCED, State.CANCELLED, State.REFUSED, State.FAILED, State.EXPIRED])
def test_what_was_never_made_is_free_again(state: State) -> None:
    files = {PIER: one_shot()}

    assert why(files, books_with(files, None, state=state)) == "generate: new"


def test_newer_words_wait_for_older_ones_in_flight() -> None:
    old, new = {PIER: one_shot("mood: calm\n")}, {PIER: one_shot("mood: ominous\n")}
    books = books_with(old, None, state=State.SUBMITTED)

    assert why(new, books) == "skip: debounced: older wording in flight"
    eager: dict[str, Any] = {**new, "chargen.yaml": "limits: {debounce: none}"}
    assert why(eager, books) == "generate: new"


def test_a_picture_that_was_paid_for_is_put_back() -> None:
    files = {PIER: one_shot()}
    item = item_of(plan_of(files, books_with(files, an_outcome())))

    assert (item.action, item.why) == (Action.RESTORE, "paid before")
    assert item.cost_usd == 0
    assert item.candidate is not None
    assert item.candidate.job_id == V1


def test_words_that_went_back_bring_their_picture_back() -> None:
    old, new = {PIER: one_shot("mood: calm\n")}, {PIER: one_shot("mood: ominous\n")}
    one = a_submission(a_request(shot_of(old), outcome=an_outcome(picture=a_picture("calm"))), number=1)
    two = a_submission(a_request(shot_of(new), outcome=an_outcome(picture=a_picture("dark"))), number=2)

    item = item_of(plan_of(old, books_of(one, two)))

    assert item.why == "paid before"
    assert item.candidate is not None
    assert item.candidate.submission == one


def test_a_rejected_picture_is_not_made_again_by_itself() -> None:
    files = {PIER: one_shot()}
    outcome = an_outcome()
    books = replace(books_with(files, outcome), decisions={WIDE: Decision(WIDE, rejected=(outcome.sha256,))})

    assert why(files, books) == "skip: rejected"
    assert why(files, books, force=("*",)) == "generate: forced"


def test_changed_words_end_a_rejection() -> None:
    files = {PIER: one_shot()}
    outcome = an_outcome()
    books = replace(books_with(files, outcome), decisions={WIDE: Decision(WIDE, rejected=(outcome.sha256,))})

    assert why({PIER: one_shot("mood: calm\n")}, books) == "generate: new"


def test_a_blocked_request_is_never_sent_again_by_itself() -> None:
    files = {PIER: one_shot()}
    books = books_with(files, an_outcome(Came.BLOCKED, reason="SAFETY"))

    assert why(files, books) == "skip: blocked by safety filter: SAFETY"
    assert why({PIER: one_shot("mood: calm\n")}, books) == "generate: new"
    assert why(files, books, force=("*",)) == "generate: forced"


def test_a_blocked_variant_leaves_the_others() -> None:
    files = {PIER: one_shot("variants: 2\n")}
    books = books_with(files, an_outcome(Came.BLOCKED, reason="SAFETY"))

    assert whys(plan_of(files, books)) == {
        V1: "skip: blocked by safety filter: SAFETY",
        V1[:-1] + "2": "generate: new",
    }


@pytest.mark.parametrize("came", [Came.FAILED, Came.INVALID, Came.MISSING, Came.CANCELLED])
def test_what_failed_is_tried_again_so_many_times(came: Came) -> None:
    files: dict[str, Any] = {PIER: one_shot(), "chargen.yaml": "limits: {retries: 2}"}
    request = a_request(shot_of(files), outcome=an_outcome(came, reason="no luck"))
    tries = [a_submission(request, number=n) for n in (1, 2, 3)]

    assert why(files, books_of(*tries[:1])) == "generate: retry 1 of 2 (no luck)"
    assert why(files, books_of(*tries[:2])) == "generate: retry 2 of 2 (no luck)"
    assert why(files, books_of(*tries[:3])) == "skip: gave up after 3 attempts; --force tries again: no luck"
    assert why({**files, PIER: one_shot("mood: calm\n")}, books_of(*tries)) == "generate: new"


def test_what_expired_is_sent_again_once_whatever_else_became_of_it() -> None:
    files: dict[str, Any] = {PIER: one_shot()}

    def tried(*came: Came) -> str:
        outcomes = [an_outcome(item, reason="no luck") for item in came]
        return why(
            files,
            books_of(
                *(
                    a_submission(a_request(shot_of(files), outcome=outcome), number=n)
                    for n, outcome in enumerate(outcomes, start=1)
                )
            ),
        )

    assert tried(Came.EXPIRED) == "generate: retry 1 of 1 (no luck)"
    assert tried(Came.FAILED, Came.EXPIRED) == "generate: retry 1 of 1 (no luck)"
    assert tried(Came.EXPIRED, Came.FAILED) == "generate: retry 2 of 3 (no luck)"
    assert tried(Came.EXPIRED, Came.FAILED, Came.EXPIRED).startswith("skip: gave up after 3 attempts")
    assert tried(Came.EXPIRED, Came.EXPIRED).startswith("skip: gave up after 2 attempts; --force tries again")


def test_the_same_request_under_another_address_is_put_back() -> None:
    """A scene that was renamed is not paid for again."""
    files: dict[str, Any] = {PIER: one_shot()}
    books = books_with(files, an_outcome(Came.IMAGE))
    renamed = {PIER: one_shot().replace("id: dawn", "id: daybreak")}

    (item,) = plan_of(renamed, books).items

    assert (str(item.action), item.why, str(item.cost_usd)) == ("restore", "paid before", "0")
    assert item.candidate is not None
    assert item.candidate.job_id == item.job_id == "location.pier.daybreak.wide.v1"


def test_the_same_request_in_flight_elsewhere_is_waited_for() -> None:
    files: dict[str, Any] = {PIER: one_shot()}
    books = books_of(a_submission(a_request(shot_of(files)), state=State.SUBMITTED))

    found = whys(plan_of({PIER: one_shot().replace("id: dawn", "id: daybreak")}, books))
    assert found["location.pier.daybreak.wide.v1"].startswith("skip: in flight")


def test_what_was_withdrawn_is_no_attempt() -> None:
    files = {PIER: one_shot()}
    withdrawn = [
        a_submission(a_request(shot_of(files)), number=n, state=State.CANCELLED) for n in range(1, 6)
    ]

    assert why(files, books_of(*withdrawn)) == "generate: new"
