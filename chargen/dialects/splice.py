"""
The surgical splice: rows into a YAML text, and not a byte changed outside machine-owned spans (DESIGN.md 4.1).

Decides which row a new one replaces, and proves each result by reading it again; what cannot be proved is
refused. Pure: text in, text out.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chargen.dialects.row_edit import Decision, Path, RowEdit, canonical, decide, decided_rows
from chargen.dialects.splice_cuts import cuts_for
from chargen.dialects.splice_owner import Cut
from chargen.dialects.yaml_text import BadYaml, YamlDocument, read_truth, read_yaml
from chargen.errors import SpliceRefused

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["RowEdit", "Spliced", "outside", "refusal", "splice"]

_BOM: Final = "\ufeff"

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Spliced:
    """The new text, and the machine-owned spans in the old and in the new one."""

    text: str
    old_spans: tuple[Span, ...] = ()
    new_spans: tuple[Span, ...] = ()


def splice(text: str, edits: Sequence[RowEdit], *, path: str) -> Spliced:
    """Bring rows into a text, all or none; an edit that is done already changes nothing.

    Raises:
        BadYaml: the text cannot be read.
        SpliceRefused: a row has no safe place, or the result would not read as it should.
    """
    document = read_yaml(text, path=path)
    wanted, cuts = document.data, list[tuple[int, Cut]]()
    lists = _by_list(edits)
    _refuse_nested(document, lists)
    for (at, key), same_list in lists.items():
        rows = _rows_at(document, at, key)
        decision = decide(rows or [], same_list, place=document)
        if decision != Decision():
            cuts += [(-len(at), cut) for cut in cuts_for(document, at, key, decision)]
            wanted = _with_rows(wanted, at, key, decided_rows(rows or [], decision))
    # At one offset the deeper list goes first: its rows still belong to the lines above.
    ordered = [cut for _, cut in sorted(cuts, key=lambda pair: (pair[1].start, pair[1].end, pair[0]))]
    _refuse_orphans(document, ordered)
    spliced = _applied(document.text, ordered)
    if ordered:
        _prove(document, spliced, wanted, edits)
    return _behind_bom(spliced) if text.startswith(_BOM) else spliced


def refusal(document: YamlDocument, at: Path, *, key: str = "generated_images") -> SpliceRefused | None:
    """Why a row could not come to a mapping, told before there is one; None where it could."""
    probe = {"custom_id": "a.b.c.d.v1"}
    try:
        _rows_at(document, at, key)
        if not document.is_odd and len(_value_at(document.data, at)) > 1:
            return None
        cuts_for(document, at, key, Decision(added=(probe,)))
        if _used_elsewhere(document, (*at, key)) is not None:  # which a merge may leave without effect
            splice(document.text, [RowEdit(at, probe, key=key)], path=document.path)
    except SpliceRefused as error:
        return error
    return None


def outside(text: str, spans: Sequence[Span]) -> str:
    """The text without its machine-owned spans: equal before and after a splice."""
    kept, at = [], 0
    for start, end in spans:
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])


def _by_list(edits: Sequence[RowEdit]) -> dict[tuple[Path, str], list[RowEdit]]:
    lists = defaultdict(list)
    for edit in edits:
        lists[edit.at, edit.key].append(edit)
    return lists


def _refuse_nested(document: YamlDocument, lists: Iterable[tuple[Path, str]]) -> None:
    """A list inside a row that another edit may replace in the same call."""
    ways = {(*at, key) for at, key in lists}
    for at, _ in lists:
        if any(at[:depth] in ways for depth in range(len(at))):
            raise SpliceRefused(
                "a row cannot own rows that are edited with it",
                hint="give the two lists different names",
                place=document.place(*at),
            )


def _rows_at(document: YamlDocument, at: Path, key: str) -> list[Any] | None:
    here = document.data
    for part in at:
        fits = isinstance(here, list) if isinstance(part, int) else isinstance(here, dict)
        if not fits or (part >= len(here) if isinstance(part, int) else part not in here):
            break
        here = here[part]
    else:
        rows = here.get(key) if isinstance(here, dict) else None
        if isinstance(here, dict) and (rows is None or isinstance(rows, list)):
            return rows
        if isinstance(here, dict):
            place = document.place(*at, key)
            raise SpliceRefused(f"{key} is not a list", hint=f"write {key}: []", place=place)
    where = ".".join(map(str, at))
    raise SpliceRefused(
        f"there is no mapping at {where or 'the top'}",
        hint="plan again: the file has changed",
        place=document.place(*at),
    )


def _value_at(data: Any, at: Path) -> Any:
    for part in at:
        data = data[part]
    return data


def _with_rows(data: Any, at: Path, key: str, rows: list[Any]) -> Any:
    """A copy of the data with one list changed; aliased data elsewhere stays as it was."""
    if not at:
        return {**data, key: rows}
    copy = data.copy()
    copy[at[0]] = _with_rows(data[at[0]], at[1:], key, rows)
    return copy


def _refuse_orphans(document: YamlDocument, cuts: Sequence[Cut]) -> None:
    """An anchor in a row that goes, with an alias elsewhere, would leave the alias without a meaning."""
    spans = [(cut.start, cut.end) for cut in cuts if cut.start < cut.end]
    if not spans or "*" not in document.text or document.tree is None:
        return

    def gone(offset: int) -> bool:
        return any(start <= offset < end for start, end in spans)

    for node in document.tree.walk():
        if node.target is not None and gone(node.target.start) and not gone(node.start):
            raise SpliceRefused(
                f"the row holds the anchor &{node.anchor} that is used elsewhere",
                hint=f"write the value out where *{node.anchor} stands",
                place=document.place_at(node.target.start),
            )


def _applied(text: str, cuts: Sequence[Cut]) -> Spliced:
    parts, old_spans, new_spans = list[str](), list[Span](), list[Span]()
    at = length = 0
    for cut in cuts:
        kept = text[at : cut.start]
        start = length + len(kept)
        parts += [kept, cut.new]
        old_spans.append((cut.start, cut.end))
        new_spans.append((start, start + len(cut.new)))
        at, length = cut.end, start + len(cut.new)
    return Spliced("".join([*parts, text[at:]]), tuple(old_spans), tuple(new_spans))


def _behind_bom(spliced: Spliced) -> Spliced:
    return Spliced(
        _BOM + spliced.text,
        tuple((start + 1, end + 1) for start, end in spliced.old_spans),
        tuple((start + 1, end + 1) for start, end in spliced.new_spans),
    )


def _prove(document: YamlDocument, spliced: Spliced, wanted: Any, edits: Sequence[RowEdit]) -> None:
    """Reads the result as the judge and as the next run will."""
    try:
        after = read_yaml(spliced.text, path=document.path)
        read = _judged(document, after), after.data
    except BadYaml as error:
        raise _unsafe(document, edits, f"the result would not read: {error.message}") from None
    should = canonical(wanted)
    if any(canonical(data) != should for data in read):
        raise _unsafe(document, edits, "the result would change more than its rows")
    if outside(document.text, spliced.old_spans) != outside(spliced.text, spliced.new_spans):
        raise _unsafe(document, edits, "the result would touch the writer's own text")


def _judged(document: YamlDocument, after: YamlDocument) -> Any:
    """What ruamel.yaml reads, unless it never could read this file (a tab before a comment)."""
    try:
        return read_truth(after.as_read, path=document.path).data
    except BadYaml:
        try:
            read_truth(document.as_read, path=document.path)
        except BadYaml:
            return after.data
        raise


def _unsafe(document: YamlDocument, edits: Sequence[RowEdit], otherwise: str) -> SpliceRefused:
    """Names the construct that is to blame: an anchored shot that is used elsewhere, as a rule."""
    for edit in edits:
        used = _used_elsewhere(document, (*edit.at, edit.key))
        if used is not None:
            return used
    where = document.place(*edits[0].at) if edits else document.place()
    return SpliceRefused(otherwise, hint="write this part of the file in a plainer way", place=where)


def _used_elsewhere(document: YamlDocument, way: Path) -> SpliceRefused | None:
    """The first value on a way that an alias stands for, too."""
    for depth in range(len(way) + 1):
        node = document.node(*way[:depth])
        if node is not None and node in document.aliased:
            return SpliceRefused(
                f"the value with the anchor &{node.anchor} is used elsewhere, so its rows would appear there too",
                hint=f"write the values out where *{node.anchor} stands",
                place=document.place_at(node.start),
            )
    return None
