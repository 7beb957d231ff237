"""The splice's promises, on native-shaped files written in the many ways people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chargen.dialects.splice import RowEdit, outside, splice
from chargen.dialects.yaml_text import BadYaml, read_truth, read_yaml
from tests.splice_promises import OURS, at, held, is_ours, same

SUBJECTS = [
    "the whole minehead",
    '"quoted: # not a comment"',
    "'it''s single'",
    "plain   # trailing comment",
    "plain\t# tab before a comment",
    "https://example.org/a#b",
    '"\\u00e9\\n é 😀"',
    "~",
    "16:9",
    "*shared",
    "",
    "[a, {b: c}, ] # flow",
    "{a: 1, b: [x, y]}",
]
# {i} is the indentation of the continuation lines, deeper than the key.
LONG_SUBJECTS = [
    "|\n{i}two\n{i}lines\n",
    "|-\n{i}two\n\n{i}lines",
    ">-\n{i}folded\n{i}words\n\n",
    "|+\n{i}kept\n\n\n",
    "|2\n{i}indicated",
    "|  # comment on the header\n{i}text # no comment",
    "plain\n{i}over two lines",
    '"quoted\n{i}over two lines"',
    "[a,\n{i}b  # why b\n{i}]",
    "\n{i}below",
    "\n{i}- block\n{i}- list",
]
OTHERS_ROWS = [
    "{i}custom_id: theirs # kept\n{i}title: 'a: b'",
    "{i}custom_id: other\n{i}alt: |\n{i}  text",
    "{i}{{custom_id: f}}",
]
OUR_ROWS = [
    "{i}custom_id: location.x.y.z.v1\n{i}title: old # note",
    '{i}"custom_id": "location.x.y.z.v1"\n{i}alt: |\n{i}  text\n{i}  more',
    "{i}title: first\n\n{i}# inside\n{i}custom_id: location.x.y.z.v1\n{i}alt: |+\n{i}  text\n\n",
    "{i}{{custom_id: location.x.y.z.v1, title: old}}",
]
NO_ROWS = ["[]", "[ ]", "null", "~", "", "[]  # none yet", "  # none yet", "null # none yet"]
FLOW_SHOTS = [
    "{{id: {n}}}",
    "{{id: {n}, subject: *shared}}",
    "{{ id: {n} , subject: 'a, b', }}",
    '{{"id": "{n}", "subject": "b"}}',
    "{{id: {n}, generated_images: []}}",
    "{{id: {n}, generated_images: }}",
    "{{id: {n}, generated_images: [{{custom_id: theirs}}, ], more: 1}}",
    "{{id: {n}, generated_images: [{{custom_id: location.x.y.z.v1, title: t}}, {{custom_id: theirs}}]}}",
    "{{id: {n}, generated_images: [{{custom_id: theirs}}, {{custom_id: location.x.y.z.v1}}]}} # end",
    "{{id: {n},\n{i}subject: b, # why\n{i}generated_images: [ # rows\n{i}  {{custom_id: theirs}} # a\n{i}]\n{i}}}",
    "{{id: {n},\n{i}subject: b # why\n{i}}}",
    "{{}}",
]
GAPS = [
    "",
    "",
    "",
    "\n",
    "{i}# a comment\n",
    "\n{i}# a comment\n",
    "# at the margin\n",
    "{i}  # deeper\n\n",
    "{i}#\ttabs\t\n",
]
KEYS = ["generated_images", '"generated_images"', "'generated_images'"]


@dataclass(frozen=True)
class File:
    text: str
    paths: list[tuple[Any, ...]]  # of the mappings that may own rows


class _Writer:
    def __init__(self, draw: Any) -> None:
        self.draw = draw
        self.lines: list[str] = []
        self.offset = self.one_of([0, 2, 4])

    def one_of(self, values: Any) -> Any:
        return self.draw(st.sampled_from(values))

    def add(self, indent: int, text: str, *, deeper: int = 2) -> None:
        """A line, or several, where {i} stands for a deeper indentation."""
        self.lines.append(" " * indent + text.replace("{i}", " " * (indent + deeper)).rstrip("\n"))
        self.lines.extend("" for _ in range(len(text) - len(text.rstrip("\n"))))

    def gap(self, indent: int) -> None:
        gap = self.one_of(GAPS).replace("{i}", " " * indent)
        self.lines.extend(gap.splitlines())

    def list_under(self, indent: int) -> int:
        """The column of the dashes under a key: this file's habit, and now and then another."""
        return indent + int(self.one_of([self.offset] * 5 + [0, 2, 3]))

    def rows(self, indent: int) -> None:
        key = self.one_of(KEYS)
        if self.one_of([True, False]):
            self.add(
                indent, f"{key}: {self.one_of(NO_ROWS)}".rstrip(" ") if self.one_of([0, 1]) else f"{key}: []"
            )
            return
        rows = self.draw(
            st.permutations([*self.draw(st.lists(st.sampled_from(OTHERS_ROWS), max_size=2)), *self.ours()])
        )
        if not rows:
            return
        self.add(indent, f"{key}:")
        dash = self.list_under(indent)
        for row in rows:
            gap = self.one_of([1, 1, 3])
            text = row.format(i=" " * (dash + 1 + gap))
            self.gap(dash)
            self.add(0, " " * dash + "-" + text[dash + 1 :])

    def ours(self) -> list[str]:
        return [self.one_of(OUR_ROWS)] if self.one_of([True, False]) else []

    def shot(self, dash: int, number: int, *, last: bool) -> None:
        if self.one_of([True, False, False]):
            self.add(dash, "- " + self.one_of(FLOW_SHOTS).format(n=number, i=" " * (dash + 3)))
            return
        gap = self.one_of([1, 1, 1, 3])
        indent = dash + 1 + gap
        self.add(dash, "-" + " " * gap + f"id: s{number}")
        parts = [self.rows] if self.one_of([True, False]) else []
        parts += [self.subject] if self.one_of([True, True, False]) else []
        for write in self.draw(st.permutations(parts)):
            self.gap(indent)
            write(indent)
        if last and self.one_of([True, False]):
            self.add(indent, "status: wanted")

    def subject(self, indent: int) -> None:
        self.add(indent, f"subject: {self.one_of(SUBJECTS + LONG_SUBJECTS)}".rstrip(" "))


