from __future__ import annotations

import time
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from chargen.dialects import yaml_events
from chargen.dialects.yaml_text import BadYaml, read_truth, read_yaml
from chargen.errors import Place


def read(text: str) -> Any:
    return read_yaml(text, path="w/imagery.yaml").data


def complaint(text: str | bytes) -> str:
    with pytest.raises(BadYaml) as caught:
        read_yaml(text, path="f.yaml")
    return str(caught.value)


def test_reads_only_null_bool_and_int() -> None:
    text = """
nulls: [~, null, Null, NULL, ]
empty:
bools: [true, True, TRUE, false, False, FALSE]
ints: [1, -2, +3, 010]
"""

    assert read(text) == {
        "nulls": [None, None, None, None],
        "empty": None,
        "bools": [True, True, True, False, False, False],
        "ints": [1, -2, 3, 10],
    }


@pytest.mark.parametrize(
    "word",
    [
        "16:9",
        "no",
        "On",
        "y",
        "1.5",
        "1e3",
        "12e34567",
        "0x1F",
        "0o10",
        "1_000",
        "2026-01-01",
        ".inf",
        "nuLL",
        "tRue",
    ],
)
def test_all_other_scalars_are_text_as_written(word: str) -> None:
    assert read(f"a: {word}") == {"a": word}


def test_quoted_words_are_text() -> None:
    assert read("""{a: "1", b: 'true', c: "~", d: '', "e": ! 5}""") == {
        "a": "1",
        "b": "true",
        "c": "~",
        "d": "",
        "e": "5",
    }


def test_keys_are_text_as_written() -> None:
    assert read('1: a\ntrue: b\n~: c\n"": d') == {"1": "a", "true": "b", "~": "c", "": "d"}


def test_merge_keys_are_merged_and_own_keys_win() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  z: 3\n"

    assert read(text)["c"] == {"x": 1, "y": 1, "z": 3}


def test_json_emoji_escapes_are_one_character() -> None:
    assert read(r'{"a": "\ud83d\ude00"}') == {"a": "😀"}


