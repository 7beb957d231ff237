"""
The title and body of a pull request that proposes pictures, in GitHub's markdown. Pure.

Every text that is not ours is escaped; the body stays under what GitHub takes, what does not fit being counted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from chargen.core.changes import FieldChange, reworded
from chargen.core.counted import counted
from chargen.core.report import attribute, markdown_escape, usd

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from chargen.core.proposal import Proposal

LONGEST: Final = 60_000  # GitHub takes 65,536 characters, and counts some of them otherwise than we do
_WIDTH: Final = 420
_SMALL: Final = 200
_PROBLEMS: Final = 50
# one line each: GitHub breaks a comment's lines where they end
_HOW: Final = """\
**Merge** takes these pictures as they are, **close** rejects them all; neither costs anything. \
To have one made anew, run the workflow *chargen regenerate* with its address. \
Swipe and onion skin are under *Files changed*.
"""
_MORE: Final = """\
---

<details><summary>How to review</summary>

- **Merge** to take these pictures as they are. The next plan is empty again.
- **Close** without merging to reject all of them. Nothing is paid again, and they are not proposed again.
- **One of them is wrong?** Change its words on the default branch: its next picture comes back here. \
To have it made anew with the same words, run the workflow *chargen regenerate* with its address, which stands above it: \
that is paid again.
- **Retouched it by hand?** Commit to this branch: what people commit is only ever added to.

</details>
"""
_MARKUP_AT_START: Final = re.compile(r"[-+=]|\d+(?=[.)])")


@dataclass(frozen=True, slots=True)
class OtherCandidate:
    """Another picture that answers the same words: paid for, kept, and not what merging takes."""

    name: str
    url: str
    cost_usd: Decimal = Decimal(0)


@dataclass(frozen=True, slots=True)
class ProposedShot:
    """One picture of a pull request as its reader sees it; addresses of pictures are URLs, empty where there is none."""

    address: str
    title: str
    why: str
    after: str
    before: str = ""
    alt: str = ""
    prompt: str = ""
    note: str = ""
    reason: str = ""
    model: str = ""
    mode: str = ""
    cost_usd: Decimal = Decimal(0)
    problems: tuple[str, ...] = ()
    others: tuple[OtherCandidate, ...] = ()
    changed: tuple[FieldChange, ...] = ()  # the words of the picture before, and those of this one

    @property
    def paid_usd(self) -> Decimal:
        """What all its candidates cost."""
        return sum((other.cost_usd for other in self.others), self.cost_usd)


def picture_url(server: str, repository: str, commit: str, path: str) -> str:
    """Where the forge shows a file of a commit: for signed-in readers of private repositories too, and for ever."""
    return f"{server}/{repository}/blob/{commit}/{quote(path)}?raw=true"


def pull_title(proposal: Proposal) -> str:
    """The title, and the subject of its commits."""
    return f"Pictures for {proposal.entity}: {counted(len(proposal.shots), 'shot')}"


def pull_body(
    proposal: Proposal,
    shots: Sequence[ProposedShot],
    *,
    unmade: Mapping[str, str] | None = None,
    longest: int = LONGEST,
) -> str:
    """
    The whole body; shots beyond `longest` characters are named without their pictures.

    `unmade`: what became of other shots of the entity that were asked for and have no picture, by address.
    """
    head = [
        f"<!-- chargen:proposal {proposal.branch} -->",
        f"### {counted(len(shots), 'shot')} of {markdown_escape(proposal.entity)}",
        "",
        _headline(shots),
    ]
    said = [(shot.address, problem) for shot in shots for problem in shot.problems]
    problems = [
        f"- `{address}`: {markdown_escape(problem)}" for address, problem in (*said, *(unmade or {}).items())
    ]
    if problems:
        head += ["", "**Worth a look:**", "", *_named(problems)]
    head += ["", _HOW]
    room = longest - sum(len(text) + 1 for text in (*head, _MORE))
    return "\n".join([*head, *_fitting(shots, room), _MORE])


def _headline(shots: Sequence[ProposedShot]) -> str:
    """How many pictures there are to see, the candidates that merging does not take included, and what they cost."""
    cost = sum((shot.paid_usd for shot in shots), Decimal(0))
    others = sum(len(shot.others) for shot in shots)
    models = ", ".join(sorted({f"`{shot.model}` ({shot.mode})" for shot in shots if shot.model}))
    also = f" and {counted(others, 'other candidate')}" if others else ""
    said = f"{counted(len(shots), 'picture')}{also}: **{usd(cost)}**{' together' if len(shots) + others > 1 else ''}"
    return f"{said}{f', made by {models}' if models else ''}."


def _named(problems: list[str]) -> list[str]:
    """So many of them; the rest is counted."""
    rest = len(problems) - _PROBLEMS
    return problems if rest <= 0 else [*problems[:_PROBLEMS], f"- … and {rest} more"]


def _fitting(shots: Sequence[ProposedShot], room: int) -> Iterator[str]:
    """Each shot's part while there is room, first without its prompt; then only names."""
    for shot in shots:
        whole = "\n".join(_shot(shot))
        short = "\n".join(_shot(shot, prompt=False))
        said = next((text for text in (whole, short, f"- `{shot.address}`") if len(text) + 200 < room), "")
        room -= len(said) + 1
        if said:
            yield said


