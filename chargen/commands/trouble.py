"""What a provider's trouble means to the person at the terminal: the error, what to do next, the exit code."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.errors import ChargenError, ProviderRefused, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY_HINT: Final = "get one at https://aistudio.google.com/apikey and set GEMINI_API_KEY"
_RETIRED: Final = "the model may have been retired: see `provider.model` in chargen.yaml"


@contextlib.contextmanager
def provider_errors() -> Iterator[None]:
    """Turns trouble that nobody dealt with into an error with its exit code."""
    try:
        yield
    except ProviderTrouble as trouble:
        raise error_of(trouble) from None


def error_of(trouble: ProviderTrouble) -> ChargenError:
    """ProviderRefused for what will be refused again, WorkFailed for what may pass."""
    match trouble.trouble:
        case Trouble.DENIED:
            return ProviderRefused(f"Gemini refuses the key: {trouble.message}", hint=KEY_HINT)
        case Trouble.DAILY_QUOTA:
            hint = "what is done is kept; go on tomorrow with `chargen batch run --resume`"
            return ProviderRefused(f"the day's quota is used up: {trouble.message}", hint=hint)
        case Trouble.THROTTLED:
            hint = "what is done is kept; run the command again later, or lower the rates in `limits`"
            return ProviderRefused(f"Gemini keeps saying too many requests: {trouble.message}", hint=hint)
        case Trouble.REFUSED:
            hint = _RETIRED if trouble.code == 404 else "the same request would be refused again"
            return ProviderRefused(f"Gemini refuses: {trouble.message}", hint=hint)
        case Trouble.UNAVAILABLE | Trouble.TRANSPORT:
            hint = "what is done is kept; check the network and GOOGLE_GEMINI_BASE_URL, then run the command again"
            return WorkFailed(f"Gemini cannot be reached: {trouble.message}", hint=hint)
