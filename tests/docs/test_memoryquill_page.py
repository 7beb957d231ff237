"""The page about memoryquill files names every key that the dialect reads, and shows a world that is read as it says."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.memoryquill import addresses, findings, sections
from tests.worlds import a_picture

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "memoryquill.md").read_text(encoding="utf-8")
MODULES = sorted((ROOT / "chargen" / "dialects").glob("memoryquill*.py"))
KEY = re.compile(r"[a-z]+(_[a-z]+)*")
# Fields of a draft in the native shape, and values: no keys of a file.
NO_KEYS = {"subject", "beats", "schema", "canonical", "donts", "continuity", "character_portrait"}


def texts(node: ast.AST) -> Iterator[str]:
    """The texts in a part of a module that look like keys: of a mapping, its own keys only."""
    parts = node.keys if isinstance(node, ast.Dict) else [node]
    for part in parts:
        for one in ast.walk(part) if part is not None else ():
            if isinstance(one, ast.Constant) and isinstance(one.value, str) and KEY.fullmatch(one.value):
                yield one.value


def keys_read(module: Path) -> set[str]:
    """Every key of a table of a module, and every one that a line of it asks a mapping for."""
    found: set[str] = set()
    tree = ast.parse(module.read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and node.value is not None:
            found |= set(texts(node.value))
    for one in ast.walk(tree):
        if (
            isinstance(one, ast.Call)
            and isinstance(one.func, ast.Attribute)
            and one.func.attr == "get"
            and one.args
        ):
            found |= set(texts(one.args[0]))
    return found - NO_KEYS


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.stem)
def test_every_key_that_is_read_is_named(module: Path) -> None:
    named = {word for code in re.findall(r"`([^`\n]+)`", PAGE) for word in re.findall(r"\w+", code)}

    assert keys_read(module) - named == set()


def test_the_worlds_keys_are_looked_for_in_every_module() -> None:
    assert len({key for module in MODULES for key in keys_read(module)}) > 100


def test_the_pages_world_is_read_as_it_says() -> None:
    files = dict(re.findall(r"`([\w./-]+\.yaml)`:\n+```yaml\n(.*?)```", PAGE, re.DOTALL))
    del files["chargen.yaml"]

    assert addresses(files) == [
        "chapter/ch01/scn-01/img-01",
        "character/odo/asleep-on-the-sacks/main",
        "location/mill/overview/main",
        "location/mill/sluice/main",
    ]
    assert findings(files) == []
    assert sections(files, "chapter/ch01/scn-01/img-01")["setting"] == {"place": "The Mill", "text": "sluice"}


def test_the_pages_inventory_row_is_tied() -> None:
    files = dict(re.findall(r"`([\w./-]+\.yaml)`:\n+```yaml\n(.*?)```", PAGE, re.DOTALL))
    (path,) = re.findall(r"`(images/[\w./-]+)`", PAGE)
    files["characters/odo/imagery.yaml"] += f"image_inventory: [{{path: {path}, status: approved}}]\n"

    from tests.worlds import plan_of, whys

    plan = plan_of({**files, f"characters/odo/{path}": a_picture()}, only=("character/*",))
    assert list(whys(plan).values()) == [f"skip: unchanged: made before chargen: characters/odo/{path}"]
