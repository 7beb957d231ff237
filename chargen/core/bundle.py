"""A result bundle: what `results/<jobId>/result.json` says of one request's outcome. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import msgspec

from chargen.core.books_files import encode
from chargen.core.submission import Outcome, Request, Submission

FILE = "result.json"


@dataclass(frozen=True, slots=True)
class Bundle:
    """One request's outcome with what identifies it; enough to book it after a crash."""

    submission: str
    request_hash: str
    key: str
    job_ids: tuple[str, ...]
    model: str
    mode: str
    outcome: Outcome
    mime: str = ""
    width: int = 0
    height: int = 0
    warning: str = ""
    batch: str = ""


def bundle(submission: Submission, request: Request, outcome: Outcome, **facts: Any) -> Bundle:
    """The bundle of one request of a submission."""
    return Bundle(
        submission=submission.id,
        request_hash=request.request_hash,
        key=request.key,
        job_ids=request.job_ids,
        model=submission.model,
        mode=submission.mode,
        outcome=outcome,
        batch=submission.batch,
        **facts,
    )


def encode_bundle(value: Bundle) -> bytes:
    """The bytes of result.json: the same for the same bundle."""
    return encode(value)


def decode_bundle(data: bytes) -> Bundle:
    """The bundle a result.json holds; ValueError when it holds none."""
    return msgspec.convert(json.loads(data), Bundle)
