"""The faults that hit a whole call: refusals before the work, delays, and answers that get lost after it."""

from __future__ import annotations

import asyncio
import string
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from chargen.emulator.replies import RPC, Dropped, Refusal, bad_payload

if TYPE_CHECKING:
    from starlette.responses import Response

    from chargen.emulator.faults import Fault
    from chargen.emulator.state import State

REFUSALS: Final = ("429", "429-daily", "429-help", "503", "500", "403", "400-unknown-field")
PRINTABLE: Final = string.printable[:-5]
HELP: Final = {
    "@type": f"{RPC}.Help",
    "links": [
        {
            "description": "Learn more about Gemini API quotas",
            "url": "https://ai.google.dev/gemini-api/docs/rate-limits",
        }
    ],
}
QUOTA: Final = "You exceeded your current quota, please check your plan and billing details."


async def before_work(state: State, endpoint: str, text: str) -> Response | None:
    """Let the faults strike that come before any work: raises a refusal, or gives the answer that ends the call."""
    slow = state.faults.take("slow", endpoint=endpoint, text=text)
    if slow:
        await asyncio.sleep(slow.number("delay"))
    if state.faults.take("drop", endpoint=endpoint, text=text):
        return Dropped()
    fault = state.faults.take(*REFUSALS, endpoint=endpoint, text=text)
    if fault:
        raise _refusal(fault, state.key)
    return None


def after_work(state: State, endpoint: str, text: str) -> Response | None:
    """Lose the answer, if a fault says so."""
    return Dropped() if state.faults.take("lost-answer", endpoint=endpoint, text=text) else None


def _refusal(fault: Fault, key: str) -> Refusal:
    match fault.kind.name:
        case "429":
            delay = f"{fault.number('delay'):g}s"
            header = {"Retry-After": f"{fault.number('delay'):g}"} if fault.number("header") else {}
            details = [_quota("PerMinute"), HELP, {"@type": f"{RPC}.RetryInfo", "retryDelay": delay}]
            return Refusal(
                "RESOURCE_EXHAUSTED", f"{QUOTA} Please retry in {delay}.", details=details, headers=header
            )
        case "429-daily":
            return Refusal("RESOURCE_EXHAUSTED", QUOTA, details=[_quota("PerDay"), HELP])
        case "429-help":
            return Refusal("RESOURCE_EXHAUSTED", QUOTA, details=[HELP])
        case "503":
            return _said(fault, key, "UNAVAILABLE", "The model is overloaded. Please try again later.")
        case "403":
            return _said(fault, key, "PERMISSION_DENIED", "The caller does not have permission")
        case "400-unknown-field":
            path = "generation_config.image_config"
            return bad_payload(f"Unknown name \"imageSize\" at '{path}': Cannot find field.", field=path)
        case _:
            return _said(fault, key, "INTERNAL", "An internal error has occurred. Please retry or report.")


def _said(fault: Fault, key: str, status: str, usual: str) -> Refusal:
    """A refusal in words of whoever switched it on, which a header and the details repeat."""
    words = fault.words(usual, key)
    if words == usual:
        return Refusal(status, usual)
    details = [{"@type": f"{RPC}.DebugInfo", "detail": words}]
    return Refusal(status, words, details=details, headers={"X-Said": quote(words, safe=PRINTABLE)})


def _quota(period: str) -> dict[str, Any]:
    violation = {
        "quotaMetric": "generativelanguage.googleapis.com/generate_requests_per_model",
        "quotaId": f"GenerateRequests{period}PerProjectPerModel",
        "quotaDimensions": {"location": "global", "model": "gemini-nano-banana-2.1"},
        "quotaValue": "10",
    }
    return {"@type": f"{RPC}.QuotaFailure", "violations": [violation]}
