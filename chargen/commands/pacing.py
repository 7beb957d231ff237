"""The bucket of each model a command asks, begun with what earlier commands of this world have sent within the minute."""

from __future__ import annotations

import contextlib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from chargen.edges.job_store import SqliteJobStore
from chargen.edges.run_folder import list_runs
from chargen.errors import ChargenError
from chargen.pipeline.booking import stamp
from chargen.pipeline.rate import WINDOW_S, bucket

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.commands.paying import Round
    from chargen.core.submission import Request
    from chargen.edges.run_folder import RunFolder
    from chargen.pipeline.rate import Bucket
    from chargen.ports import Clock

_RUNS: Final = 9  # more are not begun within a minute
_LEAVES_S: Final = 2.0  # after the whole second in which it was started, at most


def paced(round_: Round, model: str) -> Bucket:
    """The bucket of a model, the same for all rounds of a command: a run that goes on does not begin a new minute."""
    paying = round_.paying
    if model not in paying.buckets:
        made = bucket(round_.world.config.limits, paying.session.clock)
        for ago_s, tokens in _lately(round_, model):
            made.remember(ago_s, tokens)
        paying.buckets[model] = made
    return paying.buckets[model]


def _lately(round_: Round, model: str) -> Iterator[tuple[float, int]]:
    """What was sent to a model in the last minute: how long ago, at the least, and its tokens."""
    session = round_.paying.session
    now = session.clock.now()
    since = stamp(now - timedelta(seconds=WINDOW_S + _LEAVES_S))
    for run in list_runs(session.root)[-_RUNS:]:
        asked = _asked(round_, run, model)
        for job_id, at in _started(run, session.clock, since) if asked else ():
            if job_id in asked:
                yield (now - datetime.fromisoformat(at)).total_seconds() - _LEAVES_S, asked[job_id].tokens


def _started(run: RunFolder, clock: Clock, since: str) -> list[tuple[str, str]]:
    """What a run started since then; nothing where its store has gone or cannot be read."""
    with contextlib.suppress(ChargenError):
        if run.jobs.is_file():
            with SqliteJobStore(run.jobs, clock) as store:
                return store.started(since)
    return []


def _asked(round_: Round, run: RunFolder, model: str) -> dict[str, Request]:
    live = [
        item
        for item in round_.books.submissions.values()
        if item.run_id == run.run_id and item.mode == "live" and item.model == model
    ]
    return {request.job_ids[0]: request for item in live for request in item.requests}
