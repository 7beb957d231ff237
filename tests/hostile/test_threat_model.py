"""The threat model in SECURITY.md points at tests that exist."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import Final

from tests.commands.conftest import REPOSITORY

PAGE: Final = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
NAMED: Final = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


@cache
def promises_of(path: str) -> frozenset[str]:
    tree = ast.parse((REPOSITORY / path).read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef))


def test_every_row_names_tests_and_all_of_them_exist() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| ") and line.count("|") == 5][1:]
    threats = [row for row in rows if not row.startswith("| **")]

    assert len(threats) > 20
    assert [row for row in threats if not NAMED.search(row)] == []
    assert [found[0] for found in NAMED.finditer(PAGE) if found[2] not in promises_of(found[1])] == []


def test_the_files_and_folders_it_names_are_there() -> None:
    named = set(re.findall(r"`(tests/hostile/[\w./]+?)/?`", PAGE))

    assert named
    assert [path for path in named if not (REPOSITORY / path).exists()] == []