@st.composite
def native_files(draw: Any) -> File:
    """A file with shots, and the paths of the mappings rows may go to."""
    writer = _Writer(draw)
    one_of = writer.one_of
    writer.lines += one_of([[], ["# top"], ["---"], ["%YAML 1.2", "---"], ["# top", "", "---  # start"]])
    writer.add(0, "shared: &shared a shared text")
    writer.gap(0)
    writer.add(0, "scenes:")
    paths: list[tuple[Any, ...]] = [()]
    scenes = writer.list_under(0)
    for scene in range(draw(st.integers(1, 2))):
        writer.gap(scenes)
        writer.add(scenes, f"- id: scene{scene}")
        writer.add(scenes + 2, "shots:")
        shots = writer.list_under(scenes + 2)
        for number in range(draw(st.integers(1, 3))):
            writer.gap(shots)
            writer.shot(shots, number, last=number == 1)
            paths.append(("scenes", scene, "shots", number))
        paths.append(("scenes", scene))
    for tail in draw(
        st.lists(st.sampled_from(["more: 1", "tail:\n{i}deep: true", "# end"]), max_size=2, unique=True)
    ):
        writer.gap(0)
        writer.add(0, tail)
    if one_of([True, False, False]):
        writer.lines.append("...")
    return File(_dressed(writer.lines, one_of), paths)


def _dressed(lines: list[str], one_of: Any) -> str:
    end = one_of(["\n", "\n", "\r\n", "\r", "mixed"])
    text: str = "\n".join(lines) + one_of(["\n", "\n", "", "\n\n"])
    if end == "mixed":
        parts = text.split("\n")
        text = "".join(part + one_of(["\n", "\n", "\r\n", "\r"]) for part in parts[:-1]) + parts[-1]
    else:
        text = text.replace("\n", end)
    return str(one_of(["", "", "\ufeff"])) + text


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


@given(native_files(), st.data())
@PATIENT
def test_any_edit_keeps_everything_else(file: File, data: st.DataObject) -> None:
    readable(file.text)
    path = data.draw(st.sampled_from(file.paths))

    new = held(file.text, path, data.draw(ROWS | REMOVE))

    assert new.startswith("\ufeff") == file.text.startswith("\ufeff")
    assert new.endswith("\n") == file.text.endswith("\n")


@given(native_files(), st.data())
@PATIENT
def test_cuts_only_rows_empty_lists_and_commas(file: File, data: st.DataObject) -> None:
    readable(file.text)
    path = data.draw(st.sampled_from(file.paths))

    new = splice(file.text, [RowEdit(path, data.draw(ROWS | REMOVE), frozenset({OURS}))], path="f.yaml")

    for start, end in new.old_spans:
        gone = file.text[start:end]
        assert OURS in gone or re.fullmatch(r"\[\s*\]|null|~|, ?|", gone), gone


@given(native_files(), st.data())
@PATIENT
def test_many_edits_are_the_edits_one_by_one(file: File, data: st.DataObject) -> None:
    readable(file.text)
    paths = data.draw(st.lists(st.sampled_from(file.paths), unique=True, min_size=2))
    edits = [RowEdit(path, data.draw(ROWS | REMOVE), frozenset({OURS})) for path in paths]

    together = splice(file.text, edits, path="f.yaml")

    one_by_one = file.text
    for edit in edits:
        one_by_one = splice(one_by_one, [edit], path="f.yaml").text
    assert same(read_truth_or_fast(together.text), read_truth_or_fast(one_by_one))
    assert outside(file.text, together.old_spans) == outside(together.text, together.new_spans)


def read_truth_or_fast(text: str) -> Any:
    try:
        return read_truth(text, path="f.yaml").data
    except BadYaml:
        return read_yaml(text, path="f.yaml").data


@given(native_files(), st.data())
@PATIENT
def test_removing_what_was_added_restores_the_data(file: File, data: st.DataObject) -> None:
    old = readable(file.text)
    path = data.draw(st.sampled_from(file.paths))
    assume(not any(is_ours(row) for row in at(old, path).get("generated_images") or []))

    added = splice(file.text, [RowEdit(path, data.draw(ROWS))], path="f.yaml").text
    removed = splice(added, [RowEdit(path, None, frozenset({OURS}))], path="f.yaml").text

    back = read_yaml(removed, path="f.yaml").data
    if not at(old, path).get("generated_images"):
        at(back, path).pop("generated_images")
        at(old, path).pop("generated_images", None)
    assert same(back, old)
