"""Which parts of a writer's file differ between two readings of it: keys of YAML, sections of markdown. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from chargen.core.shot import YamlPath
from chargen.dialects.markdown import outline
from chargen.dialects.yaml_text import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chargen.dialects.markdown import Part

# What tells the entries of a list apart, so that one more shifts none of the others.
_NAMES: Final = (
    "id",
    "custom_id",
    "slug",
    "zone_slug",
    "zone_id",
    "image_slug",
    "beat_slug",
    "beat_id",
    "title",
    "zone_name",
    "name",
    "ref",
    "path",
)
_ROWS: Final = "generated_images"  # nobody's words


@dataclass(frozen=True, slots=True)
class ChangedPart:
    """A part that was added (`old` None), removed (`new` None) or changed; its name for people, and where it is now."""

    name: str
    line: int = 0
    old: YamlPath | None = None
    new: YamlPath | None = None
    titles: tuple[str, ...] = ()  # of a section
    key: str = ""  # of a front matter
    said: tuple[str, ...] = ()  # the texts that are there on one side alone

    @property
    def kind(self) -> str:
        """`added`, `removed` or `changed`."""
        return "added" if self.old is None else "removed" if self.new is None else "changed"


def changed_keys(old: str | None, new: str | None, *, path: str) -> Iterator[ChangedPart]:
    """The keys of a YAML file whose values differ, rows and white space aside. BadYaml."""
    before, after = (read_yaml(text, path=path) if text is not None else None for text in (old, new))
    if before is None or after is None:
        yield ChangedPart("", 0, None if before is None else (), None if after is None else ())
        return
    for part in _differing(before.data, after.data, "", (), ()):
        now = part.new
        line = after.place(*now, key=bool(now) and isinstance(now[-1], str)).line if now is not None else 0
        yield replace(part, line=line)


def _differing(old: Any, new: Any, name: str, was: YamlPath, now: YamlPath) -> Iterator[ChangedPart]:
    entries = _entries(old, new)
    if entries is None:
        before_it, after_it = _spelled(old), _spelled(new)
        if before_it != after_it:
            said = tuple(set(_texts(before_it)) ^ set(_texts(after_it)))
            yield ChangedPart(name, 0, was, now, said=said)
        return
    before, after = entries
    for label in [*after, *(gone for gone in before if gone not in after)]:
        inner = label if label.startswith("[") else f".{label}"
        whole = f"{name}{inner}".lstrip(".")
        here = (*was, before[label]) if label in before else None
        there = (*now, after[label]) if label in after else None
        if here and there:
            yield from _differing(old[here[-1]], new[there[-1]], whole, here, there)
        elif _spelled(old[here[-1]] if here else new[there[-1]] if there else None):
            yield ChangedPart(whole, 0, here, there)


def _entries(old: Any, new: Any) -> tuple[Mapping[str, str | int], Mapping[str, str | int]] | None:
    """The entries of two mappings or two lists of mappings, by a name; None: they are compared as they are."""
    if isinstance(old, dict) and isinstance(new, dict):
        before, after = ({str(key): key for key in data if key != _ROWS} for data in (old, new))
        return before, after
    if not (isinstance(old, list) and isinstance(new, list)):
        return None
    if not all(isinstance(item, dict) for item in (*old, *new)):
        return None
    key = next((key for key in _NAMES if _tells_apart(old, key) and _tells_apart(new, key)), None)
    names = [{str(item[key]) if key else f"[{i}]": i for i, item in enumerate(data)} for data in (old, new)]
    return names[0], names[1]


def _tells_apart(items: list[Any], key: str) -> bool:
    names = [item.get(key) for item in items]
    return all(isinstance(name, (str, int)) for name in names) and len(set(map(str, names))) == len(names)


def _spelled(value: Any) -> Any:
    """A value without its white space; empty where it says nothing."""
    if isinstance(value, dict):
        pairs = {str(key): _spelled(item) for key, item in value.items() if key != _ROWS}
        return {key: item for key, item in pairs.items() if item}
    if isinstance(value, list):
        return [item for item in map(_spelled, value) if item]
    return "" if value is None else " ".join(str(value).split())


def _texts(value: Any) -> Iterator[str]:
    """Every text of a spelled value."""
    if isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _texts(item)
    else:
        yield value


def changed_sections(old: str | None, new: str | None, *, path: str) -> Iterator[ChangedPart]:
    """The pieces of a markdown file that differ, white space aside, those that are gone last."""
    before, after = (_pieces(text, path) if text is not None else {} for text in (old, new))
    for piece in [*after, *(gone for gone in before if gone not in after)]:
        was, now = before.get(piece), after.get(piece)
        if _spelled(was.text if was else "") == _spelled(now.text if now else ""):
            continue
        titles, key, _ = piece
        name = " / ".join(titles) or key or "before the first heading"
        line = now.line if now else 0
        yield ChangedPart(name, line, () if was else None, () if now else None, titles, key)


def _pieces(text: str, path: str) -> dict[tuple[tuple[str, ...], str, int], Part]:
    """Each piece by its heading and those above it, the first, second ... of that name."""
    seen: Counter[tuple[tuple[str, ...], str]] = Counter()
    found = {}
    for part in outline(text, path=path):
        found[part.titles, part.key, seen[part.titles, part.key]] = part
        seen[part.titles, part.key] += 1
    return found
