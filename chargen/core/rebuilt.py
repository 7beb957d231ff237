"""
Lost books made again from what tells of them: a copy, kept pictures, rows, review branches. Each adds what is missing.

Pure. The provider's list has a step of its own (pipeline/restore_books.py), as time comes into it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Final

from chargen.core.address import parse_address, parse_job_id
from chargen.core.books import Books, Decisions, Proposals
from chargen.core.digest import canonical_json, sha256
from chargen.core.proposal import Proposal, Standing
from chargen.core.submission import Came, Outcome, Owner, Request, State, Submission
from chargen.errors import BooksConflict, Place

if TYPE_CHECKING:
    from chargen.core.books_files import Thing
    from chargen.core.row import Row
    from chargen.core.shot import Shot

_RUN_ID: Final = re.compile(r"[A-Za-z0-9][\w.:-]{0,100}", re.ASCII)
_HASH: Final = re.compile(r"sha256:[0-9a-f]{64}")
_BATCH: Final = re.compile(r"batches/[\w-]+", re.ASCII)
_BRANCH: Final = re.compile(r"chargen/([a-z]+/[a-z0-9][a-z0-9_-]*)\.([1-9]\d{0,5})")

_Source = tuple[str, str, str, str]


def joined(books: Books, copy: Books) -> list[Thing]:
    """What a copy of the books says and these do not."""
    new: list[Thing] = [item for name, item in copy.submissions.items() if name not in books.submissions]
    new += [item for name, item in copy.orders.items() if name not in books.orders]
    new += [item for name, item in copy.notices.items() if name not in books.notices]
    if books.identity is None and copy.identity is not None:
        new.append(copy.identity)
    return [*new, *_decisions(books, copy), *_proposals(books, copy)]


def _decisions(books: Books, copy: Books) -> Iterator[Decisions]:
    missing = {name: item for name, item in copy.decisions.items() if name not in books.decisions}
    for entity in sorted({parse_address(name).entity for name in missing}):
        every = {**missing, **books.decisions}
        mine = {name: every[name] for name in sorted(every) if name.startswith(f"{entity}/")}
        yield Decisions(entity, mine)


def _proposals(books: Books, copy: Books) -> Iterator[Proposals]:
    for entity, theirs in sorted(copy.proposals.items()):
        ours = {item.n: item for item in books.proposals.get(entity, ())}
        every = {item.n: item for item in theirs} | ours
        if every != ours:
            yield Proposals(entity, tuple(every[n] for n in sorted(every)))


def refuse_older_books(books: Books, kept: Mapping[str, str]) -> None:
    """BooksConflict where pictures are kept (submission -> commit) of which the books do not know: they were pushed back."""
    unknown = [
        name
        for name in sorted(kept)
        if (now := books.submissions.get(name)) is None or not (now.holds or now.kept or now.pruned_at)
    ]
    if unknown:
        shown = ", ".join(unknown[:3]) + (f" and {len(unknown) - 3} more" if len(unknown) > 3 else "")
        hint = "they were lost or pushed back: chargen state rebuild brings them back; nothing is paid before"
        raise BooksConflict(f"pictures are kept that the books do not know, of {shown}", hint=hint)


def refuse_forgotten_runs(books: Books, recorded: Mapping[str, str]) -> None:
    """BooksConflict where a run here recorded a submission (submission -> run) that the books beside it do not know."""
    unknown = {name: run for name, run in sorted(recorded.items()) if name not in books.submissions}
    if unknown:
        name, run = next(iter(unknown.items()))
        hint = (
            "they were lost or put back: chargen state rebuild brings them back; nothing is paid before. "
            "If nothing of it matters any more, move .chargen/runs away"
        )
        raise BooksConflict(f"run {run} made a submission ({name}) that the books do not know", hint=hint)


def refuse_missing_books(books: Books, shots: Iterable[Shot]) -> None:
    """BooksConflict where rows were paid for, and there are no books that know of them: paying now could pay twice."""
    paid = {shot.address: shot for shot in shots for row in shot.rows if row.data.get("provider_metadata")}
    if books.tip or not paid:
        return
    hint = "chargen state rebuild makes them again from what is left; or start books of its own with --local"
    have = "1 shot has" if len(paid) == 1 else f"{len(paid)} shots have"
    message = f"{have} rows of chargen's, but the books that paid for them are not here"
    raise BooksConflict(message, hint=hint, place=Place(next(iter(paid.values())).file))


def from_records(
    books: Books, records: Iterable[Submission], is_held: Callable[[Submission], bool]
) -> list[Submission]:
    """
    The submissions that kept pictures tell of, where the books know less; `is_held`: its owner is at work on it.

    One the books have under way whose owner has gone was collected: what they say of it is old.
    """
    told = []
    for record in records:
        now = books.submissions.get(record.id)
        if now is None or (now.holds and not is_held(now)):
            told.append(record)
        elif not now.holds:
            known = {item.request_hash: item for item in record.requests if item.outcome}
            merged = tuple(
                item if item.outcome else known.get(item.request_hash, item) for item in now.requests
            )
            lost_usd = _lost_usd(now, record)
            if merged != now.requests or lost_usd != now.lost_usd or not (now.kept or now.pruned_at):
                told.append(replace(now, requests=merged, kept=record.kept, lost_usd=lost_usd))
    return told


def _lost_usd(now: Submission, record: Submission) -> Decimal:
    """What a killed live run lost: a copy may be from before it was settled."""
    return max(now.lost_usd, record.lost_usd) if now.mode == "live" else now.lost_usd


def from_rows(books: Books, rows: Iterable[Row], *, at: str) -> list[Submission]:
    """
    The pictures that rows name and the books do not know, as submissions that were collected and are not kept.

    One submission for each batch or run; its id is made of what it holds.
    """
    booked: dict[str, list[tuple[Submission, Request]]] = defaultdict(list)
    for submission, request in books.requests():
        booked[request.request_hash].append((submission, request))
    found: dict[_Source, dict[tuple[str, str], Request]] = defaultdict(dict)
    for row in rows:
        request_hash, key = _said(row, "request_hash"), (_said(row, "request_hash"), row.sha256)
        if not _HASH.fullmatch(request_hash) or _is_known(row, booked[request_hash]):
            continue
        of_source = found[_source(row)]
        jobs = of_source[key].job_ids if key in of_source else ()
        of_source[key] = _request(row, tuple(dict.fromkeys((*jobs, row.job_id))))
    return [
        _of_rows(source, [every[key] for key in sorted(every)], at) for source, every in sorted(found.items())
    ]


def _is_known(row: Row, booked: Iterable[tuple[Submission, Request]]) -> bool:
    """Whether the books have this picture, or a batch under way that brings it."""
    return any(
        submission.holds and submission.batch == batch_of(row)
        if request.outcome is None
        else request.outcome.came is Came.IMAGE and (not row.sha256 or request.outcome.bears(row.sha256))
        for submission, request in booked
    )


def batch_of(row: Row) -> str:
    """The batch that brought a row's picture; empty for a live one, or when the row does not say."""
    return _said(row, "batch")


