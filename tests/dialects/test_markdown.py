"""Prose from markdown: named sections and front matter as plain text, and nothing that is not the text's own words."""

from __future__ import annotations

import pytest

from chargen.dialects.markdown import Part, outline, read_prose
from chargen.dialects.yaml_text import BadYaml


def said(text: str, *names: str, front_matter: tuple[str, ...] = ()) -> list[str]:
    """The text of what is named; the section `Look` where nothing is."""
    sections = names or (() if front_matter else ("Look",))
    found = read_prose(text, sections=sections, front_matter=front_matter, path="a.md")
    return [passage.text for passage in found.passages]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("# Look\n\none\ntwo\n", ["one two"]),
        ("# Look\n\n## Hair\n\ngrey\n\n# Else\n\nno\n", ["Hair grey"]),
        ("## Look\n\none\n\n# Else\n\nno\n", ["one"]),
        ("Look\n====\n\none\n\nHair\n----\n\ntwo\n\nElse\n====\n\nno\n", ["one Hair two"]),
        ("# Look\n\none\n\n# Else\n\nno\n\n# look\n\ntwo\n", ["one", "two"]),
        ("# Look\n\none\n\n## Look\n\ntwo\n", ["one Look two"]),
        ("# Look\n\n# Else\n\nno\n", []),
        ("#Look\n\nno\n", []),
    ],
)
def test_a_section_ends_where_the_next_of_its_level_begins(text: str, words: list[str]) -> None:
    assert said(text) == words


@pytest.mark.parametrize(
    "heading",
    [
        "# The Look of it",
        "# the look of IT #",
        "###### The  Look of it ##",
        "# **The** [Look](a.md) *of* `it`",
        "# The Look <!-- as it is --> of it",
        "# The ![old](a.png)Look of ~~her~~ it",
        "The Look\nof it\n===",
    ],
)
def test_a_heading_is_known_by_its_words(heading: str) -> None:
    assert said(f"{heading}\n\nwords\n", "The Look of it") == ["words"]


def test_accents_and_pictures_in_headings_are_letters_like_others() -> None:
    assert said("# Cafe\u0301 🎨\n\nwords\n", "Café 🎨") == ["words"]
    assert said("# STRASSE\n\nwords\n", "Straße") == ["words"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("> # Look\n>\n> quoted\n\nno\n", ["quoted"]),
        ("- # Look\n\n  listed\n\n- no\n\nno\n", ["listed"]),
        ("# Look\n\none\n\n> # Quoted\n>\n> two\n\nthree\n", ["one Quoted two three"]),
        ("> # Look\n>\n> one\n>\n> > # Deeper\n>\n> two\n>\n> # Else\n>\n> no\n", ["one Deeper two"]),
    ],
)
def test_a_heading_in_a_list_or_quote_rules_there_alone(text: str, words: list[str]) -> None:
    assert said(text) == words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (
            "a **grey** _braid_, `oiled` [coat](x) \\* &amp; [seen][1]\n\n[1]: http://x",
            "a grey braid, oiled coat * & seen",
        ),
        ("- one\n- two.\n- [ ] three\n- [x] four", "one; two. three; four"),
        ("| a | b |\n|---|---|\n| 1 | **2** |", "a; b; 1; 2"),
        ("one <!-- no --> <b>two</b>", "one two"),
        ("one\n\n<!--\nno\n\n# Not a heading\n-->\n\n<div>\nno\n</div>\n\ntwo", "one two"),
        ("one\n\n```py\nno\n# no\n```\n\n    no\n\ntwo", "one two"),
        ("one ![no](a.png) two", "one two"),
        ("one[^1] two[^note]\n\n[^1]: no\n\n    no\n\nthree\n\n[^note]: no", "one two three"),
        ("one ~~no~~ two ~~**no**~~", "one two"),
        ("one  \ntwo\\\nthree\n\n---\n\nfour", "one two three four"),
    ],
)
def test_only_the_words_of_the_text_are_taken(body: str, words: str) -> None:
    (found,) = said(f"# Look\n\n{body}\n\n# Else\n\nno\n")

    assert " ".join(found.split()) == words


def test_sections_come_in_the_order_they_are_named_and_what_lies_in_one_of_them_once() -> None:
    text = "# Build\n\ntall\n\n# Look\n\n## Hair\n\ngrey\n"

    assert said(text, "Look", "Build", "Hair") == ["Hair grey", "tall"]
    assert said(text, "Hair", "Build") == ["grey", "tall"]


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_front_matter_is_read_by_its_keys_with_their_lines(line_end: str, bom: str) -> None:
    text = line_end.join(
        ["---", "# ours", "age: 58", "hair: [grey, long]", "build: {height: tall}", "---", "# Look", "", "x"]
    )

    found = read_prose(
        bom + text, sections=["look"], front_matter=["hair", "build", "eyes", "age"], path="a.md"
    )

    assert [(it.name, it.text, it.line) for it in found.passages] == [
        ("hair", "grey; long", 4),
        ("build", "height: tall", 5),
        ("age", "58", 3),
        ("Look", "x", 7),
    ]
    assert (found.titles, found.keys) == (("Look",), ("age", "hair", "build"))


@pytest.mark.parametrize(
    "text",
    [
        "---\n\n# Look\n\nwords\n\n---\n\n# Else\n",
        "---\n\n# Look\n\nwords: {\n\n---\n\n# Else\n",
        "---\n# Look\n\nwords\n\n---\n",
        "***\n\n# Look\n\nwords\n",
    ],
)
def test_rules_are_no_front_matter(text: str) -> None:
    assert said(text)[0].startswith("words")
    assert said(text, front_matter=("words",)) == []


def test_what_has_no_closing_rule_is_no_front_matter() -> None:
    text = "---\nage: 58\n\n# Look\n\nwords\n"

    assert (said(text), said(text, front_matter=("age",))) == (["words"], [])


def test_front_matter_that_cannot_be_read_matters_where_it_is_asked_for() -> None:
    text = "---\nname: x\nage: [58\n---\n# Look\n\nwords\n"

    assert said(text) == ["words"]
    with pytest.raises(BadYaml) as error:
        said(text, front_matter=("age",))
    assert error.value.place is not None
    assert (error.value.place.path, error.value.place.line) == ("a.md", 3)


def test_a_file_of_which_nothing_is_named_is_not_read() -> None:
    found = read_prose("---\nage: [\n---\n", sections=(), front_matter=(), path="a.md")

    assert (found.passages, found.titles, found.keys) == ((), (), ())


def test_a_large_file_is_read_in_one_go() -> None:
    paragraph = "A **long** line of prose with `words` in [it](x.md).\n\n"
    text = f"# Else\n\n{paragraph * 20_000}# Look\n\nwords\n"

    assert said(text) == ["words"]


def test_an_outline_has_every_piece_as_it_is_written() -> None:
    text = "---\nage: 58\n---\nbefore\n\n# One\n\n<!-- a -->\n\n## Two\n\nb\n\n# Three\n"

    assert outline(text, path="a.md") == (
        Part((), "age", "58", 2),
        Part((), "", "before\n", 4),
        Part(("One",), "", "# One\n\n<!-- a -->\n", 6),
        Part(("One", "Two"), "", "## Two\n\nb\n", 10),
        Part(("Three",), "", "# Three\n", 14),
    )


def test_the_outline_of_a_front_matter_that_cannot_be_read_has_it_whole() -> None:
    first, *_ = outline("---\nage: [\n---\nx\n", path="a.md")

    assert first == Part((), "front matter", "age: [", 1)
