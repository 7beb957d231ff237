"""The documents of the YAML test suite: each is spliced as it lies, and as a part of a file of ours."""

from __future__ import annotations

import contextlib
import json
import re
import textwrap
from collections import Counter
from pathlib import Path as File
from typing import TYPE_CHECKING, Any

import pytest

from chargen.dialects.yaml_text import BadYaml, read_truth, read_yaml
from chargen.errors import ChargenError, SpliceRefused
from tests.splice_promises import LIFE, OURS, Path, live, same

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

SUITE = json.loads((File(__file__).parents[1] / "data" / "yaml_test_suite.json").read_text("utf-8"))
VALID = {document["id"]: document["yaml"] for document in SUITE if not document.get("fail")}
INVALID = {document["id"]: document["yaml"] for document in SUITE if document.get("fail")}
JSON = {document["id"]: document["json"] for document in SUITE if document.get("json")}


def owners(data: Any, path: Path = ()) -> Iterator[Path]:
    """The paths of all mappings."""
    if isinstance(data, dict):
        yield path
    parts = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in parts:
        yield from owners(value, (*path, key))


def below(text: str, indent: int) -> str:
    """A document as the value below a key: its markers and directives gone, its lines indented."""
    head, marker, body = text.partition("---")
    body = body if marker and all(line.startswith(("%", "#")) for line in head.splitlines()) else "\n" + text
    body = body.rstrip().removesuffix("\n...") if body.rstrip().endswith("\n...") else body
    return textwrap.indent(body, " " * indent, lambda line: bool(line.strip("\n"))).removeprefix(" " * indent)


def ended(text: str) -> str:
    return text if text.endswith("\n") else text + "\n"


def last_value(text: str) -> str:
    return f"shots:\n- id: a\n  v:{ended(below(text, 4))}- id: b\n"


def end_of_file(text: str) -> str:
    return f"shots:\n  - id: a\n    v:{below(text, 6)}"


def windows(text: str) -> str:
    return last_value(text).replace("\n", "\r\n")


def in_flow(text: str) -> str:
    return f"shots: [{{id: a, v:{below(text, 1)}}}]\n"


def in_rows(text: str) -> str:
    row = f"    v:{ended(below(text, 6))}"
    ours, theirs = f"  - custom_id: {OURS}\n{row}", f"  - custom_id: theirs\n{row}"
    return f"shots:\n- id: a\n  generated_images:\n{theirs}{ours}{theirs}- id: b\n"


# By shape: where the document stands, how many can stand there and be read as before, and what is refused.
SHAPES: dict[Callable[[str], str], tuple[int, dict[str, int]]] = {
    last_value: (221, {}),
    end_of_file: (222, {"the file ends in a text block without a line end": 2}),
    windows: (221, {}),
    in_flow: (65, {}),
    in_rows: (221, {}),
}


def read(text: str) -> Any:
    return read_yaml(text, path="f.yaml").data


def lives(text: str, paths: list[Path], where: str) -> Counter[str]:
    """How many edits were made at these paths, and what was refused for which reason."""
    told = Counter[str]()
    for path in paths:
        try:
            told["edits"] += live(text, path)
        except SpliceRefused as error:
            told[error.message] += is_whole(error)
        except (AssertionError, BadYaml) as error:
            raise AssertionError(f"{where} at {path}: {error}\n{text}") from error
    return told


def is_whole(error: ChargenError) -> bool:
    """Whether an error says where, and what to do."""
    return bool(error.hint) and error.place is not None and error.place.line > 0


def reason(error: BadYaml) -> str:
    """What is wrong with a document, without its own words."""
    return re.sub(r"the tag \S+", "the tag", error.message).partition(":")[0]


def test_every_mapping_of_every_document_can_own_rows() -> None:
    told = Counter[str]()
    for name, text in VALID.items():
        try:
            paths = list(owners(read(text)))
        except BadYaml as error:
            told[reason(error)] += is_whole(error)
            continue
        told["documents"] += 1
        told += lives(text, paths, name)

    assert told == {
        "documents": 229,
        "edits": 996,
        # what a splice refuses
        "a lone pair in [ ] holds one key": 9,
        "all keys are written as explicit keys (?)": 4,
        "the file ends in a text block without a line end": 1,
        # what is not read at all
        "a key has to be text": 14,
        "a key is missing before the colon": 10,
        "a second document starts here": 14,
        "not readable as YAML": 25,
        "the tag is not read here": 16,
    }


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.__name__)
def test_every_document_can_stand_in_a_shot(shape: Callable[[str], str]) -> None:
    documents, told = 0, Counter[str]()
    for name, text in VALID.items():
        try:
            alone, whole = read(text), shape(text)
            shot = read(whole)["shots"][0]
        except BadYaml:
            continue
        if same(value_in(shot), alone):
            documents += 1
            told += lives(whole, [("shots", 0), ()], name)

    wanted, refused = SHAPES[shape]
    edits = len(LIFE) * (2 * wanted - sum(refused.values()))
    assert (documents, told) == (wanted, Counter({"edits": edits, **refused}))


def value_in(shot: Any) -> Any:
    """Where the shapes have put the document."""
    holder = shot["generated_images"][1] if "generated_images" in shot else shot
    return holder.get("v")


def test_reads_each_document_as_the_suite_does() -> None:
    """All scalars but null, bool and int are text here, so numbers with a point are compared as written."""
    other = []
    for name in VALID.keys() & JSON.keys():
        with contextlib.suppress(BadYaml):
            if not same(read(VALID[name]), json.loads(JSON[name], parse_float=str)):
                other.append(name)

    # A ? right before a word in flow style; a text block's last line of mere blanks without its end, and one of a mere tab.
    assert sorted(other) == ["652Z", "HM87-1", "L24T-1", "Y79Y-1"]


def test_an_invalid_document_is_an_error_with_a_place_or_read_as_the_judge_reads_it() -> None:
    refused, taken, only_fast = 0, [], []
    for name, text in INVALID.items():
        try:
            data = read(text)
        except BadYaml as error:
            refused += is_whole(error)
            continue
        try:
            assert same(data, read_truth(text, path="f.yaml").data), name
            taken.append(name)
        except BadYaml:
            only_fast.append(name)

    assert refused + len(taken) + len(only_fast) == len(INVALID)
    assert taken == ["9C9N", "9JBA", "CVW2", "DK95-1", "G5U8", "QB6E", "SU5Z", "Y79Y-0", "Y79Y-3", "YJV2"]
    assert only_fast == ["MUS6-0", "S98Z", "X4QW"]  # a comment without its blank, and an odd empty block
