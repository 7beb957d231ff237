"""
Words that were never meant for a picture: an assistant's small talk, a template's gaps, paths, and words that say nothing.

Pure. A phrase has to be one that no writer paints with: a finding that is wrong once is read no more.
"""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_EXCERPT: Final = 60
_GAPS: Final = frozenset(
    {
        "",
        "na",
        "none",
        "null",
        "nil",
        "tbd",
        "tba",
        "tbc",
        "todo",
        "fixme",
        "xxx",
        "placeholder",
        "description",
    }
)
_LETTERS: Final = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Odd:
    """One odd phrase: the rule it breaks, what it is, and what to do."""

    rule: str
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Sort:
    """One sort of odd phrase; none is looked for where no `sign` of it is: most texts have none."""

    rule: str
    message: str
    hint: str
    signs: tuple[str, ...]
    phrases: re.Pattern[str]


def _any_of(*phrases: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    return re.compile("|".join(phrases), flags)


_SMALL_TALK: Final = _Sort(
    "small-talk",
    "this reads like an assistant's reply",
    "delete what is not about the picture",
    (
        " ai",
        "language model",
        "certainly",
        "sure",
        "of course",
        "absolutely",
        "here is",
        "here's",
        "here are",
        "hope th",
        "let me know",
        "like me to",
        "want me to",
        "feel free",
        "i can",
        "i'm ",
        "i am ",
        "i've",
        "i have",
        "provided",
    ),
    _any_of(
        r"\bas an? (?:ai|artificial intelligence|(?:large )?language model)\b",
        r"\b(?:certainly|sure|of course|absolutely)[!,.:] +(?:here(?:'s| is| are)|i(?:'ll|'d| will| can| have)) ",
        r"\A\W*here(?:'s| is| are) (?:an?|the|your|some) (?:\w+ ){0,3}(?:descriptions?|prompts?|version|summary|draft)\b",
        r"\bi hope (?:this|that) (?:helps|works|meets)\b",
        r"\blet me know if (?:you|there|this|any)\b",
        r"\b(?:would you like|do you want) me to\b",
        r"\bfeel free to (?:ask|adjust|modify|change|let)\b",
        r"\bi (?:can't|cannot|can not|am unable to|'m unable to) (?:assist|help|fulfil|comply|create|generate|provide)",
        r"\bi(?:'ve| have) (?:created|written|rewritten|updated|revised|drafted|generated|provided) ",
        r"\b(?:based on|from) the (?:provided|given) (?:text|context|information|passage|excerpt|chapter|material)\b",
        r"\bthe (?:provided|given) (?:text|context|passage|excerpt|material) (?:does not|doesn't|gives no|contains no)\b",
    ),
)
_LEFTOVER: Final = _Sort(
    "template-leftover",
    "a template's gap was left open",
    "write what belongs there, or delete the line",
    ("{", "<", "[", "todo", "fixme", "tb", "lorem", "xxx", "placeholder"),
    _any_of(
        r"\{\{[^{}]*\}\}",
        r"\{%[^{}]*%\}",
        r"\$?\{[A-Za-z][\w .-]*\}",
        r"(?i:<(?:insert|your|add|fill|enter|name|description|placeholder|character|location|todo|tbd)\b[^<>]{0,60}>)",
        r"(?i:\[(?:insert|your|add|fill|enter|placeholder|todo|tbd)\b[^\[\]]{0,60}\])",
        r"(?i:\[[^\[\]]{0,60}\bhere\])",
        r"(?i:\blorem ipsum\b|\bplaceholder (?:text|description|image)\b)",
        r"\b(?:TODO|FIXME|TBD|TBC)\b",
        r"(?:\A|[^\w ] *|\b[a-z]+ +)X{3,}\b",
        flags=re.RegexFlag(0),
    ),
)
_PATH: Final = _Sort(
    "absolute-path",
    "a path of one machine says nothing about a picture",
    "delete it; a reference picture is named under `references`",
    ("/home/", "/users/", ":\\", "file://"),
    _any_of(r"(?<![\w.])/(?:home|users)/\S*", r"\b[a-z]:\\\S*", r"\bfile://\S*"),
)


def odd_words(text: str) -> Iterator[Odd]:
    """What in a text was never meant for a picture, each sort once."""
    plain = text.replace("’", "'")
    lower = plain.lower()
    for sort in (_SMALL_TALK, _LEFTOVER, _PATH):
        if not any(sign in lower for sign in sort.signs):
            continue
        found = sort.phrases.search(plain)
        if found:
            yield Odd(sort.rule, f"{sort.message}: {_around(plain, found)!r}", sort.hint)


def _around(text: str, found: re.Match[str]) -> str:
    """The phrase with the words after it, on one line."""
    start = found.start()
    said = " ".join(text[start : start + 2 * _EXCERPT].split())
    return said if len(said) <= _EXCERPT else f"{said[:_EXCERPT].rpartition(' ')[0] or said[:_EXCERPT]} …"


def says_nothing(text: str) -> bool:
    """Whether a text names nothing that could be seen: empty, dashes or dots, `TBD`, `n/a`."""
    return _LETTERS.sub("", text).lower() in _GAPS


@functools.lru_cache(maxsize=32768)
def things(text: str) -> frozenset[str]:
    """The things a line lists; case, plurals, articles and white space make no difference."""
    parts = (_thing(part) for part in re.split(r"[,;\n]", text.casefold()))
    return frozenset(part for part in parts if part)


def _thing(text: str) -> str:
    words = _LETTERS.sub(" ", text).split()
    while words and words[0] in {"a", "an", "the", "any", "some"}:
        words = words[1:]
    return " ".join(map(_singular, words))


def _singular(word: str) -> str:
    for ending, single in (("ies", "y"), ("sses", "ss"), ("shes", "sh"), ("ches", "ch"), ("xes", "x")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word.removesuffix(ending) + single
    return word if word.endswith("ss") or len(word) < 4 else word.removesuffix("s")
