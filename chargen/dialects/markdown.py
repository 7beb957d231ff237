"""
The prose a world lets into prompts: named sections and front-matter values of a markdown file, as plain text. Pure.

What carries no words of the text is left out: comments and HTML, code blocks, pictures, footnotes, what is struck out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from chargen.core.prose import title_key
from chargen.dialects.yaml_text import BadYaml, YamlDocument, read_yaml
from chargen.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_LINE_END: Final = re.compile(r"\r\n?|\n")
_TASK_BOX: Final = re.compile(r"\[[ xX]\]\s+")
_SAYS: Final = frozenset({"text", "text_special", "code_inline"})
_PART_ENDS: Final = frozenset({"list_item_close", "td_close", "th_close"})


@dataclass(frozen=True, slots=True)
class Passage:
    """A section or front-matter value: its name, its text without markup, and its first line (from 1)."""

    name: str
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Prose:
    """What a file gives of what is named, and every name it has: its headings, the keys of its front matter."""

    passages: tuple[Passage, ...] = ()
    titles: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a file as it is written: a front-matter value, or what stands between one heading and the next."""

    titles: tuple[str, ...]  # its heading, below those it belongs to; empty: before the first
    key: str  # of the front matter
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class _Section:
    title: str
    first: int  # among the tokens, its heading
    end: int
    level: int
    line: int


def read_prose(text: str, *, sections: Sequence[str], front_matter: Sequence[str], path: str) -> Prose:
    """
    The named parts of a file, front matter first, in the order they are named; headings match ignoring case.

    A section that lies in one taken before comes with it, once. Raises BadYaml when front matter that is asked for
    cannot be read.
    """
    if not sections and not front_matter:
        return Prose()
    file = _File(text, path)
    values = list(file.values(front_matter)) if front_matter else []
    named = [file.passage(section) for section in _named(file.sections, sections)]
    return Prose(
        (*values, *(passage for passage in named if passage.text)),
        tuple(dict.fromkeys(section.title for section in file.sections)),
        file.keys,
    )


def outline(text: str, *, path: str) -> tuple[Part, ...]:
    """Every piece of a file as it is written; a front matter that cannot be read is one piece."""
    file = _File(text, path)
    return (*file.front_parts(), *file.section_parts())


def _named(sections: Sequence[_Section], names: Sequence[str]) -> Iterator[_Section]:
    taken: set[int] = set()
    for name in names:
        wanted = title_key(name)
        for place, section in enumerate(sections):
            if place not in taken and title_key(section.title) == wanted:
                taken.update(_within(sections, place))
                yield section


def _within(sections: Sequence[_Section], place: int) -> Iterator[int]:
    """The places of a section and of those that lie in it."""
    end = sections[place].end
    while place < len(sections) and sections[place].first < end:
        yield place
        place += 1


