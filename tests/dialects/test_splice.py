from __future__ import annotations

import json
import textwrap

import pytest

from chargen.dialects.splice import RowEdit, outside, splice
from chargen.dialects.yaml_text import BadYaml, read_yaml
from chargen.errors import Place, SpliceRefused

OURS = "character.a.b.c.v1"
SHOT = ("shots", 0)
ROW = {"custom_id": OURS, "title": "a title"}


def spliced(text: str, row: object = ROW, *, at: tuple[str | int, ...] = SHOT) -> str:
    assert row is None or isinstance(row, dict)
    result = splice(text, [RowEdit(at, row, frozenset({OURS}))], path="f.yaml")
    assert outside(text, result.old_spans) == outside(result.text, result.new_spans)
    return result.text


def refusal(text: str) -> SpliceRefused:
    with pytest.raises(SpliceRefused) as caught:
        spliced(textwrap.dedent(text))
    return caught.value


def test_adds_a_list_behind_the_shots_last_value() -> None:
    text = """\
shots:
  - id: a
    subject: |
      words

  - id: b
"""

    assert (
        spliced(text)
        == """\
shots:
  - id: a
    subject: |
      words
    generated_images:
      - custom_id: character.a.b.c.v1
        title: a title

  - id: b
"""
    )


def test_replaces_its_row_in_place() -> None:
    text = """\
shots:
- id: a
  generated_images:
  - custom_id: theirs
  - title: old  # a note of mine
    custom_id: character.a.b.c.v1 # another
  # between
  - custom_id: others
"""

    assert (
        spliced(text)
        == """\
shots:
- id: a
  generated_images:
  - custom_id: theirs
  - custom_id: character.a.b.c.v1
    title: a title # another
  # between
  - custom_id: others
"""
    )


def test_replaces_by_job_id_where_the_custom_id_is_the_writers() -> None:
    text = "generated_images:\n- {custom_id: view-1}\n- {custom_id: view-1, job_id: j.v1, title: old}\n"
    edit = RowEdit((), {"custom_id": "view-1", "job_id": "j.v1", "title": "new"}, frozenset({"j.v1", "j.v2"}))

    new = splice(text, [edit], path="f.yaml").text

    assert (
        new == "generated_images:\n- {custom_id: view-1}\n- {custom_id: view-1, job_id: j.v1, title: new}\n"
    )


def test_several_rows_of_one_target_become_one() -> None:
    text = "generated_images:\n- custom_id: v1\n# why\n- custom_id: v2\n- custom_id: x\n"
    edit = RowEdit((), {"custom_id": "v3"}, frozenset({"v1", "v2"}))

    assert (
        splice(text, [edit], path="f.yaml").text
        == "generated_images:\n- custom_id: v3\n# why\n- custom_id: x\n"
    )


def test_a_row_that_is_there_changes_nothing() -> None:
    text = f"shots:\n- id: a\n  generated_images:  [ {{ title: 'a title', custom_id: {OURS} }} ]"

    assert splice(text, [RowEdit(SHOT, ROW)], path="f.yaml") == splice(text, [], path="f.yaml")
    assert spliced(text) == text


def test_removing_the_last_row_leaves_an_empty_list() -> None:
    text = (
        f"shots:\n- id: a\n  generated_images:  # mine\n    - custom_id: {OURS}\n      title: t\n  more: 1\n"
    )

    assert spliced(text, None) == "shots:\n- id: a\n  generated_images: [] # mine\n  more: 1\n"


def test_removing_keeps_the_comment_behind_the_row() -> None:
    text = f"shots:\n- id: a\n  generated_images:\n  - custom_id: {OURS} # note\n  - custom_id: x\n"

    assert spliced(text, None) == "shots:\n- id: a\n  generated_images:\n # note\n  - custom_id: x\n"