def _shot(shot: ProposedShot, *, prompt: bool = True) -> Iterator[str]:
    yield f"#### `{shot.address}`"
    yield ""
    yield _line(shot.title)
    why = f"**{markdown_escape(shot.why)}** · {_cost(shot)}"
    yield why + "".join(f" · {markdown_escape(said)}" for said in (shot.reason, shot.note) if said)
    yield ""
    if shot.changed and prompt:
        for change in shot.changed:
            yield from reworded(change)
        yield ""
    yield from _pictures(shot)
    yield from _others(shot)
    if prompt and shot.prompt:
        yield from ("<details><summary>What was asked</summary>", "")
        yield from (f"> {line}".rstrip() for line in _quoted(shot.prompt))
        yield from ("", "</details>")
    yield ""


def _cost(shot: ProposedShot) -> str:
    """What the picture cost, and what all of the shot did where there are others."""
    if not shot.others:
        return usd(shot.cost_usd)
    which = "its other candidate" if len(shot.others) == 1 else f"its {len(shot.others)} other candidates"
    return f"{usd(shot.cost_usd)}, with {which} {usd(shot.paid_usd)}"


def _others(shot: ProposedShot) -> Iterator[str]:
    if shot.others:
        yield f"{counted(len(shot.others), 'other candidate')}, kept and not taken by merging:"
        yield ""
        yield " ".join(_image(other.url, other.name, width=_SMALL) for other in shot.others)
        yield ""


def _quoted(prompt: str) -> Iterator[str]:
    """A prompt's lines: its lists as lists, each ended, so that what comes after one is no part of its last item."""
    listed = False
    for text in filter(None, map(str.strip, prompt.splitlines())):
        item = text.startswith("- ")
        if item != listed:
            yield ""
        listed = item
        yield f"- {_line(text[2:])}" if item else _line(text)


def _line(text: str) -> str:
    """Text that begins a line: no list, numbering or underlining begins there."""
    safe = markdown_escape(text)
    found = _MARKUP_AT_START.match(safe)
    if not found:
        return safe
    return f"{found[0]}\\{safe[found.end() :]}" if found[0].isdigit() else f"\\{safe}"


def _pictures(shot: ProposedShot) -> Iterator[str]:
    after = _image(shot.after, f"after: {shot.alt}" if shot.before else shot.alt)
    if shot.before:
        yield from ("| before | after |", "|---|---|", f"| {_image(shot.before, 'before')} | {after} |", "")
    else:
        yield from (after, "")


def _image(url: str, alt: str, *, width: int = _WIDTH) -> str:
    if not url:
        return "*(under Files changed)*"
    return f'<img src="{escape(url)}" width="{width}" alt="{attribute(alt)}">'
