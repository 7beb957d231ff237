"""
What GitHub would make of a markdown text of ours: read by a CommonMark parser with GitHub's extensions, never by eye.

GitHub looks for mentions, references and addresses in what was rendered, outside of code; so does this.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

from markdown_it import MarkdownIt

if TYPE_CHECKING:
    from markdown_it.token import Token

_MENTION: Final = re.compile(r"(?<![\w`@/])@[A-Za-z0-9][A-Za-z0-9-]*(?:/[\w.-]+)?")
_REFERENCE: Final = re.compile(r"(?<![\w#&])(?:[\w.-]+/[\w.-]+)?#\d+|\bGH-\d+", re.IGNORECASE)
_ADDRESS: Final = re.compile(
    r"\b(?:https?|ftp)://[^\s<]|\bwww\.[\w-]|[\w.+-]+@[\w-]+\.\w|\bmailto:\S+@\w", re.IGNORECASE
)
_BOX: Final = re.compile(r"^\s*\[[ xX]\]\s")
# zero-width space aside, which parts what would otherwise be one
_KNOWN_TAGS: Final = frozenset({"details", "summary", "img"})
_KNOWN_ATTRIBUTES: Final = frozenset({"src", "width", "alt"})


@dataclass
class Page:
    """What a reader, and GitHub, would find on a page."""

    words: list[str] = field(default_factory=list)
    boxes: list[str] = field(default_factory=list)
    tags: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    sources: list[str] = field(default_factory=list)
    alts: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    headings: int = 0

    @property
    def text(self) -> str:
        """All that is shown outside of code."""
        return "\n".join(self.words)

    def effects(self) -> list[str]:
        """What takes effect that a text may not have: ours are the tags, comments and links of a plain page."""
        said = [f"mention {found[0]}" for found in _MENTION.finditer(self.text)]
        said += [f"reference {found[0]}" for found in _REFERENCE.finditer(self.text)]
        said += [f"address {found[0]}" for found in _ADDRESS.finditer(self.text)]
        said += [f"box {box}" for box in self.boxes]
        said += [f"link {link}" for link in self.links]
        said += [
            f"tag {name} {attributes}" for name, attributes in self.tags if _is_foreign(name, attributes)
        ]
        return said

    @property
    def shape(self) -> tuple[object, ...]:
        """What a text must not change: tags, comments, sources, headings."""
        return (self.tags, self.comments, self.sources, self.headings)


def _is_foreign(name: str, attributes: tuple[str, ...]) -> bool:
    return name.strip("/") not in _KNOWN_TAGS or not _KNOWN_ATTRIBUTES.issuperset(attributes)


class _Html(HTMLParser):
    def __init__(self, page: Page) -> None:
        super().__init__(convert_charrefs=True)
        self.page = page

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.tags.append((tag, tuple(name for name, _ in attrs)))
        self.page.sources += [value or "" for name, value in attrs if name in {"src", "href"}]
        self.page.alts += [value or "" for name, value in attrs if name == "alt"]

    def handle_endtag(self, tag: str) -> None:
        self.page.tags.append((f"/{tag}", ()))

    def handle_comment(self, data: str) -> None:
        self.page.comments.append(data)

    def handle_data(self, data: str) -> None:
        self.page.words.append(data)


def read(markdown: str) -> Page:
    """The page that a markdown text makes."""
    page = Page()
    html: list[str] = []
    for token in MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(markdown):
        page.headings += token.type == "heading_open"
        if token.type == "html_block":
            html.append(token.content)
        elif token.type == "inline":
            _inline(token, page, html)
    reader = _Html(page)
    reader.feed("".join(html))
    reader.close()
    return page


def _inline(token: Token, page: Page, html: list[str]) -> None:
    words: list[str] = []
    for child in token.children or ():
        if child.type in {"text", "text_special"}:
            words.append(child.content)
        elif child.type in {"softbreak", "hardbreak"}:
            words.append("\n")
        elif child.type == "html_inline":
            html.append(child.content)
        elif child.type in {"link_open", "image"}:
            page.links.append(str(child.attrs.get("href") or child.attrs.get("src")))
    said = "".join(words)
    page.words.append(said)
    page.boxes += [
        line for line in token.content.split("\n") if _BOX.match(line)
    ]  # GitHub looks at what is written
