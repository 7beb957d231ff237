"""The stand-in's addresses, and what happens around every call: faults, admission, the record."""

from __future__ import annotations

import asyncio
import json
from email.utils import formatdate
from typing import TYPE_CHECKING, Any, Final

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Mount, Route

from chargen.emulator.forge import git_http
from chargen.emulator.forge.admission import admit, count, limit_headers, token_of
from chargen.emulator.forge.call import Call, Reply
from chargen.emulator.forge.control_api import control_routes
from chargen.emulator.forge.refusals import DOCS, Refusal, limit_exceeded, missing, secondary_limit
from chargen.emulator.forge.routes import ENDPOINTS
from chargen.emulator.forge.state import Exchange
from chargen.emulator.replies import Dropped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from chargen.emulator.forge.accounts import Token
    from chargen.emulator.forge.routes import Endpoint
    from chargen.emulator.forge.state import State

JSON: Final = "application/json; charset=utf-8"
BAD_GATEWAY: Final = Reply({"message": "Server Error"}, 502)
NOTHING: Final = Reply(None, 0)


def build(state: State) -> Starlette:
    """The web application that serves this state: git and pages at the root, the API below /api/v3."""
    calls = [Route(one.path, _serve(state, one), methods=[one.method]) for one in ENDPOINTS]
    unknown = _unknown(state)
    api = Starlette(routes=calls, exception_handlers={404: unknown, 405: unknown})
    git = Route("/{owner}/{name}.git/{rest:path}", git_http.serve(state), methods=["GET", "POST"])
    return Starlette(routes=[*control_routes(state), Mount("/api/v3", app=api), git])


def _serve(state: State, endpoint: Endpoint) -> Callable[[Request], Awaitable[Response]]:
    async def serve(request: Request) -> Response:
        body = await request.body()
        text = f"{request.url.path} {body.decode('utf-8', 'replace')}"

        def take(*names: str) -> Any:
            return state.faults.take(*names, endpoint=endpoint.name, text=text)

        slow = take("slow")
        if slow:
            await asyncio.sleep(slow.number("delay"))
        before = take("502", "drop", "secondary-limit", "rate-limit")
        early = _early(state, before) if before else None
        reply, token = await asyncio.to_thread(_answer, state, endpoint, request, body, early)
        after = None if before else take("502-after", "lost-answer")
        struck = before or after
        fault = struck.kind.name if struck else ""
        _record(state, request, token, body, reply, fault)
        if fault in {"drop", "lost-answer"}:
            return Dropped()
        return _response(BAD_GATEWAY if fault == "502-after" else reply)

    return serve


def _early(state: State, fault: Any) -> Reply | Refusal:
    """The answer of a fault that strikes before any work."""
    match fault.kind.name:
        case "secondary-limit":
            return secondary_limit(fault.number("retry"))
        case "rate-limit":
            since = state.clock.now() - state.window
            return limit_exceeded("user ID 1", limit_headers(state, 0, since + fault.number("reset")))
        case "drop":
            return NOTHING
        case _:
            return BAD_GATEWAY


def _answer(
    state: State, endpoint: Endpoint, request: Request, body: bytes, early: Reply | Refusal | None
) -> tuple[Reply, Token | None]:
    """The answer of GitHub itself, a refusal as well; nothing is done where a fault came first."""
    headers: dict[str, str] = {}
    token: Token | None = None
    with state.lock:
        try:
            if isinstance(early, Reply):
                return early, token
            if early:
                raise early
            token = token_of(state, request.headers.get("authorization", ""))
            headers = _told(state, endpoint, token)
            reply = endpoint.handle(_call(state, endpoint, request, body, token))
        except Refusal as refusal:
            page = f"{DOCS}/{endpoint.page}"
            reply = Reply(refusal.body(page), refusal.code, refusal.headers)
        return Reply(reply.body, reply.code, {**_usual(state), **headers, **reply.headers}), token


def _told(state: State, endpoint: Endpoint, token: Token | None) -> dict[str, str]:
    headers = (
        limit_headers(state, state.remaining("")) if endpoint.name == "rate-limit" else count(state, token)
    )
    scopes = {"x-oauth-scopes": "repo, workflow"} if token and token.permissions is None else {}
    return headers | scopes


def _usual(state: State) -> dict[str, str]:
    return {
        "date": formatdate(state.clock.now(), usegmt=True),
        "x-github-media-type": "github.v3; format=json",
    }


def _call(state: State, endpoint: Endpoint, request: Request, body: bytes, token: Token | None) -> Call:
    values = {name: str(value) for name, value in request.path_params.items()}
    home = state.repository(f"{values['owner']}/{values['repo']}") if "repo" in values else None
    admit(endpoint, home, token)
    state.settle()
    return Call(state, request.url.path, values, dict(request.query_params), _json(body), token, home)


def _json(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body or b"{}")
    except ValueError:
        raise Refusal(400, "Problems parsing JSON") from None
    if not isinstance(read, dict):
        raise Refusal(400, "Body should be a JSON object")
    return read


def _record(
    state: State, request: Request, token: Token | None, body: bytes, reply: Reply, fault: str
) -> None:
    try:
        sent = json.loads(body) if body else None
    except ValueError:
        sent = body.decode("utf-8", "replace")
    path = request.url.path.removeprefix("/api/v3")
    headers = {key.lower(): value for key, value in request.headers.items() if key.lower() != "authorization"}
    with state.lock:
        state.exchanges.append(
            Exchange(
                request.method, path, request.url.query, token.login if token else "", sent, reply.code,
                dict(reply.headers), json.loads(json.dumps(reply.body)), fault, headers,
            )
        )  # fmt: skip


def _response(reply: Reply) -> Response:
    content = b"" if reply.body is None else json.dumps(reply.body, ensure_ascii=False).encode()
    return Response(content, reply.code, dict(reply.headers), media_type=JSON if content else None)


def _unknown(state: State) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What is answered where nothing is; on the record too, as nobody should ask."""

    async def answer(request: Request, _: Exception) -> Response:
        refusal = missing()
        reply = Reply(refusal.body(DOCS), refusal.code)
        _record(state, request, None, await request.body(), reply, "")
        return _response(reply)

    return answer
