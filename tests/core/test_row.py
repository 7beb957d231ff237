"""The row that says which picture a shot has: what `match` needs of it goes in and comes out again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.digest import ReferenceDigest, match
from chargen.core.row import Row, parse_digests, read_row, stamped_anew, write_digests
from tests.worlds import PIER, a_picture, address, one_shot, shot_of

if TYPE_CHECKING:
    from chargen.core.compiled import CompiledShot

SHOT = shot_of(
    {
        PIER: one_shot("references: [{id: o, path: o.png, role: place}, {id: p, path: p.png}]\n"),
        "locations/pier/o.png": a_picture("o"),
        "locations/pier/p.png": a_picture("p"),
    }
)


def row(**changes: Any) -> Row | None:
    data = {
        "custom_id": "location.pier.dawn.wide.v1",
        "file_path": "images/x.png",
        "sha256": "sha256:" + "a" * 64,
        "prompt_hash": SHOT.prompt_hash,
        "digests": write_digests(SHOT.ask()),
        "model": "m",
        "size": "1K",
        "aspect_ratio": "16:9",
    }
    return read_row(data | changes, address())


def test_a_row_answers_the_shot_it_was_made_for() -> None:
    found = row()

    assert found is not None
    assert match(SHOT.ask(), found.ask)
    assert (found.variant, found.file_path) == (1, "images/x.png")
    assert found.ask.sections == SHOT.sections
    assert [item.id for item in found.ask.references] == ["o", "p"]


def test_a_row_of_another_compiler_answers_by_its_source() -> None:
    found = row(prompt_hash="sha256:" + "0" * 64, digests=write_digests(SHOT.ask()).replace("1 ", "7 ", 1))

    assert found is not None
    assert match(SHOT.ask(), found.ask)


@pytest.mark.parametrize(
    "changes",
    [
        {"custom_id": "location.pier.dawn.another.v1"},
        {"custom_id": "location.pier.dawn.wide"},
        {"custom_id": "location.pier.dawn.wide.v0"},
        {"custom_id": "somebody's own"},
        {"custom_id": None},
        {"custom_id": ["x"]},
        {"job_id": "location.other.dawn.wide.v1"},
    ],
)
def test_rows_of_others_are_not_ours(changes: dict[str, Any]) -> None:
    assert row(**changes) is None


@pytest.mark.parametrize("data", [None, "text", 7, [], ["x"]])
def test_what_is_no_row_is_none(data: Any) -> None:
    assert read_row(data, address()) is None


def test_a_job_id_beside_a_custom_id_says_whose_the_row_is() -> None:
    assert row(custom_id="the writer's own", job_id="location.pier.dawn.wide.v2") is not None


def test_the_line_of_digests_is_short_and_whole() -> None:
    line = write_digests(SHOT.ask())

    assert line.split()[0] == "1"
    assert [len(word) for word in line.split()[2:8]] == [8] * 6
    assert line.split(" references:")[1].count("=") == 2
    assert write_digests(shot_of({PIER: one_shot()}).ask()).count(" ") == 7


@pytest.mark.parametrize(
    "line",
    [
        "",
        "nonsense",
        "1",
        "-1 source:",
        "² source:x",
        "9" * 5000,
        "1 references:,=,a",
        "1 source:x 12345678 references:=x",
    ],
)
def test_a_broken_line_says_little_and_breaks_nothing(line: str) -> None:
    epoch, source, sections, references = parse_digests(line)

    assert epoch >= 0
    assert len(sections) <= 6
    assert all(item.id for item in references)
    assert isinstance(source, str)


@given(st.text())
def test_any_text_in_a_row_is_read_without_an_error(text: str) -> None:
    found = row(digests=text, sha256=text, prompt_hash=text, file_path=text)

    assert found is not None


def test_references_of_other_shots_have_their_address_for_a_name() -> None:
    epoch, source, _, references = parse_digests(
        "3 source:5d10aa42 references:location/a/b/c=9c41d0aa,o=11111111"
    )

    assert (epoch, source) == (3, "5d10aa42")
    assert references == (
        ReferenceDigest("location/a/b/c", "", "9c41d0aa"),
        ReferenceDigest("o", "", "11111111"),
    )


def test_a_row_stamped_anew_says_what_was_asked_however_often_that_happens() -> None:
    first, second, third = (shot_of({PIER: one_shot(f"mood: {mood}\n")}) for mood in ("calm", "grim", "wild"))
    data = row_data(first, provider_metadata={"request_hash": "sha256:ab"})

    twice = data
    for shot in (second, third):
        found = read_row(twice, address())
        assert found is not None
        twice = stamped_anew(found, shot.ask())
    again = read_row(twice, address())

    assert again is not None
    assert again.ask.prompt_hash == third.prompt_hash
    assert again.asked.prompt_hash == first.prompt_hash
    assert again.asked.sections == first.sections
    assert stamped_anew(again, first.ask()) == data


def test_a_row_that_nothing_was_paid_for_says_no_more_when_it_is_stamped_anew() -> None:
    found = read_row(row_data(shot_of({PIER: one_shot("mood: calm\n")})), address())
    assert found is not None

    stamped = stamped_anew(found, shot_of({PIER: one_shot()}).ask())

    assert set(stamped) == set(found.data)


def row_data(shot: CompiledShot, **more: Any) -> dict[str, Any]:
    """A row's data as it is read from a file."""
    ask = shot.ask()
    return {
        "custom_id": shot.address.job_id(1),
        "prompt_hash": ask.prompt_hash,
        "digests": write_digests(ask),
        "aspect_ratio": ask.aspect_ratio,
    } | more
