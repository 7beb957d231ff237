"""Every exception below a call to Gemini, told in our words; for a create, what is definite and what is not."""

from __future__ import annotations

import json
import traceback
from typing import TYPE_CHECKING, Any

import aiohttp
import httpx2
import pytest
from google.genai.errors import APIError
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.provider_reply import BatchState, ProviderTrouble, Trouble
from chargen.edges.gemini_errors import DEFINITE, translated
from chargen.edges.gemini_operation import read_batch, read_page, read_state

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY = "AIza/secret+key="


def answered(code: int, body: object, **headers: str) -> Exception:
    """What the SDK raises for an HTTP answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        APIError.raise_for_response(httpx2.Response(code, content=content, headers=named))
    except APIError as error:
        return error
    raise AssertionError(code)


def rpc(code: int, status: str, message: str = "no", *details: Mapping[str, Any]) -> dict[str, Any]:
    return {"error": {"code": code, "status": status, "message": message, "details": list(details)}}


def trouble(error: Exception, *, create: bool = False) -> ProviderTrouble:
    with pytest.raises(ProviderTrouble) as caught, translated(KEY, create=create):
        raise error
    return caught.value


@pytest.mark.parametrize(
    ("code", "status", "wanted"),
    [
        (400, "INVALID_ARGUMENT", Trouble.REFUSED),
        (400, "FAILED_PRECONDITION", Trouble.REFUSED),
        (401, "UNAUTHENTICATED", Trouble.DENIED),
        (403, "PERMISSION_DENIED", Trouble.DENIED),
        (404, "NOT_FOUND", Trouble.REFUSED),
        (408, "DEADLINE_EXCEEDED", Trouble.UNAVAILABLE),
        (409, "ALREADY_EXISTS", Trouble.REFUSED),
        (409, "ABORTED", Trouble.UNAVAILABLE),
        (429, "RESOURCE_EXHAUSTED", Trouble.THROTTLED),
        (499, "CANCELLED", Trouble.UNAVAILABLE),
        (500, "INTERNAL", Trouble.UNAVAILABLE),
        (503, "UNAVAILABLE", Trouble.UNAVAILABLE),
        (504, "DEADLINE_EXCEEDED", Trouble.UNAVAILABLE),
        (302, "", Trouble.UNAVAILABLE),
    ],
)
def test_what_can_be_done_about_an_answer(code: int, status: str, wanted: Trouble) -> None:
    found = trouble(answered(code, rpc(code, status)))

    assert (found.trouble, found.code, found.status) == (wanted, code, status)
    assert found.message == f"HTTP {code}: no"


@pytest.mark.parametrize("code", [302, 400, 401, 403, 404, 408, 409, 412, 429, 499, 500, 503])
def test_a_create_is_refused_only_by_google_itself(code: int) -> None:
    by_google = trouble(answered(code, rpc(code, "SOME")), create=True)
    by_a_gateway = [
        trouble(answered(code, body), create=True) for body in (b"<html>", {"error": "no"}, {}, b"")
    ]

    assert by_google.ambiguous is (code not in DEFINITE)
    assert all(found.ambiguous for found in by_a_gateway)


@pytest.mark.parametrize(
    "error", [KeyError("file"), ValueError("JSON"), AttributeError("bug"), OSError("disk")]
)
def test_whatever_else_ends_a_create_is_ambiguous(error: Exception) -> None:
    assert trouble(error, create=True).ambiguous


@pytest.mark.parametrize(
    "error",
    [
        httpx2.ReadTimeout("slow"),
        httpx2.ConnectError("refused"),
        httpx2.RemoteProtocolError("gone"),
        httpx2.TooManyRedirects("round"),
        aiohttp.ServerDisconnectedError(),
        KeyError("file"),
        json.JSONDecodeError("no", "", 0),
    ],
)
def test_no_answer_is_a_matter_of_transport(error: Exception) -> None:
    found = trouble(error)

    assert (found.trouble, found.transient, found.code) == (Trouble.TRANSPORT, True, 0)
    assert type(error).__name__ in found.message


@pytest.mark.parametrize(
    ("error", "sent"),
    [
        (httpx2.ConnectError("refused"), False),
        (httpx2.ConnectTimeout("slow"), False),
        (httpx2.PoolTimeout("busy"), False),
        (httpx2.UnsupportedProtocol("ftp"), False),
        (httpx2.InvalidURL("http://["), False),
        (httpx2.ReadTimeout("slow"), True),
        (httpx2.WriteError("cut"), True),
        (httpx2.RemoteProtocolError("gone"), True),
        (aiohttp.ServerDisconnectedError(), True),
        (KeyError("file"), True),
    ],
)
@pytest.mark.parametrize("create", [True, False])
def test_what_had_no_connection_was_never_sent(error: Exception, *, sent: bool, create: bool) -> None:
    assert trouble(error, create=create).sent is sent


def test_an_answer_of_the_service_means_that_it_was_sent() -> None:
    assert trouble(answered(503, rpc(503, "UNAVAILABLE"))).sent


@pytest.mark.parametrize("error", [AttributeError("a bug"), OSError("disk full"), RuntimeError("closed")])
def test_what_is_nobodys_answer_goes_through(error: Exception) -> None:
    with pytest.raises(type(error)), translated(KEY):
        raise error


@pytest.mark.parametrize(
    "body",
    [
        rpc(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
        rpc(400, "INVALID_ARGUMENT", "no", {"@type": "t/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}),
        rpc(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key."),
    ],
)
def test_a_bad_key_is_denied_though_it_comes_as_a_400(body: dict[str, Any]) -> None:
    assert trouble(answered(400, body)).trouble is Trouble.DENIED


def test_a_quota_of_the_day_is_told_from_one_of_the_minute() -> None:
    def quota(period: str) -> dict[str, Any]:
        return {
            "@type": "t/google.rpc.QuotaFailure",
            "violations": [{"quotaId": f"Requests{period}PerProject"}],
        }

    daily = rpc(429, "RESOURCE_EXHAUSTED", "no", quota("PerMinute"), quota("PerDay"))
    assert trouble(answered(429, daily)).trouble is Trouble.DAILY_QUOTA
    assert trouble(answered(429, rpc(429, "X", "no", quota("PerMinute")))).trouble is Trouble.THROTTLED


@pytest.mark.parametrize(
    ("delay", "headers", "wanted"),
    [
        ("53s", {}, 53.0),
        ("1.5s", {"Retry_After": "7"}, 7.0),
        ("9s", {"Retry_After": "7"}, 9.0),
        ("", {"Retry_After": "Mon, 23 Nov 2026 10:00:30 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 30.0),
        ("", {"Retry_After": "Mon, 23 Nov 2026 10:00:30 GMT"}, None),
        ("", {"Retry_After": "soon"}, None),
        ("nan", {}, None),
        ("-3s", {}, None),
        ("infs", {}, None),
    ],
)
def test_how_long_to_wait(delay: str, headers: dict[str, str], wanted: float | None) -> None:
    info = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}] if delay else []

    assert (
        trouble(answered(429, rpc(429, "RESOURCE_EXHAUSTED", "no", *info), **headers)).retry_after_s == wanted
    )


@pytest.mark.parametrize("create", [True, False])
def test_a_message_is_one_line_and_has_no_key(create: bool) -> None:  # noqa: FBT001
    said = f"bad\nkey {KEY} in https://x/?key=AIza%2Fsecret%2Bkey%3D " + "x" * 900

    for error in (answered(403, rpc(403, "X", said)), httpx2.ConnectError(said), ValueError(said)):
        found = trouble(error, create=create)
        assert "secret" not in "".join(traceback.format_exception(found)) + repr(found.__dict__)
        assert "\n" not in found.message
        assert len(found.message) <= 500


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(
                ["error", "code", "status", "message", "details", "@type", "violations", "retryDelay"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=8,
)


@given(st.sampled_from([400, 403, 429, 500]), st.dictionaries(st.sampled_from(["error", "message"]), JSON))
def test_no_error_body_breaks_the_reading_of_it(code: int, body: dict[str, Any]) -> None:
    error = APIError(code, {}, httpx2.Response(code))
    error.details = body

    assert trouble(error).code == code


def test_a_batch_in_the_spelling_of_the_wire() -> None:
    batch = read_batch(
        {
            "name": "batches/b",
            "metadata": {
                "model": "models/m",
                "displayName": "d",
                "state": "BATCH_STATE_SUCCEEDED",
                "inputConfig": {"fileName": "files/in"},
                "output": {"responsesFile": "files/batch-b"},
                "createTime": "2026-11-23T10:00:00Z",
                "endTime": "2026-11-23T11:00:00Z",
                "batchStats": {"requestCount": "3", "successfulRequestCount": "2", "failedRequestCount": "1"},
            },
            "done": True,
        }
    )

    assert (batch.state, batch.model, batch.display_name) == (BatchState.SUCCEEDED, "m", "d")
    assert (batch.input_file, batch.output_file) == ("files/in", "files/batch-b")
    assert batch.counts == {"requests": 3, "successful": 2, "failed": 1}
    assert (batch.created_at, batch.ended_at) == ("2026-11-23T10:00:00Z", "2026-11-23T11:00:00Z")


def test_a_state_we_do_not_know_is_no_end_unless_the_operation_says_so() -> None:
    assert read_state("BATCH_STATE_PAUSED") is read_state("") is BatchState.UNKNOWN
    assert read_state("JOB_STATE_PARTIALLY_SUCCEEDED") is BatchState.PARTIALLY_SUCCEEDED
    for ended, state in (
        ({"error": {"code": 1}}, BatchState.FAILED),
        ({"response": {"x": 1}}, BatchState.SUCCEEDED),
    ):
        assert (
            read_batch({"name": "batches/b", "done": True, "metadata": {"state": "NEW"}, **ended}).state
            is state
        )


@pytest.mark.parametrize("body", [{"operations": None}, {"operations": [1]}, {"operations": [{}]}])
def test_a_page_that_is_none_is_told(body: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"list|name"):
        read_page(body)
