"""What writers do that is no YAML: each is told where it stands, in their words, with what to write."""

from __future__ import annotations

import pytest

from chargen.dialects.yaml_text import MAX_SIZE, BadYaml, read_truth, read_yaml

NBSP = "\u00a0"
WRONG = "a no-break space stands where YAML needs a plain one"
INDENTS = "this line is indented with a no-break space"
OTHERS = "put quotes of the other kind around the whole: "
QUOTES = "put quotes around the text: "
BLOCK = "write |- behind the colon, and the text on the next line, indented: there quotes are free"
STRAIGHT = "write straight ones: "
DEEPER = "indent it like the line above; or is that one's text meant to go on here? Then it needs quotes"
CLOSE = 'write another " where the text ends'
APOSTROPHE = 'write another \' where the text ends; a text with an apostrophe in it needs "double quotes"'

SLIPS = [
    (
        'a:\n  - b: "the "old" mill"\n',
        "2:14",
        'text goes on behind the closing "',
        f"{OTHERS}'the \"old\" mill'",
    ),
    (
        "a: 'the miller's mill'\n",
        "1:16",
        "text goes on behind the closing '",
        f'{OTHERS}"the miller\'s mill"',
    ),
    ('a: "old" mill\n', "1:9", 'text goes on behind the closing "', f"{OTHERS}'\"old\" mill'"),
    ('a: "the miller\'s "old" mill"\n', "1:19", 'text goes on behind the closing "', BLOCK),
    (
        "a: [quiet] mill\n",
        "1:11",
        "text goes on behind the closing ]",
        'put quotes around it: "[quiet] mill"',
    ),
    ("a: “the mill: old”\n", "1:4", "a curly quote is no quote to YAML", f'{STRAIGHT}"the mill: old"'),
    ('a: "the mill”\nb: 1\n', "1:13", "a curly quote is no quote to YAML", f'{STRAIGHT}"the mill"'),
    ("a: %80 grey # so\n", "1:4", "a text cannot begin with %", f'{QUOTES}"%80 grey"'),
    (
        "a: |\n  x\nb: 1\n%80\n",
        "4:1",
        "a line cannot begin with %",
        "put quotes around the text, or indent the line",
    ),
    ("a:\n  - @odo at the mill\n", "2:5", "a text cannot begin with @", f'{QUOTES}"@odo at the mill"'),
    ("a: `code`\n", "1:4", "a text cannot begin with `", f'{QUOTES}"`code`"'),
    ("a: & more\n", "1:4", "a text cannot begin with &", f'{QUOTES}"& more"'),
    ("a: ? what\n", "1:4", "a text cannot begin with ?", f'{QUOTES}"? what"'),
    (
        f"a:\n{NBSP}{NBSP}b: 1\n",
        "2:1",
        INDENTS,
        "delete what stands before the first word, and indent the line with plain spaces",
    ),
    (f"a:\n  - b: 1\n  {NBSP} c: 2\n", "3:3", WRONG, "delete it, and type a space (or spaces) in its place"),
    (f"a:{NBSP}b\nc: 1\n", "1:3", WRONG, "delete it, and type a space (or spaces) in its place"),
    (
        "a: *important* thing\n",
        "1:4",
        "*important* names nothing",
        'a text that begins with * needs quotes: "*important* thing"',
    ),
    ("a: **so**\n", "1:4", "**so** names nothing", 'a text that begins with * needs quotes: "**so**"'),
    (
        "a: *mill\n",
        "1:4",
        "*mill names nothing",
        "write &mill above, before the value it stands for; a text that begins with * needs quotes",
    ),
    ("a:\n\tb: 1\n", "2:1", "a tab indents this line", "a tab cannot indent in YAML: use spaces"),
    ("a:\n  b: 1\n  \tc: 2\n", "3:3", "a tab indents this line", "a tab cannot indent in YAML: use spaces"),
    ("a:\n  -\tb\n", "2:4", "a tab where a space belongs", "type a space in its place"),
    ("a: 1\nmood:quiet\nc: 3\n", "2:5", "there is no space behind the colon", "write mood: quiet"),
    ("- id:a\n  mood: x\n", "1:5", "there is no space behind the colon", "write id: a"),
    ("a: 1\nb:2\n", "2:2", "there is no space behind the colon", "write b: 2"),
    (
        "a: the mill: old # so\n",
        "1:12",
        "a colon and a space stand in a text without quotes",
        f'{QUOTES}"the mill: old"',
    ),
    ("a: the mill\n  says: old\n", "2:3", "this line is indented below one that has its value", DEEPER),
    (
        "a: - b\n",
        "1:4",
        "a list cannot begin behind its key",
        "put the - on a line of its own below; or, if it belongs to the text, quotes around that",
    ),
    (
        "a: > b\n",
        "1:6",
        "text stands on the line of the >",
        "behind > the text begins on the next line; a text that begins with > needs quotes",
    ),
    ('a: "the mill\nb: 1\n', "1:4", 'the " that opens here is not closed on its line', CLOSE),
    ("a: 'tis the mill\nb: 1\n", "1:4", "the ' that opens here is not closed on its line", APOSTROPHE),
    ('a: "the mill\n\nb: "x"\nc: 2\n', "1:4", 'the " that opens here is not closed on its line', CLOSE),
]


@pytest.mark.parametrize(("text", "where", "what", "hint"), SLIPS)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
def test_a_slip_is_told_with_what_to_write(text: str, where: str, what: str, hint: str, end: str) -> None:
    with pytest.raises(BadYaml) as caught:
        read_yaml(text.replace("\n", end), path="f.yaml")

    assert str(caught.value).replace("not readable as YAML: ", "") == f"f.yaml:{where}: {what}"
    assert caught.value.hint == hint


@pytest.mark.parametrize(("text", "where", "what", "hint"), SLIPS)
def test_both_parsers_lead_to_the_same_words(text: str, where: str, what: str, hint: str) -> None:
    """A large file is judged by the C parser alone, whose messages are other ones."""
    with pytest.raises(BadYaml) as fast:
        read_yaml(f"{text}# {'x' * 300_000}\n", path="f.yaml")
    with pytest.raises(BadYaml) as truth:
        read_truth(text, path="f.yaml")

    assert str(fast.value) == str(truth.value)
    assert (fast.value.place, fast.value.hint) == (truth.value.place, hint)


def test_a_hostile_line_costs_nothing() -> None:
    with pytest.raises(BadYaml, match="not readable as YAML"):
        read_yaml('a: "b" ' + " " * (MAX_SIZE - 20) + "x\n", path="f.yaml")


@pytest.mark.parametrize(
    "text",
    ["a: “the mill”\n", "a: x # 4\n", "a: http://x\n", "a: 16:9\n", f"a: b{NBSP}c\n", "a: |\n  *x: @\n"],
)
def test_what_yaml_allows_is_read(text: str) -> None:
    assert list(read_yaml(text, path="f.yaml").data) == ["a"]
