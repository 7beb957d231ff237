"""What a provider's trouble means to the person at the terminal: the error, what to do next, the exit code."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Final

from chargen.core.provider_reply import NOBODY_ANSWERS, ProviderTrouble, Trouble
from chargen.edges.environment import read_environment
from chargen.errors import ChargenError, ProviderRefused, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

KEY_HINT: Final = "get one at https://aistudio.google.com/apikey and set GEMINI_API_KEY"
KEY_HINT_ACTIONS: Final = "Settings > Secrets and variables > Actions, a secret named GEMINI_API_KEY (or: `gh secret set GEMINI_API_KEY`)"
_RETIRED: Final = "the model may have been retired: see `provider.model` in chargen.yaml"
_GONE: Final = (
    "the provider has it no more, or it is of another key's project: `chargen state list` says what the books "
    "hold, and `chargen state forget ID` ends a submission whose batch has gone"
)
_TOMORROW: Final = "what is done is kept; run the command again tomorrow"
LIVE_TOMORROW: Final = "what is done is kept; go on tomorrow with `chargen batch run --resume`"
SEND_TOMORROW: Final = "what was sent is kept; tomorrow the next `chargen batch submit` or `chargen batch run --mode batch` sends the rest"
TICK_TOMORROW: Final = "what was ordered is kept; tomorrow the next tick orders the rest"


@contextlib.contextmanager
def provider_errors() -> Iterator[None]:
    """Turns trouble that nobody dealt with into an error with its exit code."""
    try:
        yield
    except ProviderTrouble as trouble:
        raise error_of(trouble, missing=_GONE) from None


def error_of(trouble: ProviderTrouble, *, missing: str = _RETIRED, tomorrow: str = _TOMORROW) -> ChargenError:
    """
    ProviderRefused for what will be refused again, WorkFailed for what may pass.

    `missing` is what to do where the provider does not know what was named, `tomorrow` what once there is quota again.
    """
    match trouble.trouble:
        case Trouble.DENIED:
            return ProviderRefused(f"Gemini refuses the key: {trouble.message}", hint=KEY_HINT)
        case Trouble.DAILY_QUOTA:
            return ProviderRefused(f"the day's quota is used up: {trouble.message}", hint=tomorrow)
        case Trouble.THROTTLED:
            hint = "what is done is kept; run the command again later, or lower the rates in `limits`"
            return ProviderRefused(f"Gemini keeps saying too many requests: {trouble.message}", hint=hint)
        case Trouble.REFUSED:
            hint = missing if trouble.code == 404 else "the same request would be refused again"
            return ProviderRefused(f"Gemini refuses: {trouble.message}", hint=hint)
        case Trouble.UNAVAILABLE | Trouble.TRANSPORT:
            hint = unreached_hint(trouble.message)
            hint = (
                hint
                or "what is done is kept; check the network and GOOGLE_GEMINI_BASE_URL, then run the command again"
            )
            return WorkFailed(f"Gemini cannot be reached: {trouble.message}", hint=hint)


def unreached_hint(said: str) -> str:
    """What to look at when nobody answered; empty for words that say something else."""
    if NOBODY_ANSWERS not in said:
        return ""
    url = read_environment().google_gemini_base_url
    if not url:
        return "what is done is kept; is this machine online? then run the command again"
    return f"is {url} (GOOGLE_GEMINI_BASE_URL) right, is the emulator running? then run the command again"
