"""What a change of the tree changes: IR field by IR field, old and new, for every shot it touches. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import Address
from chargen.core.contrast import contrast_lists, contrast_texts
from chargen.core.counted import counted
from chargen.core.digest import SECTIONS, canonical, same
from chargen.core.one_line import one_line
from chargen.core.report import markdown_escape
from chargen.errors import Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chargen.core.compiled import CompiledShot

NOT_USED: Final = "not used by any shot"
_SIDE_BY_SIDE: Final = 90
_NAMED: Final = 3  # of the shots that one change is in, and how many more


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of a shot, before and after; None: it was not there."""

    field: str
    old: str | None
    new: str | None
    lists: tuple[tuple[str, ...], tuple[str, ...]] | None = None  # both sides of a list, item by item

    @property
    def shown(self) -> FieldChange:
        """The change as people compare it: what went and what came, the rest counted in the field's name."""
        if self.lists is not None:
            (old, new), rest = contrast_lists(*self.lists)
            return FieldChange(f"{self.field} ({rest})" if rest else self.field, old, new)
        if self.old is None or self.new is None:
            return self
        return FieldChange(self.field, *contrast_texts(self.old, self.new))


@dataclass(frozen=True, slots=True)
class ShotChange:
    """One shot that a change of the tree touches."""

    address: Address
    kind: str  # added | removed | changed
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True, slots=True)
class UnusedChange:
    """A part of a writer's file (its name empty: the whole file) that changed and that no shot uses."""

    path: str
    part: str
    kind: str  # added | removed | changed
    line: int = 0  # where it stands now; 0: nowhere any more, or the whole file

    @property
    def place(self) -> Place:
        """Where it stands."""
        return Place(self.path, self.line)


@dataclass(frozen=True, slots=True)
class Changes:
    """What lies between two trees: the shots that ask for something else, and what no shot uses."""

    shots: tuple[ShotChange, ...] = ()
    unused: tuple[UnusedChange, ...] = ()


def changes_between(
    before: Mapping[Address, CompiledShot], after: Mapping[Address, CompiledShot]
) -> tuple[ShotChange, ...]:
    """The shots that are new, gone, or ask for something else."""
    found = []
    for address in sorted({*before, *after}):
        old, new = before.get(address), after.get(address)
        if old is None or new is None:
            found.append(ShotChange(address, "added" if old is None else "removed"))
            continue
        fields = (*_fields(old.ir.sections, new.ir.sections), *_sent(old, new))
        if fields:
            found.append(ShotChange(address, "changed", fields))
    return tuple(found)


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    for section in SECTIONS:
        was, now = (
            dict(_flat(canonical(old.get(section)), section)),
            dict(_flat(canonical(new.get(section)), section)),
        )
        for name in [*now, *(gone for gone in was if gone not in now)]:
            if was.get(name) != now.get(name):
                yield _field(name, was.get(name), now.get(name))


def _field(name: str, was: _Leaf | None, now: _Leaf | None) -> FieldChange:
    old, new = ("; ".join(leaf) if isinstance(leaf, tuple) else leaf for leaf in (was, now))
    lists = (was, now) if isinstance(was, tuple) and isinstance(now, tuple) else None
    return FieldChange(name, old, new, lists)


_Leaf = str | tuple[str, ...]


def _flat(value: Any, path: str) -> Iterator[tuple[str, _Leaf]]:
    """Leaves by their dotted path; people and references by their name, so that one more shifts nothing."""
    if isinstance(value, dict):
        for key in sorted(value):
            yield from _flat(value[key], f"{path}.{key}")
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for item in value:
            name = item.get("id") or item.get("name") or ""
            yield from _flat(
                {key: part for key, part in item.items() if key != "name"} or name, f"{path}.{name}"
            )
    elif isinstance(value, list):
        yield path, tuple(map(str, value))
    elif value is not None:
        yield path, str(value)


def _sent(old: CompiledShot, new: CompiledShot) -> Iterator[FieldChange]:
    """What is sent besides the words: the pictures' bytes and the aspect ratio."""
    was = {sent.used.id: sent.sha256 for sent in old.references}
    for sent in new.references:
        before = was.get(sent.used.id)
        if before is not None and not (same(before, sent.sha256) or before == sent.sha256):
            yield FieldChange(
                f"references.{sent.used.id}.picture", before[:19] or "none", sent.sha256[:19] or "none"
            )
    if old.provider.aspect_ratio != new.provider.aspect_ratio:
        yield FieldChange("aspect_ratio", old.provider.aspect_ratio, new.provider.aspect_ratio)


