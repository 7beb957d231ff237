"""The JSON Schemas that editors get: there where `chargen init` says, and as lenient as chargen itself."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from chargen.cli import run
from chargen.core.world_config import WorldConfig
from chargen.dialects.native_shape import Imagery

ROOT = Path(__file__).resolve().parents[2]
COMMIT = "0123456789abcdef0123456789abcdef01234567"
WORLD, IMAGERY = "schemas/world.schema.json", "schemas/imagery.schema.json"
MEMORYQUILL, IDEAS = "schemas/memoryquill.schema.json", "schemas/image-ideas.schema.json"
PLAN, RESULT = "schemas/plan.schema.json", "schemas/result.schema.json"


def judged(schema: str, *files: Path) -> tuple[int, str]:
    command: list[str | Path] = [
        Path(sys.executable).parent / "check-jsonschema",
        "--schemafile",
        ROOT / schema,
        *files,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize(("schema", "name"), [(WORLD, "chargen.yaml"), (IMAGERY, "imagery.yaml")])
def test_every_file_of_ours_is_of_its_schema(schema: str, name: str) -> None:
    files = [*(ROOT / "examples").rglob(name), ROOT / "chargen" / "templates" / name]

    code, said = judged(schema, *files)

    assert (code, len(files) > 1) == (0, True), said


def test_what_people_write_shortly_is_of_its_schema(tmp_path: Path) -> None:
    world, imagery = tmp_path / "chargen.yaml", tmp_path / "imagery.yaml"
    world.write_text(
        "style:\nmoods:\n  calm: {look: still, lighting: dawn, palette: [grey]}\n  mad:\n"
        'provider: {aspect: "3:2", variants: "2"}\nbudget: {run_usd: 1.5}\nrows:\n',
        encoding="utf-8",
    )
    imagery.write_text(
        "name: 12\nlocation: pier\nlighting: noon\npalette: grey\ncamera: low\n"
        "scenes:\n  - id: 1\n    shots:\n"
        "      - {id: 2, subject: a boat, characters: [ada, {ref: bo}], must_include: rope, donts: 7}\n"
        "      - id: x\n        subject: y\n        references: [{path: a.png, must_match: yes}]\n"
        "        generated_images: [{path: b.png}]\n",
        encoding="utf-8",
    )

    assert judged(WORLD, world)[0] == 0
    assert judged(IMAGERY, imagery)[0] == 0
    WorldConfig.model_validate(YAML(typ="safe").load(world))
    Imagery.model_validate(YAML(typ="safe").load(imagery))


@pytest.mark.parametrize(
    ("schema", "text", "said"),
    [
        (WORLD, "stile: {}\n", "stile"),
        (WORLD, "provider: {variants: 17}\n", "17"),
        (IMAGERY, "scenes: [{id: a, shots: [{id: b}]}]\n", "subject"),
        (IMAGERY, "scenes: [{id: a, mood: [b]}]\n", "mood"),
    ],
)
def test_what_chargen_would_refuse_is_not(tmp_path: Path, schema: str, text: str, said: str) -> None:
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")

    code, told = judged(schema, tmp_path / "a.yaml")

    assert (code, said in told) == (1, True), told


def test_a_schema_that_init_names_is_a_file_of_this_repository(tmp_path: Path) -> None:
    assert run(["init", "--root", str(tmp_path), "--from", "acme/chargen", "--ref", COMMIT]) == 0

    base = f"# yaml-language-server: $schema=https://raw.githubusercontent.com/acme/chargen/{COMMIT}/"
    first = [path.read_text(encoding="utf-8").splitlines()[0] for path in tmp_path.rglob("*.yaml")]
    there = [f"schemas/{path.name}" for path in (ROOT / "schemas").iterdir()]
    assert sorted(line.removeprefix(base) for line in first) == [IMAGERY, WORLD]
    assert sorted(there) == [IDEAS, IMAGERY, MEMORYQUILL, PLAN, RESULT, WORLD]


@pytest.mark.parametrize("schema", [WORLD, IMAGERY, MEMORYQUILL, IDEAS, PLAN, RESULT])
def test_every_field_says_what_it_means(schema: str) -> None:
    made = json.loads((ROOT / schema).read_text(encoding="utf-8"))

    fields = [
        field for part in (made, *made["$defs"].values()) for field in part.get("properties", {}).values()
    ]

    assert fields
    assert all(field["description"] for field in fields)
