"""
What a batch asked for of which the books know only the name, by the keys of its result file. Pure.

A key is `<job id>@<16 hex of the request hash>`: what the tree or the books would send under that hash is what was
sent. A picture for words that are nowhere any more is brought in all the same, and answers no shot.
"""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chargen.core.address import parse_job_id
from chargen.core.digest import Ask
from chargen.core.model_table import MODELS
from chargen.core.price import estimate
from chargen.core.submission import Request, Submission
from chargen.core.unread import most_usd
from chargen.core.world_config import Mode

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from chargen.core.address import Address
    from chargen.core.books import Books
    from chargen.core.compiled import CompiledShot

UNKNOWN: Final = Ask("", "", 0, (), (), "")  # matches nothing
_KEY: Final = re.compile(r"(?P<job>[a-z0-9._-]+)@(?P<hash>[0-9a-f]{16})")


def identified(
    submission: Submission, keys: Iterable[str], shots: Mapping[Address, CompiledShot], books: Books
) -> tuple[Request, ...]:
    """
    The requests of a submission, in the order of its result's keys.

    Left out: what the rows of the same batch have told of it before, and what is no key of chargen's.
    """
    booked = {_short(request.request_hash): request for _, request in books.requests()}
    answered = {
        _short(request.request_hash)
        for other, request in books.requests()
        if request.outcome and submission.batch and other.batch == submission.batch
    }
    found = []
    for key in dict.fromkeys(keys):
        named = _KEY.fullmatch(key)
        if named is None or named["hash"] in answered:
            continue
        try:
            _, variant = parse_job_id(named["job"])
        except ValueError:
            continue
        before = booked.get(named["hash"])
        request_hash, ask = (
            (before.request_hash, before.ask) if before else _in_tree(named["hash"], variant, shots)
        )
        found.append(Request(request_hash, (named["job"],), ask, _most_usd(submission.model, ask)))
    return tuple(found)


def recognised(books: Books, shots: Mapping[Address, CompiledShot]) -> list[Submission]:
    """
    Submissions of which a request was known by its key alone, and which the tree would send by now: named in full.

    A shot whose reference was missing, or whose words were others, when they were identified would be paid for again.
    """
    told = []
    for submission in books.submissions.values():
        requests = tuple(_recognised(request, shots) for request in submission.requests)
        if requests != submission.requests:
            told.append(replace(submission, requests=requests))
    return told


def _recognised(request: Request, shots: Mapping[Address, CompiledShot]) -> Request:
    if request.ask != UNKNOWN or request.request_hash != f"sha256:{_short(request.request_hash)}":
        return request
    _, variant = parse_job_id(request.job_ids[0])
    request_hash, ask = _in_tree(_short(request.request_hash), variant, shots)
    return replace(request, request_hash=request_hash, ask=ask)


def _in_tree(short: str, variant: int, shots: Mapping[Address, CompiledShot]) -> tuple[str, Ask]:
    """The request that the tree would send under a short hash; one of unknown words when it would send none such."""
    for shot in shots.values():
        if shot.complete and _short(request_hash := shot.request_hash(variant)) == short:
            return request_hash, shot.ask()
    return f"sha256:{short}", UNKNOWN


def _short(request_hash: str) -> str:
    return request_hash.removeprefix("sha256:")[:16]


def _most_usd(model: str, ask: Ask) -> Decimal:
    """What one picture costs at most where its answer does not say; its words are not here to be counted."""
    size = ask.provider.get("size", "")
    if model not in MODELS or size not in MODELS[model].image_tokens:
        return most_usd(model) or Decimal(0)
    return estimate(model, size, Mode.BATCH, prompt_characters=0, references=0)
