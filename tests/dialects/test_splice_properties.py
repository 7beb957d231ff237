"""The splice's promises, on files of both shapes written in the many ways people write them."""

from __future__ import annotations

import contextlib
import re
from typing import TYPE_CHECKING, Any, cast

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chargen.dialects.splice import RowEdit, outside, splice
from chargen.dialects.yaml_text import BadYaml, read_truth, read_yaml
from chargen.errors import SpliceRefused
from tests.splice_promises import OURS, at, held, is_ours, same
from tests.yaml_files import SHAPES, File

if TYPE_CHECKING:
    from collections.abc import Iterator


@st.composite
def files(draw: Any) -> File:
    """A file of either shape, as hypothesis chooses."""
    return cast("File", draw(st.sampled_from(SHAPES))(lambda values: draw(st.sampled_from(values))))


TITLES = st.text(st.characters(exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    [
        "16:9",
        "no",
        'it\'s "so": # yes',
        "2026-01-01",
        "12e34567",
        "- a",
        "a\nb",
        "~",
        "",
        " ",
        "😀",
        "{x}",
        "\x85\u2028\ufeff",
    ]
)
ROWS = st.fixed_dictionaries(
    {"custom_id": st.just(OURS)},
    optional={
        "title": TITLES,
        "generated_at": st.just("2026-11-23T04:12:09Z"),
        "archived": st.booleans(),
        "size": st.integers(-5, 5000),
        "caption": st.none(),
        "tags": st.lists(TITLES, max_size=3),
        "provider_metadata": st.dictionaries(TITLES, TITLES | st.lists(TITLES, max_size=2), max_size=3),
    },
)


PATIENT = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))
REMOVE = st.none()


def readable(text: str) -> Any:
    """The data, where the generator wrote a file both parsers take; other files are not the splice's business."""
    try:
        return read_yaml(text, path="f.yaml").data
    except BadYaml:
        assume(False)


@contextlib.contextmanager
def open_ends_refused(file: File) -> Iterator[None]:
    """Lets the one refusal pass that a file without a last line end may call for."""
    try:
        yield
    except SpliceRefused as error:
        if "without a line end" not in error.message or file.text.endswith(("\n", "\r")):
            raise
        assume(False)


@given(files(), st.data())
@PATIENT
def test_any_edit_keeps_everything_else(file: File, data: st.DataObject) -> None:
    readable(file.text)
    path = data.draw(st.sampled_from(file.paths))

    row = data.draw(ROWS | REMOVE)

    with open_ends_refused(file):
        new = held(file.text, path, row=row)

    assert new.startswith("\ufeff") == file.text.startswith("\ufeff")
    assert new.endswith("\n") == file.text.endswith("\n")


@given(files(), st.data())
@PATIENT
def test_cuts_only_rows_empty_lists_and_commas(file: File, data: st.DataObject) -> None:
    readable(file.text)
    edit = RowEdit(data.draw(st.sampled_from(file.paths)), data.draw(ROWS | REMOVE), frozenset({OURS}))

    with open_ends_refused(file):
        new = splice(file.text, [edit], path="f.yaml")

    for start, end in new.old_spans:
        gone = file.text[start:end]
        assert OURS in gone or re.fullmatch(r"\[\s*\]|null|~|, ?|", gone), gone


@given(files(), st.data())
@PATIENT
def test_many_edits_are_the_edits_one_by_one(file: File, data: st.DataObject) -> None:
    readable(file.text)
    assume(len(file.paths) > 1)
    paths = data.draw(st.lists(st.sampled_from(file.paths), unique=True, min_size=2))
    edits = [RowEdit(path, data.draw(ROWS | REMOVE), frozenset({OURS})) for path in paths]

    one_by_one = file.text
    with open_ends_refused(file):
        together = splice(file.text, edits, path="f.yaml")
        for edit in edits:
            one_by_one = splice(one_by_one, [edit], path="f.yaml").text

    assert same(read_truth_or_fast(together.text), read_truth_or_fast(one_by_one))
    assert outside(file.text, together.old_spans) == outside(together.text, together.new_spans)


def read_truth_or_fast(text: str) -> Any:
    try:
        return read_truth(text, path="f.yaml").data
    except BadYaml:
        return read_yaml(text, path="f.yaml").data


@given(files(), st.data())
@PATIENT
def test_removing_what_was_added_restores_the_data(file: File, data: st.DataObject) -> None:
    old = readable(file.text)
    path = data.draw(st.sampled_from(file.paths))
    assume(not any(is_ours(row) for row in at(old, path).get("generated_images") or []))

    row = data.draw(ROWS)

    with open_ends_refused(file):
        added = splice(file.text, [RowEdit(path, row)], path="f.yaml").text
        removed = splice(added, [RowEdit(path, None, frozenset({OURS}))], path="f.yaml").text

    back = read_yaml(removed, path="f.yaml").data
    if not at(old, path).get("generated_images"):
        at(back, path).pop("generated_images")
        at(old, path).pop("generated_images", None)
    assert same(back, old)
