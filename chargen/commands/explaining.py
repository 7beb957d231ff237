"""A shot explained for people: wrapped to a terminal's width with places at its right edge, a line a line elsewhere."""

from __future__ import annotations

import re
import shutil
import sys
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import click

from chargen.core.counted import counted
from chargen.core.digest import EPOCH, SECTIONS
from chargen.core.explanation import explain_cuts, explain_lines, explain_references
from chargen.core.one_line import one_line
from chargen.core.report import symbol, usd
from chargen.core.world_config import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from chargen.core.explanation import Cut, Explained, ExplainedReference
    from chargen.core.plan import Item
    from chargen.core.problem import Problem
    from chargen.core.shot import Unmade
    from chargen.errors import Place

_WIDEST: Final = 100
_NARROWEST: Final = 40
_LONGEST: Final = 100_000  # of a line: a whole paragraph is one
_CUT_SHOWN: Final = 300  # characters of what a budget cut


@dataclass(frozen=True, slots=True)
class Page:
    """How wide lines may be; 0: as long as they are, with places behind an arrow, for pipes and files."""

    width: int = 0

    def line(
        self, text: str, places: Iterable[Place] = (), *, indent: int = 2, hang: int = 4
    ) -> Iterator[str]:
        """A text with the places it comes from."""
        text, said = _harmless(text), _harmless(", ".join(map(str, places)))
        if not self.width:
            yield f"{' ' * indent}{text}" + (_dim(f"    <- {said}") if said else "")
            return
        *most, last = self._wrapped(text, indent, indent + (2 if text.startswith("- ") else hang))
        yield from most
        yield from self._with_places(last, _harmless(_short(places)))

    def _wrapped(self, text: str, indent: int, hang: int) -> list[str]:
        return textwrap.wrap(
            text,
            self.width,
            initial_indent=" " * indent,
            subsequent_indent=" " * hang,
            break_on_hyphens=False,
        ) or [" " * indent]

    def _with_places(self, last: str, said: str) -> Iterator[str]:
        """The last row of a line with its places at the right edge, below it when there is no room."""
        room = self.width - len(last) - 2
        if not said:
            yield last
        elif len(said) <= room:
            yield f"{last}{_dim(said.rjust(room + 2))}"
        else:
            yield last
            for row in textwrap.wrap(said, self.width - 4, break_long_words=False, break_on_hyphens=False):
                yield _dim(row.rjust(self.width))


def page() -> Page:
    """The page that stdout is: a terminal's, or one without end."""
    if not sys.stdout.isatty():
        return Page()
    return Page(max(_NARROWEST, min(shutil.get_terminal_size().columns, _WIDEST)))


def explanation_lines(explained: Explained, on: Page) -> Iterator[str]:
    """All that is known of a shot: what the plan does last, where the eye of a terminal's reader is."""
    shot, world = explained.shot, explained.world
    for row in on.line(str(shot.address), (world.locate(shot.shot.origin),), indent=0):
        yield row.replace(str(shot.address), click.style(str(shot.address), bold=True))
    yield from _title(f"Prompt ({counted(len(shot.prompt()), 'character')})")
    for line in explain_lines(world, shot):
        yield from on.line(line.text, line.places)
    cuts = list(explain_cuts(world, shot))
    if cuts:
        yield from _title("Left out of the prompt")
        for cut in cuts:
            yield from _cut_lines(cut, on)
    if shot.references:
        yield from _title("References, in the order they are sent")
        for number, item in enumerate(explain_references(world, shot), start=1):
            yield from _reference_lines(number, item, on)
    yield from _title("Hashes")
    yield from _hash_lines(explained, on)
    yield from _title("Price")
    yield from _price_lines(explained, on)
    if explained.problems:
        yield from _title("Findings")
        for problem in explained.problems:
            yield from _problem_lines(problem, on)
    yield from _title("Plan")
    yield from _plan_lines(explained, on)


def unmade_lines(unmade: Unmade, items: Iterable[Item], on: Page) -> Iterator[str]:
    """Why a wanted picture cannot be made, what to do, and that the plan leaves it."""
    for row in on.line(str(unmade.address), (unmade.problem.place,), indent=0):
        yield row.replace(str(unmade.address), click.style(str(unmade.address), bold=True))
    yield from _title("Findings: it cannot be made")
    yield from _problem_lines(unmade.problem, on)
    yield from _title("Plan")
    for item in items:
        yield from on.line(plan_line(item))


def _harmless(text: str) -> str:
    """Text of anybody's on one line, its blanks as they are: columns stay columns."""
    return re.sub(r"[^ ]+", lambda word: one_line(word[0], longest=_LONGEST), re.sub(r"\s", " ", text))


def _title(text: str) -> Iterator[str]:
    yield ""
    yield click.style(text, bold=True)


def _dim(text: str) -> str:
    return click.style(text, fg="bright_black")


