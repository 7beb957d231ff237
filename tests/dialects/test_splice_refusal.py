"""Whether a row can be written is told before it is paid, and told as the splice would."""

from __future__ import annotations

import pytest

from chargen.dialects.splice import RowEdit, refusal, splice
from chargen.dialects.yaml_text import BadYaml, read_yaml
from chargen.errors import SpliceRefused
from tests.dialects.test_splice_yaml_suite import VALID, end_of_file, owners
from tests.splice_promises import FIRST, Path
from tests.yaml_files import file_of


def told(text: str, path: Path) -> str:
    return str(refusal(read_yaml(text, path="f.yaml"), path) or "")


def tried(text: str, path: Path) -> str:
    try:
        splice(text, [RowEdit(path, FIRST)], path="f.yaml")
    except SpliceRefused as error:
        return str(error)
    return ""


@pytest.mark.parametrize(
    "text",
    [
        "shots:\n- &a\n  id: a\n- <<: *a\n  id: b\n",
        "shots:\n- &a\n  id: a\n- <<: *a\n  generated_images: []\n",
        "base: &a {id: a}\nshots: [*a]\n",
        "d: &d {generated_images: []}\nshots:\n- <<: *d\n  id: a\n",
        "rows: &r []\nshots:\n- generated_images: *r\n",
        "shots:\n- id: a\n  generated_images: &r\n",
        "shots:\n- id: a\n  'generated_images' : !!seq []\n",
        "shots:\n- id: a\n  generated_images: soon\n",
        "shots:\n- ? id\n  : a\n  ? subject\n  : b\n",
        "shots:\r- ? id\r  : a\r  ? subject\r  : b\r",
        "shots: [a: b, {id: b}]\n",
        "shots: [{id: b}, a: b]\n",
        "shots:\n- id: a\n  generated_images:\n  - alt: |\n      words",
        "shots:\n- id: a\n  subject: words",
        "shots: []\n",
    ],
)
def test_tells_what_trying_would_tell(text: str) -> None:
    for path in [("shots", 0), ("shots", 1)]:
        assert told(text, path) == tried(text, path)


@pytest.mark.parametrize("shape", [str, end_of_file])
def test_tells_it_for_every_document_of_the_yaml_test_suite(shape: type[str]) -> None:
    refused = 0
    for name, valid in VALID.items():
        text = shape(valid)
        try:
            paths = list(owners(read_yaml(text, path="f.yaml").data))
        except BadYaml:
            continue
        for path in paths:
            assert told(text, path) == tried(text, path), name
            refused += told(text, path) != ""

    assert refused > 0


def test_tells_it_for_files_as_people_write_them() -> None:
    for seed in range(1, 101):
        file = file_of(seed)
        for path in file.paths:
            assert told(file.text, path) == tried(file.text, path), seed