def test_removing_keeps_a_comment_behind_a_tab_that_could_not_begin_a_line() -> None:
    text = f"shots:\n- id: a\n  generated_images:\n  - custom_id: {OURS}\t# note\n  - custom_id: x\n"

    assert spliced(text, None) == "shots:\n- id: a\n  generated_images:\n# note\n  - custom_id: x\n"


def test_removing_nothing_changes_nothing() -> None:
    text = "shots:\n- id: a\n"

    assert spliced(text, None) == text


@pytest.mark.parametrize("nothing", [" []", " null", " ~", " [ ]"])
def test_takes_the_place_of_an_empty_list_without_a_trailing_blank(nothing: str) -> None:
    new = spliced(f"shots:\n- id: a\n  generated_images:{nothing}\n  more: 1\n")

    assert (
        new == f"shots:\n- id: a\n  generated_images:\n  - custom_id: {OURS}\n    title: a title\n  more: 1\n"
    )


def test_keeps_comments() -> None:
    text = """\
# top
shots: # the shots
  # first
  - id: a # an a
    subject: b\t# with a tab
    # still the shot's

    # the next shot's
  - id: b
# end
"""

    new = spliced(text)

    assert new == text.replace(
        "    # still the shot's\n",
        f"    # still the shot's\n    generated_images:\n      - custom_id: {OURS}\n        title: a title\n",
    )


def test_keeps_quotes() -> None:
    text = "'shots':\n- \"id\": 'a'\n  subject: \"\\u00e9 \\\n    folded\"\n  x: 'it''s'\n"

    assert spliced(text).startswith(text)


def test_keeps_crlf() -> None:
    text = "shots:\r\n- id: a\r\n- id: b\r\n"

    new = spliced(text)

    assert (
        new
        == f"shots:\r\n- id: a\r\n  generated_images:\r\n  - custom_id: {OURS}\r\n    title: a title\r\n- id: b\r\n"
    )


def test_mixed_line_ends_take_the_neighbours() -> None:
    text = "shots:\n- id: a\r\n- id: b\n"

    assert spliced(text).count("\r\n") == 4
    assert spliced(text, at=("shots", 1)).count("\r\n") == 1


def test_keeps_bom() -> None:
    text = "\ufeffshots:\n- {id: é😀}\n"

    assert (
        spliced(text)
        == f"\ufeffshots:\n- {{id: é😀, generated_images: [{{custom_id: {OURS}, title: a title}}]}}\n"
    )


def test_keeps_a_missing_final_newline() -> None:
    assert spliced("shots:\n- id: a") == (
        f"shots:\n- id: a\n  generated_images:\n  - custom_id: {OURS}\n    title: a title"
    )


def test_keeps_document_markers() -> None:
    new = spliced("%YAML 1.2\n---\nshots:\n- id: a\n...\n")

    assert new.startswith("%YAML 1.2\n---\n")
    assert new.endswith("    title: a title\n...\n")


def test_keeps_the_blank_lines_of_a_kept_text_block() -> None:
    text = "shots:\n- id: a\n  subject: |+\n    words\n\n\n- id: b\n"

    new = spliced(text)

    assert read_yaml(new, path="f.yaml").data["shots"][0]["subject"] == "words\n\n\n"
    assert "\n\n\n  generated_images:\n" in new


def test_an_unended_text_block_at_the_end_stays_last() -> None:
    text = "shots:\n- id: a\n  subject: |\n    words"

    assert spliced(text) == (
        f"shots:\n- id: a\n  generated_images:\n  - custom_id: {OURS}\n    title: a title\n  subject: |\n    words"
    )


def test_a_text_block_that_takes_no_line_end_need_not_stay_last() -> None:
    text = "shots:\n- id: a\n  subject: >2-\n    words"

    assert spliced(text) == (f"{text}\n  generated_images:\n  - custom_id: {OURS}\n    title: a title")