class _File:
    """A markdown file, its blocks parsed; the words of a block only when they are asked for."""

    def __init__(self, text: str, path: str) -> None:
        self._text, self._path = text.removeprefix("\ufeff"), path
        self._env: dict[str, Any] = {}
        self._parser = _parser()
        self._tokens = self._parser.parse(self._text, self._env)
        self._front: YamlDocument | BadYaml | None = None
        if self._tokens and self._tokens[0].type == "front_matter":
            self._front = _front_matter(self._tokens[0], path)
            if self._front is None:
                self._tokens = _parser(front_matter=False).parse(self._text, self._env)
        self.sections = list(self._sections())

    @property
    def keys(self) -> tuple[str, ...]:
        """The keys of the front matter."""
        return tuple(self._front_data)

    def values(self, names: Iterable[str]) -> Iterator[Passage]:
        """The named values of the front matter. BadYaml when it cannot be read."""
        if isinstance(self._front, BadYaml):
            raise self._front
        for name in names:
            if said := _value(self._front_data.get(name)):
                yield Passage(name, said, self._line_of(name))

    def passage(self, section: _Section) -> Passage:
        """A section's words: paragraphs by spaces, list items and table cells by semicolons."""
        words: list[str] = []
        notes, before = 0, ""
        for token in self._tokens[section.first + 3 : section.end]:
            notes += (token.type == "footnote_reference_open") - (token.type == "footnote_reference_close")
            if token.type == "inline" and not notes:
                said = self._words(token).strip()
                words.append(_TASK_BOX.sub("", said, count=1) if before == "list_item_open" else said)
            elif token.type in _PART_ENDS and words and not words[-1].endswith((";", ".", ":")):
                words[-1] += ";"
            before = before if token.type == "paragraph_open" else token.type
        return Passage(section.title, " ".join(words).strip(" ;"), section.line)

    def front_parts(self) -> Iterator[Part]:
        """The front matter, value by value."""
        if isinstance(self._front, BadYaml):
            yield Part((), "front matter", self._tokens[0].content, 1)
        for key, value in self._front_data.items():
            yield Part((), key, _value(value), self._line_of(key))

    def section_parts(self) -> Iterator[Part]:
        """What stands before the first heading, and below each, as it is written."""
        lines = _LINE_END.split(self._text)
        front = self._tokens[0] if self._front is not None else None
        begin = front.map[1] if front is not None and front.map else 0
        above: list[_Section] = []
        for section, end in zip([None, *self.sections], [*self.sections, None], strict=True):
            last = end.line - 1 if end else len(lines)
            if section is None:
                yield Part((), "", "\n".join(lines[begin:last]), begin + 1)
                continue
            above = [*(it for it in above if it.end > section.first), section]
            text = "\n".join(lines[section.line - 1 : last])
            yield Part(tuple(it.title for it in above), "", text, section.line)

    @property
    def _front_data(self) -> dict[str, Any]:
        data = self._front.data if isinstance(self._front, YamlDocument) else None
        return {str(key): value for key, value in data.items()} if isinstance(data, dict) else {}

    def _line_of(self, key: str) -> int:
        return self._front.place(key).line + 1 if isinstance(self._front, YamlDocument) else 1

    def _sections(self) -> Iterator[_Section]:
        """Each heading with all below it: to the next of its level or a higher one, or to the end of its list or quote."""
        open_: list[_Section] = []
        closed: list[_Section] = []
        for i, token in enumerate(self._tokens):
            if token.type == "heading_open":
                level = int(token.tag[1:])
                ended = [
                    it for it in open_ if self._tokens[it.first].level == token.level and it.level >= level
                ]
            elif token.nesting < 0:
                level = 0
                ended = [it for it in open_ if self._tokens[it.first].level > token.level]
            else:
                continue
            closed += [_Section(it.title, it.first, i, it.level, it.line) for it in ended]
            open_ = [it for it in open_ if it not in ended]
            if level:
                title = self._words(self._tokens[i + 1]).strip()
                open_.append(_Section(title, i, len(self._tokens), level, (token.map or [0])[0] + 1))
        yield from sorted([*closed, *open_], key=lambda section: section.first)

    def _words(self, token: Token) -> str:
        children: list[Token] = []
        self._parser.inline.parse(token.content, self._parser, self._env, children)
        words, struck = [], 0
        for child in children:
            struck += (child.type == "s_open") - (child.type == "s_close")
            if not struck:
                words.append(
                    " " if child.type.endswith("break") else child.content if child.type in _SAYS else ""
                )
        return "".join(words)


@lru_cache(maxsize=2)
def _parser(*, front_matter: bool = True) -> MarkdownIt:
    """CommonMark with tables, footnotes and strike-outs, blocks only: words are parsed where they are used."""
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.front_matter import front_matter_plugin

    parser = MarkdownIt("commonmark").enable(["table", "strikethrough"]).use(footnote_plugin, inline=False)
    parser.disable(["inline", "text_join", "footnote_tail"])
    return parser.use(front_matter_plugin) if front_matter else parser


def _front_matter(block: Token, path: str) -> YamlDocument | BadYaml | None:
    """The front matter, or why it cannot be read; None: it is prose between two rules."""
    try:
        document = read_yaml(block.content, path=path)
    except BadYaml as error:
        if not block.content.partition("\n")[0].strip():
            return None
        line = error.place.line + 1 if error.place else 1  # the opening --- is line 1
        return BadYaml(f"front matter: {error.message}", hint=error.hint, place=Place(path, line))
    return document if document.data is None or isinstance(document.data, dict) else None


def _value(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(filter(None, map(_value, value)))
    if isinstance(value, dict):
        return "; ".join(f"{key}: {_value(item)}" for key, item in value.items() if _value(item))
    return "" if value is None else str(value).strip()
