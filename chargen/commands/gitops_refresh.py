"""`chargen gitops refresh`: the pictures that came, one review branch and pull request for each entity."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from chargen.commands import options
from chargen.commands.alarming import alarm_pulls
from chargen.commands.observing import learn_accepted, observe
from chargen.commands.refreshing import Refresh, Refreshed
from chargen.commands.summary import annotate, summarise
from chargen.commands.telling import as_json, result, say, show_problems
from chargen.commands.wiring import Session, open_session
from chargen.core.counted import counted
from chargen.core.report import markdown_escape, markdown_told
from chargen.errors import ChargenError, ExitCode, worst

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.core.proposal import Proposal
    from chargen.pipeline.booking import Desk


@click.command("refresh")
@options.root
@options.output_format("text", "json")
def command(root: Path | None, style: str) -> int:
    """Propose the pictures that came: a review branch and a pull request for each entity."""
    session = open_session(root)
    desk = session.desk()
    observe(desk, session.forge())
    refreshed, code = propose(session.on_base(), desk)
    if style == "json":
        as_json(
            {
                "opened": [_data(item) for item in refreshed.opened],
                "updated": [_data(item) for item in refreshed.updated],
                "withdrawn": [_data(item) for item in refreshed.withdrawn],
                "waiting": refreshed.left,
                "problems": [str(problem) for problem in refreshed.problems],
            }
        )
    else:
        result(
            f"{counted(len(refreshed.opened), 'pull request')} opened, {len(refreshed.updated)} updated, "
            f"{len(refreshed.withdrawn)} withdrawn."
        )
    return code


def propose(session: Session, desk: Desk) -> tuple[Refreshed, ExitCode]:
    """Refresh on the base tip, and tell it; the worst exit code of what went wrong."""
    world, shots = session.world()
    branches, forge = session.branches(), session.forge()
    learn_accepted(desk, forge, shots)
    done = Refresh(session, desk, forge, branches, world, shots).run()
    try:
        alarm_pulls(desk, forge)
    except ChargenError as error:  # what came is proposed; the next run says it
        done.problems.append(error)
    _tell(session, done)
    return done, worst(show_problems(done.problems), *(item.exit_code for item in done.problems))


def _tell(session: Session, done: Refreshed) -> None:
    lines = []
    for what, proposals in (
        ("opened", done.opened),
        ("updated", done.updated),
        ("withdrawn: nothing is left to propose", done.withdrawn),
    ):
        for item in proposals:
            say(f"  {item.url or item.branch} {what}")
            lines.append(f"- [{item.branch}]({item.url}) {what}, {counted(len(item.shots), 'picture')}")
    if done.left:
        say(f"  {counted(len(done.left), 'picture')} wait: as many pull requests are open as may be")
        lines.append(f"- {counted(len(done.left), 'picture')} wait: `review.max_open` pull requests are open")
    lines += [
        f"- **{markdown_escape(str(problem))}** {markdown_told(problem.hint)}" for problem in done.problems
    ]
    lines += [f"- **{markdown_escape(said)}**" for said in done.stopped]
    if lines:
        summarise(session, "\n".join(["## Proposed", "", *lines]))
    for said in done.stopped:
        annotate(session, "warning", said)
    for problem in done.problems:
        annotate(session, "error", problem.whole)


def _data(proposal: Proposal) -> dict[str, object]:
    return {
        "branch": proposal.branch,
        "number": proposal.number,
        "url": proposal.url,
        "shots": sorted(proposal.shots),
    }