def test_touches_only_its_key() -> None:
    text = "shots:\n- id: a\n  other_images: []\n  generated_images: []\n  more: {generated_images: []}\n"
    edit = RowEdit(SHOT, ROW, key="other_images")

    new = splice(text, [edit], path="f.yaml").text

    assert new == text.replace(
        "other_images: []", f"other_images:\n  - custom_id: {OURS}\n    title: a title"
    )


@pytest.mark.parametrize(("offset", "dash"), [("", "  - "), ("  ", "    - "), ("    ", "      - ")])
def test_indents_the_list_as_the_file_does(offset: str, dash: str) -> None:
    new = spliced(f"shots:\n{offset}- id: a\n{offset}  more: 1\n")

    assert f"\n{offset}{dash}custom_id" in new


def test_a_sibling_lists_indentation_wins() -> None:
    new = spliced("shots:\n    - id: a\n      tags:\n      - x\n")

    assert "\n      - custom_id" in new


def test_json_stays_json() -> None:
    text = '{"shots": [{"id": "a", "n": 1}, {}]}'

    new = spliced(spliced(text), at=("shots", 1))

    assert json.loads(new) == {
        "shots": [{"id": "a", "n": 1, "generated_images": [ROW]}, {"generated_images": [ROW]}],
    }


def test_flow_lists_keep_comments_and_trailing_commas() -> None:
    text = "shots: [\n  {id: a, generated_images: [\n    {custom_id: x}, # mine\n  ]}, # end\n]\n"

    assert spliced(text) == text.replace("x}", f"x}}, {{custom_id: {OURS}, title: a title}}")
    assert spliced(spliced(text), None) == text


@pytest.mark.parametrize(
    ("written", "new"),
    [
        ("{id: }", "{id: , ROWS}"),
        ("{id:\n }", "{id: , ROWS\n }"),
        ("{id: &a }", "{id: &a , ROWS}"),
        ("{id: !!str\n}", "{id: !!str , ROWS\n}"),
        ("{id}", "{id, ROWS}"),
        ("{id: '', }", "{id: '', ROWS, }"),
    ],
)
def test_a_comma_never_becomes_part_of_what_stands_before_it(written: str, new: str) -> None:
    rows = f"generated_images: [{{custom_id: {OURS}, title: a title}}]"

    assert spliced(f"shots: [{written}]\n") == f"shots: [{new.replace('ROWS', rows)}]\n"


def test_an_anchored_shot_nobody_uses_is_fine() -> None:
    assert "generated_images" in spliced("shots:\n- &a\n  id: a\n")


def test_merge_keys_in_the_shot_are_fine() -> None:
    text = "defaults: &d {mood: dark}\nshots:\n- <<: *d\n  id: a\n"

    assert spliced(text).startswith(text)


def test_many_edits_in_one_call() -> None:
    text = "shots:\n- id: a\n- {id: b}\nlast: 1\n"
    edits = [
        RowEdit((), {"custom_id": "root"}),
        RowEdit(("shots", 1), {"custom_id": "b"}),
        RowEdit(SHOT, {"custom_id": "a1"}),
        RowEdit(SHOT, {"custom_id": "a2"}),
    ]

    result = splice(text, edits, path="f.yaml")

    assert result.text == (
        "shots:\n- id: a\n  generated_images:\n  - custom_id: a1\n  - custom_id: a2\n"
        "- {id: b, generated_images: [{custom_id: b}]}\nlast: 1\ngenerated_images:\n- custom_id: root\n"
    )
    assert splice(result.text, edits, path="f.yaml").text == result.text


