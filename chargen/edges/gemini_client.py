"""
The one place that builds a client of the Gemini Developer API.

Pins everything the SDK would otherwise take from its surroundings: Vertex mode, keys, versions, retries, time-outs, and
which HTTP library it finds installed. Reads no environment.
"""

from __future__ import annotations

import contextlib
import json
import logging
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

from chargen.edges.blotting import Blotting
from chargen.edges.gemini_errors import HOPS, translated
from chargen.edges.gemini_wire import JsonBody, when_sent
from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from types import TracebackType

    import httpx2
    from google.genai import Client
    from google.genai.types import HttpOptions

BASE_URL: Final = "https://generativelanguage.googleapis.com"
API_VERSION: Final = "v1"  # google-genai 3.x's own default for the Developer API
KEY_HEADER: Final = "x-goog-api-key"
MOST_CONNECTIONS: Final = 256


@dataclass(frozen=True, slots=True)
class GeminiOptions:
    """
    How to reach Gemini. The SDK's own default is to wait for ever, so each kind of call has its time-out, in seconds.

    The time-outs are for silence, not for the whole call: a long download that keeps coming is not cut.
    """

    api_key: str = field(repr=False)
    base_url: str = BASE_URL
    api_version: str = API_VERSION
    generate_timeout_s: float = 300
    create_timeout_s: float = 180
    control_timeout_s: float = 60
    transfer_timeout_s: float = 600
    spool: Path | None = (
        None  # where live answers lie until they are read; the system's folder for such if None
    )

    def __post_init__(self) -> None:
        key = self.api_key.strip()
        if not key or not key.isascii() or not key.isprintable() or " " in key:
            problem = "has characters no key has" if key else "is missing"
            raise ConfigurationError(f"the Gemini API key {problem}", hint="set GEMINI_API_KEY")
        if not self.base_url.startswith(("https://", "http://")):
            raise ConfigurationError(
                f"the Gemini address {self.base_url!r} is no http or https URL",
                hint="set GOOGLE_GEMINI_BASE_URL, or unset it",
            )
        object.__setattr__(self, "api_key", key)
        object.__setattr__(self, "base_url", self.base_url.rstrip("/"))


class Gemini:
    """A connection to Gemini: use it in a `with` block, or close it. Safe from several threads."""

    def __init__(self, options: GeminiOptions) -> None:
        self._options = options
        self._http = _http_client(options)
        self._sdk = _sdk_client(options, self._http)

    def close(self) -> None:
        """Close the connections."""
        self._sdk.close()
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _translated(self, *, create: bool = False) -> AbstractContextManager[None]:
        return translated(self._options.api_key, create=create)

    def _get_json(self, path: str, params: dict[str, str] | None = None) -> dict[str, Any]:
        """A raw GET, for answers the SDK's own types do not keep whole."""
        from google.genai.errors import APIError

        response = self._get(path, params)
        APIError.raise_for_response(response)
        body = json.loads(Blotting(self._options.api_key).whole(response.content))
        if not isinstance(body, dict):
            raise ValueError(f"{path} answered with a JSON {type(body).__name__}, not an object")  # noqa: TRY004
        return body

    @contextlib.contextmanager
    def _posted(
        self, path: str, body: Mapping[str, Any], sent: Callable[[], object] | None
    ) -> Iterator[Iterator[bytes]]:
        """A raw POST, its answer's body in pieces as they come."""
        from google.genai.errors import APIError

        said = JsonBody(body)
        with self._http.stream(
            "POST",
            f"{self._options.base_url}/{self._options.api_version}/{path}",
            content=said,
            headers={KEY_HEADER: self._options.api_key, **said.headers},
            extensions=when_sent(sent),
            timeout=self._options.generate_timeout_s,
        ) as response:
            APIError.raise_for_response(response)
            yield Blotting(self._options.api_key).pieces(response.iter_bytes())

    def _get(self, path: str, params: dict[str, str] | None = None) -> httpx2.Response:
        """A raw GET, whatever it answers."""
        return self._http.get(
            f"{self._options.base_url}/{self._options.api_version}/{path}",
            params=params,
            headers={KEY_HEADER: self._options.api_key},
        )


def http_options(timeout_s: float, **more: Any) -> HttpOptions:
    """Options of one call; the SDK counts in milliseconds."""
    from google.genai.types import HttpOptions

    return HttpOptions(timeout=round(timeout_s * 1000), **more)


def _http_client(options: GeminiOptions) -> httpx2.Client:
    """
    Our own HTTP client, given to the SDK: raw calls share its connections, and the garbage collector's end of an SDK
    client does not close it mid-call (python-genai issues 1763 and 1489).
    """
    import httpx2

    origin = httpx2.URL(options.base_url).origin

    def keep_key_home(request: httpx2.Request) -> None:
        request.extensions[HOPS] = request.extensions.get(HOPS, 0) + 1
        if request.url.origin != origin:  # a redirect keeps every header but Authorization
            request.headers.pop(KEY_HEADER, None)

    return httpx2.Client(
        follow_redirects=True,
        timeout=options.control_timeout_s,
        limits=httpx2.Limits(max_connections=MOST_CONNECTIONS, max_keepalive_connections=MOST_CONNECTIONS),
        event_hooks={"request": [keep_key_home]},
    )


def _sdk_client(options: GeminiOptions, http: httpx2.Client) -> Client:
    """
    The SDK's client, pinned.

    `enterprise=False` outvotes GOOGLE_GENAI_USE_VERTEXAI and _USE_ENTERPRISE; naming key, address and version outvotes
    GOOGLE_API_KEY, GOOGLE_GEMINI_BASE_URL and GOOGLE_GENAI_API_VERSION; `attempts=1` is no retry at all, where leaving
    it out lets the SDK re-send a create when aiohttp is installed (google-genai 3.4.0, _api_client.py:2195).
    """
    from google.genai import Client
    from google.genai.types import HttpRetryOptions

    # It would warn that GOOGLE_API_KEY wins over GEMINI_API_KEY, which is not so here.
    logging.getLogger("google_genai._api_client").setLevel(logging.ERROR)
    try:
        return Client(
            enterprise=False,
            api_key=options.api_key,
            http_options=http_options(
                options.control_timeout_s,
                base_url=options.base_url,
                api_version=options.api_version,
                retry_options=HttpRetryOptions(attempts=1),
                httpx_client=http,
            ),
        )
    except ImportError as error:  # GOOGLE_GENAI_HTTP_CLIENT names a library that is not there
        http.close()
        raise ConfigurationError(str(error), hint="unset GOOGLE_GENAI_HTTP_CLIENT") from None