def _alike(changes: Sequence[ShotChange]) -> Iterator[tuple[ShotChange, list[Address]]]:
    """Each change once, with all the shots that it is in; those that came and went one by one."""
    found: dict[object, tuple[ShotChange, list[Address]]] = {}
    for change in changes:
        _, addresses = found.setdefault(change.fields or change.address, (change, []))
        addresses.append(change.address)
    yield from found.values()


def changes_lines(
    changes: Sequence[ShotChange],
    *,
    base: str,
    unused: Sequence[UnusedChange] = (),
    everything: bool = False,
) -> Iterator[str]:
    """The changes as text: what several shots share once, below the first of them, or below all."""
    signs = {"added": "+", "removed": "-", "changed": "~"}
    for change, addresses in _alike(changes):
        named = addresses if everything else addresses[:_NAMED]
        yield from (f"{signs[change.kind]} {address}" for address in named)
        if len(named) < len(addresses):
            yield f"  and {counted(len(addresses) - len(named), 'more shot')}"
        for item in (field.shown for field in change.fields):
            yield f"    {one_line(item.field)}"
            if item.old is not None:
                yield f"      - {one_line(item.old)}"
            if item.new is not None:
                yield f"      + {one_line(item.new)}"
    for part in unused:
        yield one_line(f". {part.place}: {_told(part)}")
    yield f"Against {one_line(base)}: {_summary(changes, unused)}."


def _told(part: UnusedChange) -> str:
    return f"{part.part}: {part.kind}, {NOT_USED}".removeprefix(": ")


def _summary(changes: Sequence[ShotChange], unused: Sequence[UnusedChange]) -> str:
    touched = f"{counted(len(changes), 'shot')} changed" if changes else "no shot changed"
    return touched + (f"; {counted(len(unused), 'change')} {NOT_USED}" if unused else "")


def changes_markdown(changes: Sequence[ShotChange], *, base: str, unused: Sequence[UnusedChange] = ()) -> str:
    """The changes for a GitHub comment."""
    lines = [f"**Against {markdown_escape(base)}: {_summary(changes, unused)}.**", ""]
    for change, addresses in _alike(changes):
        more = len(addresses) - _NAMED
        named = ", ".join(f"`{address}`" for address in addresses[:_NAMED])
        lines.append(f"- {named}{f' and {more} more' if more > 0 else ''} {change.kind}")
        for item in (field.shown for field in change.fields):
            old, new = (markdown_escape(text) if text is not None else "—" for text in (item.old, item.new))
            lines.append(f"  - {markdown_escape(item.field)}: {old} → {new}")
    lines += unused_markdown(unused)
    return "\n".join(lines) + "\n"


def reworded(change: FieldChange) -> Iterator[str]:
    """An item of a list in markdown: on one line where old and new fit; else below each other, to be compared."""
    shown = change.shown
    name = markdown_escape(shown.field)
    old, new = (markdown_escape(text) if text is not None else "—" for text in (shown.old, shown.new))
    if len(old) + len(new) <= _SIDE_BY_SIDE:
        yield f"- **{name}**: {old} → {new}"
    else:
        yield from (f"- **{name}**", f"  - was: {old}", f"  - now: {new}")


def unused_markdown(unused: Sequence[UnusedChange]) -> Iterator[str]:
    """What no shot uses, a line each."""
    for item in unused:
        yield f"- {markdown_escape(str(item.place))}: {markdown_escape(_told(item))}"


def changes_data(
    changes: Sequence[ShotChange], *, base: str, unused: Sequence[UnusedChange] = ()
) -> dict[str, Any]:
    """The changes as plain data."""
    return {
        "base": base,
        "changes": [
            {
                "address": str(change.address),
                "kind": change.kind,
                "fields": [{"field": item.field, "old": item.old, "new": item.new} for item in change.fields],
            }
            for change in changes
        ],
        "unused": unused_data(unused),
    }


def unused_data(unused: Sequence[UnusedChange]) -> list[dict[str, Any]]:
    """What no shot uses, as plain data."""
    return [{"path": item.path, "part": item.part, "kind": item.kind, "line": item.line} for item in unused]