@pytest.mark.parametrize("text", ["", "# only a comment\n", "---\n...\n"])
def test_an_empty_document_is_none(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", "f.yaml:5:3: the key 'c' is there twice (first on line 3)"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "f.yaml:1:24: the key 'c' is there twice (first on line 1)"),
        ("a: 1\n---\nb: 2\n", "f.yaml:2:1: a second document starts here"),
        ("a: !foo x", "f.yaml:1:4: the tag !foo is not read here"),
        ("a: !!python/name:os.system x", "f.yaml:1:4: the tag !!python/name:os.system is not read here"),
        ("a: !!float 1.5", "f.yaml:1:4: the tag !!float is not read here"),
        ("[a]: b", "f.yaml:1:1: a key has to be text"),
        ("a: &a 1\n*a : b", "f.yaml:2:1: a key has to be text"),
        (": b", "f.yaml:1:1: a key is missing before the colon"),
        ("<<: 1", "f.yaml:1:5: << can only merge mappings"),
        ("a: &a [1, *a]", "f.yaml:1:11: *a stands inside itself"),
        ("a: *b", "f.yaml:1:4: *b names nothing"),
        ("a:\n\tb: 1\n", "f.yaml:2:1: not readable as YAML: a tab indents this line"),
        ("a: b\x07", "f.yaml:1:5: not readable as YAML: special characters are not allowed"),
        (
            "t: a: b",
            "f.yaml:1:5: not readable as YAML: a colon and a space stand in a text without quotes",
        ),
        (
            'a: "b\nc: d\n',
            'f.yaml:1:4: not readable as YAML: the " that opens here is not closed on its line',
        ),
        ("%YAML 1.3\n---\na: 1", "f.yaml:1:1: not readable as YAML: %YAML names another version"),
        (r'a: "\ud83d"', "f.yaml:1:4: not readable as YAML: half of a surrogate pair"),
        (b"a: 1\nb: caf\xe9", "f.yaml:2:7: not UTF-8 text"),
        ("a: b".encode("utf-16"), "f.yaml:1:1: written in UTF-16, not UTF-8"),
        ("a: " + "x" * 10_000_000, "f.yaml: larger than 10 MB"),
        ("[" * 101, "f.yaml:1:101: nested deeper than 100 levels"),
    ],
)
def test_says_what_is_wrong_and_where(text: str | bytes, said: str) -> None:
    assert complaint(text) == said


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 1\n\t\nb: 2\n", {"a": 1, "b": 2}),
        ("a: 1\r\n\t\t\r\nb: 2\r\n", {"a": 1, "b": 2}),
        ("\t\na: 1\n\t", {"a": 1}),
        ("a:\n\t\n  - b: 1\n  \t \t\n    c: 2\n\t\t\n", {"a": [{"b": 1, "c": 2}]}),
        ("a: 1\n  \t\t# a comment\nb: |\n  x\n\t# and one\nc: 3\n", {"a": 1, "b": "x\n", "c": 3}),
        ("a: |\n  x\n\t\n  y\n  \tz\n  \t\n", {"a": "x\n\ny\n\tz\n\t\n"}),
        ("a: |\n\t\t\t\t\n  x\nb: x\n\t\n  y\n", {"a": "\n\n\n\nx\n", "b": "x\ny"}),
        ("\u2028a: 1\n\t\nb: 2\n".replace("\u2028", "# \u2028\n"), {"a": 1, "b": 2}),
    ],
)
def test_a_blank_line_or_comment_that_begins_with_a_tab_is_one(text: str, data: object) -> None:
    document = read_yaml(text, path="f.yaml")

    assert document.data == data
    assert document.text == text
    assert [text[node.start :][:1] for node, _ in document.tree.pairs] == list(data)  # type: ignore[union-attr, call-overload]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a: 1\t\nb:\n\tc: 1\n", 3),  # the tab in the first line is right
        ("\t\na: 1\n\t\n\tb: 1\n", 4),
    ],
)
def test_a_tab_that_indents_is_said_where_it_stands(text: str, line: int) -> None:
    with pytest.raises(BadYaml) as caught:
        read_yaml(text, path="f.yaml")

    assert caught.value.place == Place("f.yaml", line, 1)
    assert caught.value.hint == "a tab cannot indent in YAML: use spaces"


def test_any_number_of_tab_lines_is_read() -> None:
    text = "".join(f"k{i}: 1\n  \t\n\t\n" for i in range(50))

    assert read(text) == {f"k{i}": 1 for i in range(50)}


def test_a_doubled_key_is_said_below_a_line_of_a_tab() -> None:
    assert complaint("a: 1\n\t\na: 2\n") == "f.yaml:3:1: the key 'a' is there twice (first on line 1)"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_merge_nobody_has_finished_is_said_where_it_begins(end: str) -> None:
    text = "a: 1\n<<<<<<< HEAD\nb: 2\n=======\nb: 3\n>>>>>>> branch\n".replace("\n", end)

    assert complaint(text).startswith("f.yaml:2:1: unresolved merge conflict")
    assert complaint(text.encode()).startswith("f.yaml:2:1: unresolved merge conflict")


def test_a_marker_that_was_left_is_said() -> None:
    assert complaint("a: 1\n>>>>>>> branch\nb: 2\n").startswith("f.yaml:2:1: unresolved merge conflict")


def test_markers_inside_a_text_are_its_words() -> None:
    assert read("a: |\n  <<<<<<< HEAD\n  =======\n") == {"a": "<<<<<<< HEAD\n=======\n"}


def test_every_complaint_has_a_hint() -> None:
    with pytest.raises(BadYaml) as caught:
        read_yaml("a:\n\tb: 1\n", path="f.yaml")

    assert caught.value.hint == "a tab cannot indent in YAML: use spaces"
    assert caught.value.place == Place("f.yaml", 2, 1)


@pytest.mark.parametrize("merge", ["k: ", "<<: "], ids=["values", "merges"])
def test_an_alias_bomb_is_refused_at_once(merge: str) -> None:
    rows = (f"a{i}: &a{i} {{{merge}[{', '.join([f'*a{i - 1}'] * 9)}]}}\n" for i in range(1, 40))
    bomb = "a0: &a0 {x: y}\n" + "".join(rows)
    before = time.perf_counter()

    assert "more than 1,000,000 values" in complaint(bomb)
    assert time.perf_counter() - before < 1


