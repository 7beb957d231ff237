"""git over HTTP: `git http-backend` as a CGI program, behind the stand-in's own tokens."""

from __future__ import annotations

import asyncio
import subprocess
from typing import TYPE_CHECKING, Final

from starlette.responses import Response

from chargen.emulator.forge.accounts import WRITERS
from chargen.emulator.forge.admission import token_of, visible
from chargen.emulator.forge.bare import git_program, git_variables
from chargen.emulator.forge.refusals import Refusal
from chargen.emulator.replies import Dropped

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from starlette.requests import Request

    from chargen.emulator.forge.accounts import Token
    from chargen.emulator.forge.records import Repository
    from chargen.emulator.forge.state import State

PUSH: Final = "git-receive-pack"


def serve(state: State) -> Callable[[Request], Awaitable[Response]]:
    """The handler of everything below a repository's `.git` address."""

    async def answer(request: Request) -> Response:
        rest = request.path_params["rest"]
        push = rest == PUSH or request.query_params.get("service") == PUSH
        body = await request.body()
        endpoint = "git-push" if push else "git-read"
        if state.faults.take("drop", endpoint=endpoint, text=request.url.path):
            return Dropped()
        if state.faults.take("502", endpoint=endpoint, text=request.url.path):
            return Response("Bad Gateway\n", 502)
        home = state.repository("{owner}/{name}".format_map(request.path_params))
        try:
            token = token_of(state, request.headers.get("authorization", ""))
        except Refusal:
            return _sign_in("Invalid username or token.")
        refused = _refused(home, token, push=push)
        if refused or home is None:
            return refused or _not_found()
        login = token.login if token else ""
        response = await _backend(home, request, rest, body, login)
        if rest == PUSH:
            await asyncio.to_thread(state.settle, login)
            if state.faults.take("lost-answer", endpoint=endpoint, text=request.url.path):
                return Dropped()
        return response

    return answer


def _refused(home: Repository | None, token: Token | None, *, push: bool) -> Response | None:
    if token is None and (push or home is None or home.private):
        return _sign_in("No anonymous write access." if push else "Authentication required.")
    if home is None or not visible(home, token):
        return _not_found()
    if not push or token is None:
        return None
    elsewhere = bool(token.repository) and token.repository.lower() != home.full_name.lower()
    role = token.actions or home.role(token.login) in WRITERS
    if elsewhere or not role or not token.may("contents", "write"):
        return Response(f"Permission to {home.full_name}.git denied to {token.login}.\n", 403)
    return None


def _sign_in(why: str) -> Response:
    return Response(f"{why}\n", 401, {"WWW-Authenticate": 'Basic realm="GitHub"'})


def _not_found() -> Response:
    return Response("Repository not found.\n", 404)


async def _backend(home: Repository, request: Request, rest: str, body: bytes, login: str) -> Response:
    """What `git http-backend` answers; its first lines are headers."""
    variables = {
        "GIT_PROJECT_ROOT": str(home.bare.path.parent),
        "GIT_HTTP_EXPORT_ALL": "1",
        "PATH_INFO": f"/{home.bare.path.name}/{rest}",
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": request.url.query,
        "CONTENT_TYPE": request.headers.get("content-type", ""),
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("content-encoding", ""),
        "GIT_PROTOCOL": request.headers.get("git-protocol", ""),
        **({"REMOTE_USER": login} if login else {}),
    }
    command = [git_program(), "http-backend"]
    done = await asyncio.to_thread(
        subprocess.run, command, input=body, capture_output=True, check=False, env=git_variables(variables)
    )
    head, _, content = done.stdout.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
    code = int(headers.pop("Status", "200").split(" ")[0])
    return Response(content, code, headers)
