"""How much prose reaches a prompt: the character budget of a kind, and names that no file has. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from chargen.core.digest import canonical
from chargen.core.problem import Problem, warning
from chargen.core.shot import Origin, YamlPath
from chargen.core.suggest import did_you_mean
from chargen.core.world import CONFIG_FILE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from chargen.core.world_config import Context
    from chargen.errors import Place


@dataclass(frozen=True, slots=True)
class Trimmed:
    """Prose that the character budget kept out of a prompt."""

    name: str
    kept: int
    length: int
    source: YamlPath


def within_budget(texts: Sequence[str], budget: int) -> list[str]:
    """Each text as far as the budget lets it in, in their order: what fits as it is, one cut at a word, then nothing more."""
    kept, left = [], budget
    for text in texts:
        spelled = canonical(text)
        short = cut_at_word(spelled, left)
        kept.append(text if short == spelled else short)
        left = left - len(short) if short == spelled else 0
    return kept


def cut_at_word(text: str, length: int) -> str:
    """The longest beginning of a text that ends with a whole word and has at most `length` characters."""
    if len(text) <= length:
        return text
    return text[: length + 1].rpartition(" ")[0].rstrip(",;: ") if length > 0 else ""


def title_key(title: str) -> str:
    """What two spellings of a heading have in common: case, accents as composed, and white space aside."""
    return str(canonical(title)).casefold()


@dataclass
class ProseNames:
    """The headings and front-matter keys that the files of one kind have."""

    titles: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    unread: bool = False  # one of them could not be read, and may have any

    def learn(self, titles: Iterable[str], keys: Iterable[str]) -> None:
        """Add those of one more file."""
        self.titles.update(titles)
        self.keys.update(keys)


def unknown_prose(
    contexts: Mapping[Any, Context], known: Mapping[str, ProseNames], locate: Callable[[Origin], Place]
) -> Iterator[Problem]:
    """A warning for each section and front-matter key that the world names and no file of that kind has."""
    for kind, names in known.items():
        if names.unread:
            continue
        context = contexts[kind]
        titles = {title_key(title) for title in names.titles}
        hint = f"no file beside the imagery.yaml of a {kind} that is named {', '.join(context.files)} has any"
        for i, name in enumerate(context.sections):
            if title_key(name) not in titles:
                place = locate(Origin(CONFIG_FILE, ("context", kind, "sections", i)))
                message = f"no {kind} has a section {name!r}"
                near = did_you_mean(name, names.titles) or hint
                yield warning(place, message, hint=near, rule="unknown-section")
        for i, name in enumerate(context.front_matter):
            if name not in names.keys:
                place = locate(Origin(CONFIG_FILE, ("context", kind, "front_matter", i)))
                message = f"no {kind} has {name!r} in its front matter"
                near = did_you_mean(name, names.keys) or hint
                yield warning(place, message, hint=near, rule="unknown-front-matter")
