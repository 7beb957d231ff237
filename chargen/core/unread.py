"""What a picture costs at most of which nobody knows the words; what a batch does whose requests are not on the books. Pure."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Final

from chargen.core.model_table import MODELS
from chargen.core.price import estimate
from chargen.core.world_config import Mode

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from chargen.core.books import Books
    from chargen.core.provider_reply import Batch
    from chargen.core.submission import Submission

_CHARACTERS: Final = 24_000  # chargen.yaml lets prose grow to 20,000; the rest is what stands around it


def most_usd(model: str, sizes: Collection[str] = ()) -> Decimal | None:
    """What one picture of a batch costs at most, of these sizes or of any; None for a model or size the table lacks."""
    if model not in MODELS:
        return None
    known = MODELS[model]
    if not known.image_tokens.keys() >= set(sizes):
        return None
    every = (
        estimate(model, size, Mode.BATCH, prompt_characters=_CHARACTERS, references=known.max_references)
        for size in sizes or known.image_tokens
    )
    return max(every)


def asked_usd(books: Books, submission: Submission, batch: Batch) -> Decimal | None:
    """
    What a batch that was created for a submission costs at most; None when nobody can say.

    What books that were rebuilt do not name of it is counted by its number, at the sizes that rows tell of, else at the dearest.
    """
    count = batch.counts.get("requests", 0)
    named = sum((request.reserved_usd for request in submission.requests), Decimal(0))
    missing = count - len(submission.requests)
    if missing <= 0:
        return named if submission.requests else None
    each = most_usd(batch.model or submission.model, _sizes(books, submission, missing))
    return None if each is None else named + missing * each


def under_way_usd(books: Books, pairs: Iterable[tuple[Submission, Batch]]) -> Decimal | None:
    """What several come to; None when nobody can say of one."""
    every = [asked_usd(books, submission, batch) for submission, batch in pairs]
    known = [usd for usd in every if usd is not None]
    return sum(known, Decimal(0)) if len(known) == len(every) else None


def _sizes(books: Books, submission: Submission, missing: int) -> frozenset[str]:
    """The sizes of the requests that rows tell of the same batch; none where they do not tell of them all."""
    told = [
        request.ask.provider.get("size", "")
        for other, request in books.requests()
        if submission.batch and other.batch == submission.batch and other.id != submission.id
    ]
    return frozenset(told) if len(told) >= missing and all(told) else frozenset()