def _short(places: Iterable[Place]) -> str:
    """Files with their lines, each file named once in a row: `chargen.yaml:43, :45`."""
    said: list[str] = []
    before = None
    for place in dict.fromkeys((place.path, place.line) for place in places):
        path, line = place
        same = path == before and line
        said.append(f":{line}" if same else f"{path}:{line}" if line else path)
        before = path
    return ", ".join(said)


def _cut_lines(cut: Cut, on: Page) -> Iterator[str]:
    kept = f"{cut.kept} of {counted(cut.length, 'character')} kept" if cut.kept else "nothing kept"
    yield from on.line(f"{cut.name}: {kept}", (cut.place,))
    budget = f"a {cut.kind}'s prose may bring {counted(cut.budget, 'character')}: context.{cut.kind}.budget"
    yield from on.line(budget, (cut.budget_place,), indent=4)
    yield from on.line(f"cut: {one_line(cut.text, longest=_CUT_SHOWN)}", indent=4)


def _reference_lines(number: int, item: ExplainedReference, on: Page) -> Iterator[str]:
    used = item.sent.used
    must = ", must match" if used.must_match else ""
    brought = f", brought by {item.brought_by}" if item.brought_by else ""
    yield from on.line(f"{number}  {used.id}: {used.role}{must}{brought}", item.places)
    if used.shot is not None:
        what = f"the accepted picture of {used.shot}" + ("" if item.sent.path else ": there is none yet")
        yield from on.line(what, indent=5)
    if item.sent.path:
        yield from on.line(f"{item.sent.path}  {item.sent.sha256[:19] or '(no digest)'}", indent=5)
    if used.note:
        yield from on.line(f"note: {used.note}", indent=5)


def _hash_lines(explained: Explained, on: Page) -> Iterator[str]:
    shot = explained.shot
    yield from on.line(f"prompt      {shot.prompt_hash}")
    yield from on.line(f"source      {shot.source_digest}, epoch {EPOCH}")
    sections = (f"{name} {digest}" for name, digest in zip(SECTIONS, shot.sections, strict=True))
    yield from on.line(f"sections    {', '.join(sections)}", hang=12)
    if not shot.complete:
        yield from on.line("request     none while a reference has no picture")
        return
    for variant in range(1, shot.variants + 1):
        yield from on.line(f"request v{variant:<2} {shot.request_hash(variant)}")


def _price_lines(explained: Explained, on: Page) -> Iterator[str]:
    shot, plan = explained.shot, explained.shot.provider
    seed = "seeds by variant" if plan.seed == "variant" else "no seed"
    safety = ", ".join(f"{name} {threshold}" for name, threshold in plan.safety.items())
    asked = ", ".join(filter(None, (plan.model, plan.size, plan.aspect_ratio, seed, safety)))
    yield from on.line(asked)
    if not explained.charges:
        yield from on.line("no price is known for that model and size")
        return
    half = ", at half price" if explained.mode is Mode.BATCH else ""
    for part in explained.charges:
        rate = f"{part.tokens:>7} tokens at {part.usd_per_million} USD a million{half}"
        yield from on.line(f"{_parts(explained)[part.what]:<28} {part.usd:.6f}  {rate}")
    most = f"at most {usd(explained.usd)} a picture, {explained.mode}"
    every = (
        f"; {usd(explained.usd * shot.variants)} for {shot.variants} variants" if shot.variants > 1 else ""
    )
    yield from on.line(most + every)


def _parts(explained: Explained) -> dict[str, str]:
    """What the parts of a price are for."""
    shot = explained.shot
    return {
        "words": counted(len(shot.prompt()), "character"),
        "references": counted(len(shot.references), "reference"),
        "picture": f"the picture, {shot.provider.size}",
        "thinking": "set aside for thinking",
    }


def _problem_lines(problem: Problem, on: Page) -> Iterator[str]:
    colour = "yellow" if problem.severity == "warning" else "red"
    for row in on.line(f"{problem.severity}: {problem.message}", (problem.place,)):
        yield click.style(row, fg=colour)
    if problem.hint:
        yield from on.line(problem.hint, indent=6)


def _plan_lines(explained: Explained, on: Page) -> Iterator[str]:
    row = explained.shot.shot.row
    if row is not None:
        yield from on.line(f"has {row.file_path or 'no file'}  {row.sha256[:19]}  made as {row.job_id}")
    for item in explained.items:
        for text in on.line(plan_line(item)):
            yield click.style(text, bold=True)
        if item.order is not None:
            note = f", sent as one more line: {item.note}" if item.note else ""
            yield from on.line(f"ordered as {item.order.id}{note}", indent=4)


def plan_line(item: Item, name: str = "") -> str:
    """What the plan does with one job, why, and for how much."""
    cost = f", at most {usd(item.cost_usd)}" if item.cost_usd else ""
    shared = f", with the picture of {item.shares}" if item.shares else ""
    return f"{symbol(item)} {name or item.job_id}  {item.action}: {item.why}{cost}{shared}".strip()
