"""The prose a world lets into prompts: named sections and front-matter values of a markdown file, as plain text. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from markdown_it.token import Token

from chargen.dialects.yaml_text import BadYaml, read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from markdown_it import MarkdownIt


@dataclass(frozen=True, slots=True)
class Passage:
    """A section or front-matter value: its name, its text without markup, and its first line (from 1)."""

    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    level: int
    line: int
    tokens: list[Token]


def passages(
    text: str, *, sections: Sequence[str], front_matter: Sequence[str], path: str
) -> tuple[Passage, ...]:
    """
    The named parts of a file that exist, front matter first, in the order they are named; headings match ignoring case.

    Raises BadYaml when the front matter cannot be read.
    """
    if not sections and not front_matter:
        return ()
    tokens = _parser().parse(text.removeprefix("\ufeff"))
    found = list(_front_matter(tokens, front_matter, path)) if front_matter else []
    known = list(_sections(tokens))
    for name in sections:
        for section in known:
            if section.title.casefold() == name.casefold():
                said = _plain(section.tokens)
                found += [Passage(section.title, said, section.line)] if said else []
    return tuple(found)


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.front_matter import front_matter_plugin

    return MarkdownIt("commonmark").enable("table").use(front_matter_plugin)


def _front_matter(tokens: Sequence[Token], names: Sequence[str], path: str) -> Iterator[Passage]:
    block = next((token for token in tokens if token.type == "front_matter"), None)
    if block is None:
        return
    try:
        document = read_yaml(block.content, path=path)
    except BadYaml as error:
        line = error.place.line + 1 if error.place else 1  # the opening --- is line 1
        raise BadYaml(f"front matter: {error.message}", hint=error.hint, place=_at(path, line)) from None
    if not isinstance(document.data, dict):
        return
    for name in names:
        said = _value(document.data.get(name))
        if said:
            yield Passage(name, said, document.place(name).line + 1)


def _at(path: str, line: int) -> Any:
    from chargen.errors import Place

    return Place(path, line)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(filter(None, map(_value, value)))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_value(item)}" for key, item in value.items() if _value(item))
    return "" if value is None else str(value).strip()


def _sections(tokens: Sequence[Token]) -> Iterator[_Section]:
    """Each heading with everything below it, up to the next heading of its level or a higher one."""
    heads = [i for i, token in enumerate(tokens) if token.type == "heading_open"]
    for i in heads:
        level = int(tokens[i].tag[1:])
        end = next((j for j in heads if j > i and int(tokens[j].tag[1:]) <= level), len(tokens))
        line = (tokens[i].map or [0])[0] + 1
        yield _Section(_inline(tokens[i + 1]).strip(), level, line, list(tokens[i + 3 : end]))


def _plain(tokens: Sequence[Token]) -> str:
    """Text without markup: paragraphs by spaces, list items and table cells by semicolons."""
    words: list[str] = []
    for token in tokens:
        if token.type == "inline":
            words.append(_inline(token).strip())
        elif (
            token.type in {"list_item_close", "td_close", "th_close"}
            and words
            and not words[-1].endswith((";", ".", ":"))
        ):
            words[-1] += ";"
    return " ".join(words).strip(" ;")


def _inline(token: Token) -> str:
    return "".join(
        " "
        if child.type in {"softbreak", "hardbreak"}
        else child.content
        if child.type in {"text", "code_inline"}
        else ""
        for child in token.children or ()
    )