def test_one_refusal_leaves_all_undone() -> None:
    text = "rows: &r []\nshots:\n- id: a\n- id: b\n  generated_images: *r\n"

    with pytest.raises(SpliceRefused):
        splice(text, [RowEdit(SHOT, ROW), RowEdit(("shots", 1), ROW)], path="f.yaml")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "shots:\n- &a\n  id: a\n- <<: *a\n  id: b\n",
            "f.yaml:2:3: the value with the anchor &a is used elsewhere, so its rows would appear there too",
        ),
        (
            "base: &a {id: a}\nshots: [*a]\n",
            "f.yaml:2:9: the shot is written once and used here by alias (*a)",
        ),
        (
            "base: &b\n  shots: [{id: a}]\n<<: *b\n",
            "f.yaml:1:1: shots comes from a merge key (<<)",
        ),
        (
            "d: &d {generated_images: []}\nshots:\n- <<: *d\n  id: a\n",
            "f.yaml:3:3: generated_images comes from a merge key (<<)",
        ),
        ("rows: &r []\nshots:\n- generated_images: *r\n", "f.yaml:3:21: generated_images is an alias (*r)"),
        ("shots:\n- generated_images: &r\n", "f.yaml:2:21: generated_images carries an anchor or a tag"),
        (
            "shots:\n- generated_images: &r []\nmore: *r\n",
            "f.yaml:2:21: the value with the anchor &r is used elsewhere, so its rows would appear there too",
        ),
        ("shots:\n- generated_images: soon\n", "f.yaml:2:21: generated_images is not a list"),
        ("shots:\n- ? generated_images\n  : []\n", "f.yaml:2:5: generated_images is an explicit key (?)"),
        ("shots:\n- ? id\n  : a\n", "f.yaml:2:3: all keys are written as explicit keys (?)"),
        ("shots:\n- subject: |\n    words", "f.yaml:2:3: the file ends in a text block without a line end"),
        ("shots: [id: a]\n", "f.yaml:1:9: a lone pair in [ ] holds one key"),
        (
            "shots:\n- generated_images:\n  - alt: |\n      words",
            "f.yaml:3:3: the file ends in a text block without a line end",
        ),
        ("shots: []\n", "f.yaml:1:8: there is no mapping at shots.0"),
        ("shots: [a]\n", "f.yaml:1:9: there is no mapping at shots.0"),
        (
            f"shots:\n- generated_images:\n  - custom_id: {OURS}\n    t: &t x\nmore: *t\n",
            "f.yaml:4:8: the row holds the anchor &t that is used elsewhere",
        ),
    ],
)
def test_refuses_what_has_no_safe_place(text: str, said: str) -> None:
    error = refusal(text)

    assert str(error).startswith(said)
    assert error.hint


def test_refuses_to_lay_open_a_text_block_at_the_end() -> None:
    text = f"shots:\n- generated_images:\n  - alt: |\n      words\n  - custom_id: {OURS}"

    with pytest.raises(SpliceRefused, match="ends in a text block without a line end"):
        spliced(text, None)
    assert spliced(f"{text}\n", None) == text.removesuffix(f"  - custom_id: {OURS}")


def test_refuses_two_edits_of_one_row() -> None:
    edits = [RowEdit(SHOT, ROW), RowEdit(SHOT, None, frozenset({OURS}))]

    with pytest.raises(SpliceRefused, match=f"two edits speak of one row: {OURS}"):
        splice("shots: [{id: a}]", edits, path="f.yaml")


def test_refuses_rows_inside_rows() -> None:
    edits = [RowEdit((), ROW), RowEdit(("generated_images", 0), ROW)]

    with pytest.raises(SpliceRefused, match="a row cannot own rows"):
        splice(f"generated_images: [{{custom_id: {OURS}}}]", edits, path="f.yaml")


def test_refuses_text_that_is_no_unicode() -> None:
    with pytest.raises(SpliceRefused, match="would not read"):
        splice("shots: [{id: a}]", [RowEdit(SHOT, {"custom_id": "a", "title": "\ud83d"})], path="f.yaml")


def test_refuses_an_unreadable_file() -> None:
    with pytest.raises(BadYaml) as caught:
        splice("a: 1\na: 2\n", [RowEdit((), ROW)], path="f.yaml")

    assert caught.value.place == Place("f.yaml", 2, 1)