def test_depth_counts_through_aliases() -> None:
    chain = "a0: &a0 [x]\n" + "".join(f"a{i}: &a{i} [*a{i - 1}]\n" for i in range(1, 200))

    assert complaint(chain) == "f.yaml:100:12: nested deeper than 100 levels"


def test_reads_without_the_c_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_events, "c_parser", lambda: None)

    document = read_yaml("a: [16:9, 1]\n", path="f.yaml")

    assert not document.fast
    assert document.data == {"a": ["16:9", 1]}
    assert document.place("a", 1) == Place("f.yaml", 1, 11)


PLACES = "\ufeffa: 1\r\nb: é😀\r\n  c\r\nd: [x, {é: 1}]\r\nm: &m {p: q}\r\nn:\r\n  <<: *m\r\n"


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        (("a",), (1, 4), (1, 1)),
        (("b",), (2, 4), (2, 1)),
        (("d", 1, "é"), (4, 12), (4, 9)),
        (("n", "p"), (5, 11), (5, 8)),
        (("n", "<<"), (7, 3), (7, 3)),
    ],
)
def test_places_count_characters_with_bom_and_crlf(
    path: tuple[str | int, ...], value: tuple[int, int], key: tuple[int, int]
) -> None:
    document = read_yaml(PLACES.encode(), path="f.yaml")

    assert document.place(*path) == Place("f.yaml", *value)
    assert document.place(*path, key=True) == Place("f.yaml", *key)


def test_a_missing_path_has_the_place_of_its_nearest_ancestor() -> None:
    document = read_yaml("a:\n  b: [1, 2]\n", path="f.yaml")

    assert document.place("a", "b", 7, "x", key=True) == Place("f.yaml", 2, 6)
    assert document.place("zz") == Place("f.yaml", 1, 1)
    assert read_yaml("", path="f.yaml").place("a") == Place("f.yaml", 1, 1)


PIECES = st.sampled_from(
    [
        *(
            "a",
            "b",
            "key",
            "- ",
            "-",
            ": ",
            ":",
            "? ",
            "\n",
            "\n  ",
            "\n    ",
            " ",
            "#",
            "# c\n",
            "{",
            "}",
            "[",
            "]",
            ", ",
        ),
        *(
            '"',
            "'",
            '"x"',
            "&a ",
            "*a",
            "!!str ",
            "|",
            ">-\n  t",
            "|2\n",
            "\n---\n",
            "\n...\n",
            "<<: ",
            "~",
            "null",
            "1",
        ),
        *(
            "16:9",
            "0x1",
            "no",
            "true",
            "\\n",
            "é",
            "😀",
            "a: b",
            "\n  c: d",
            "\n- e",
            "\r\n",
            "\r",
            "\ufeff",
            "x y",
        ),
        *("\x85", "\u2028", "b: |\n   t\n", "\\u00e9", "&a:b", "+1", "\t", "%YAML 1.2\n---\n", "@"),
    ]
)


@given(st.lists(PIECES, max_size=20).map("".join))
@settings(deadline=None, max_examples=600)
def test_both_parsers_read_equal_data(text: str) -> None:
    """ruamel.yaml is the truth: what the C parser reads, it reads alike, or it refuses (tabs before comments)."""
    try:
        fast = read_yaml(text, path="f.yaml")
        truth = read_truth(text, path="f.yaml")
    except BadYaml:
        return

    assert repr(fast.data) == repr(truth.data)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8) | st.sampled_from(
    ["no", "1", "~", "<<", "16:9"]
)
DATA = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(data=DATA, flow=st.sampled_from([True, False, None]))
@settings(deadline=None, max_examples=200)
def test_reads_back_what_pyyaml_writes(*, data: object, flow: bool | None) -> None:
    text = yaml.safe_dump(data, default_flow_style=flow, allow_unicode=True, default_style='"')

    assert read(text) == data
