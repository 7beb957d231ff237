"""Which pushes order pictures: the branch and path filters, matched as GitHub does."""

from __future__ import annotations

import re

import pytest

from tests.workflows.parsed import CALLERS, read

PUSH = next(read(file)["on"]["push"] for file in CALLERS if "submit" in file.name)
TOKENS = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "?", "+": "+"}


def expression(pattern: str) -> str:
    """A filter pattern of GitHub's as a regular expression; `?` and `+` are about the character before them."""
    return "".join(
        TOKENS.get(token) or (token if token.startswith("[") else re.escape(token))
        for token in re.findall(r"\*\*/|\*\*|\*|\?|\+|\[[^]]*\]|.", pattern)
    )


def matches(patterns: list[str], text: str) -> bool:
    """Whether the patterns select a name: the last one that matches decides, and `!` takes away."""
    taken = False
    for pattern in patterns:
        if re.fullmatch(expression(pattern.removeprefix("!")), text):
            taken = not pattern.startswith("!")
    return taken


@pytest.mark.parametrize(
    ("pattern", "yes", "no"),
    [
        ("*.md", "a.md", "docs/a.md"),
        ("docs/*", "docs/a.md", "docs/b/a.md"),
        ("**/README.md", "README.md", "a/MYREADME.md"),
        ("**/README.md", "a/b/README.md", "README.md.txt"),
        ("docs/**", "docs/a/b.md", "src/docs/a.md"),
        ("v[12].?.0+", "v1.00", "v3.00"),
    ],
)
def test_the_matcher_reads_patterns_as_githubs_page_explains_them(pattern: str, yes: str, no: str) -> None:
    assert matches([pattern], yes)
    assert not matches([pattern], no)
    assert not matches([pattern, "!" + pattern], yes)


@pytest.mark.parametrize(
    "path",
    [
        "imagery.yaml",
        "characters/mira/imagery.yaml",
        "world/locations/mill/imagery.yaml",
        "content/characters/mira/image-ideas.yaml",
        "characters/mira/image_ideas.yaml",
        "chargen.yaml",
        "world/chargen.yaml",
        "chapters/one/chapter.md",
        "characters/mira/images/face.png",
        "style/paper.webp",
        "style/ink.jpg",
        "style/ink.jpeg",
        "characters/mira/face.gif",
        "characters/mira/IMG_0042.JPG",
        "characters/mira/face.PNG",
        "style/Ink.Jpeg",
        "style/paper.WEBP",
    ],
)
def test_a_push_of_a_worlds_files_orders_pictures(path: str) -> None:
    assert matches(PUSH["paths"], path)


@pytest.mark.parametrize(
    "path",
    [
        ".github/workflows/chargen-submit.yml",
        "CODEOWNERS",
        "src/app.py",
        "package.json",
        "imagery.yaml.orig",
        "old-imagery.yaml",
        "characters/mira/imagery.json",
        "config/site.yaml",
        "public/icon.svg",
        "characters/mira/face.png.txt",
    ],
)
def test_a_push_of_other_files_starts_nothing(path: str) -> None:
    assert not matches(PUSH["paths"], path)


def test_only_the_default_branch_orders_pictures() -> None:
    branches = ["main", "drafts", "chargen/tracking", "chargen/location/pier.1", "feature/main"]

    assert [branch for branch in branches if matches(PUSH["branches"], branch)] == ["main"]