def _source(row: Row) -> _Source:
    """What brought a row's picture: mode, batch, run, model."""
    mode, batch, run_id = _said(row, "mode"), batch_of(row), _text(row, "run_id")
    return (
        "live" if mode == "live" else "batch",
        batch if _BATCH.fullmatch(batch) else "",
        run_id if _RUN_ID.fullmatch(run_id) else "rebuilt",
        _text(row, "model"),
    )


def _of_rows(source: _Source, requests: Sequence[Request], at: str) -> Submission:
    mode, batch, run_id, model = source
    times = sorted(request.outcome.at for request in requests if request.outcome and request.outcome.at)
    named = [
        *source,
        *(word for item in requests if item.outcome for word in (item.request_hash, item.outcome.sha256)),
    ]
    return Submission(
        id=sha256(canonical_json({"rows": named}))[7:27],
        state=State.COLLECTED,
        mode=mode,
        model=model,
        attempt=1,
        display_name="",
        run_id=run_id,
        owner=Owner(""),
        lease_until="",
        created_at=times[0] if times else at,
        requests=tuple(requests),
        batch=batch,
        ended_at=times[-1] if times else at,
        error="rebuilt from rows",
        pruned_at=at,
    )


def _request(row: Row, job_ids: tuple[str, ...]) -> Request:
    outcome = Outcome(Came.IMAGE, row.sha256, cost_usd=_cost(row), at=_text(row, "generated_at"))
    note = _text(row, "revision_notes")
    return Request(_said(row, "request_hash"), job_ids, row.asked, Decimal(0), note=note, outcome=outcome)


def from_branches(books: Books, branches: Mapping[str, tuple[str, Sequence[Row]]]) -> list[Proposals]:
    """
    The proposals that review branches show: branch -> its head, and the rows that merging it would bring.

    Nobody knows any more which of its commits were ours: they are only added to. One that would bring nothing was
    merged; it keeps its number.
    """
    found: dict[str, dict[int, Proposal]] = defaultdict(dict)
    for branch, (head, rows) in sorted(branches.items()):
        named = _BRANCH.fullmatch(branch)
        if named is None or any(item.n == int(named[2]) for item in books.proposals.get(named[1], ())):
            continue
        entity, n = named[1], int(named[2])
        shots = {str(parse_job_id(row.job_id)[0]): _shown(books, row) for row in rows}
        shots = {
            name: shown for name, shown in sorted(shots.items()) if shown and name.startswith(f"{entity}/")
        }
        standing = Standing.OPEN if shots else Standing.MERGED
        found[entity][n] = Proposal(entity, n, standing, shots=shots, pushed=(head,), shared=True)
    known = {entity: {item.n: item for item in books.proposals.get(entity, ())} for entity in found}
    return [
        Proposals(entity, tuple((known[entity] | new)[n] for n in sorted(known[entity] | new)))
        for entity, new in sorted(found.items())
    ]


def _shown(books: Books, row: Row) -> str:
    """The picture a row shows, by the sha256 it came with; empty when the books do not know it."""
    candidates = books.candidates(parse_job_id(row.job_id)[0], {_said(row, "request_hash"): row.job_id})
    return next((item.outcome.sha256 for item in reversed(candidates) if item.outcome.bears(row.sha256)), "")


def _text(row: Row, name: str) -> str:
    value = row.data.get(name)
    return "" if value is None else str(value)


def _said(row: Row, name: str) -> str:
    """What a row's provider_metadata says."""
    metadata = row.data.get("provider_metadata")
    value = metadata.get(name) if isinstance(metadata, Mapping) else None
    return "" if value is None else str(value)


def _cost(row: Row) -> Decimal:
    try:
        cost = Decimal(_said(row, "cost_usd") or 0)
    except InvalidOperation:
        return Decimal(0)
    return cost if cost.is_finite() and cost >= 0 else Decimal(0)
