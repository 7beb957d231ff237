"""Whether Gemini takes a key and has a model, asked by the one call that costs nothing; for `doctor`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from chargen.core.provider_reply import ProviderTrouble
from chargen.edges.gemini_client import Gemini

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of asking for a model: Gemini's clock where it told it, and what was wrong."""

    server_time: datetime | None
    trouble: ProviderTrouble | None


class GeminiModels(Gemini):
    """Questions about models; nothing is paid for, nothing made."""

    def look(self, model: str) -> Seen:
        """Ask for a model. Trouble is a value here: a refusal tells the server's clock as well."""
        from google.genai.errors import APIError

        server_time = None
        try:
            with self._translated():
                response = self._get(f"models/{quote(model, safe='')}")
                server_time = _date(response.headers)
                APIError.raise_for_response(response)
                named = response.json()["name"]
                if named != f"models/{model}":
                    raise ValueError(f"asked for {model}, told of {named}")
        except ProviderTrouble as trouble:
            return Seen(server_time, trouble)
        return Seen(server_time, None)


def _date(headers: Mapping[str, str]) -> datetime | None:
    try:
        return parsedate_to_datetime(headers.get("date", "")).astimezone(UTC)
    except (TypeError, ValueError):
        return None
