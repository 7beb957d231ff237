"""
The GitHub stand-in as a fixture, judged by GitHub's own description of its API.

In a conftest.py: `from tests.github_judge import github, github_server` makes the fixture `github` known there.
"""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs, quote

import pytest
from openapi_core import Config, OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from chargen.emulator.forge.server import GitHub

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chargen.emulator.forge.state import Exchange

DESCRIPTION: Final = Path(__file__).parent / "data" / "github_openapi.json"
HOST: Final = "https://api.github.com"
UNDESCRIBED: Final = frozenset({400, 401, 403, 404, 422, 429})  # refusals any call may meet, listed or not
REFUSED: Final = frozenset({400, 422})  # said of a request that is wrong: no need to say it again
GONE_FORK: Final = (
    "head.repo: None"  # GitHub says null for a fork that was deleted; its description does not know
)
NOBODYS: Final = frozenset({"502", "drop"})  # no answer of GitHub's at all


@cache
def _description() -> tuple[dict[str, Any], OpenAPI]:
    read = json.loads(DESCRIPTION.read_text(encoding="utf-8"))
    return read, OpenAPI.from_dict(read, config=Config(spec_validator_cls=None))


def problems(exchanges: list[Exchange]) -> list[str]:
    """What in these calls and answers is not as GitHub describes it."""
    return [f"{one.method} {one.path} {one.status}: {said}" for one in exchanges for said in _problems(one)]


def _problems(exchange: Exchange) -> list[str]:
    described, api = _description()
    template = _template(exchange, described["paths"])
    if not template:
        return ["GitHub describes no such call"]
    operation = described["paths"][template][exchange.method.lower()]
    found = [] if exchange.status in REFUSED else _request_problems(exchange, operation, described, api)
    return found + _response_problems(exchange, operation, api)


def _template(exchange: Exchange, paths: Mapping[str, Any]) -> str:
    """The described path of a call; the one with the fewest gaps where several fit."""
    parts = _path(exchange).split("/")
    fits = [
        path
        for path, item in paths.items()
        if exchange.method.lower() in item
        and len(path.split("/")) == len(parts)
        and all(
            one.startswith("{") or one == other for one, other in zip(path.split("/"), parts, strict=True)
        )
    ]
    return min(fits, key=lambda path: path.count("{"), default="")


def _path(exchange: Exchange) -> str:
    """The path, with a ref as one part of it."""
    before, between, ref = exchange.path.partition("/git/ref/")
    return before + between + quote(ref, safe="")


def _request_problems(
    exchange: Exchange, operation: dict[str, Any], described: dict[str, Any], api: OpenAPI
) -> list[str]:
    found = [f"the request: {said}" for said in _said(lambda: api.validate_request(_request(exchange)))]
    parameters = [_resolved(one, described) for one in operation.get("parameters", ())]
    known = {one["name"] for one in parameters if one["in"] == "query"}
    found += [f"no parameter is called {name}" for name in parse_qs(exchange.query) if name not in known]
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    properties = content.get("schema", {}).get("properties", {})
    sent = exchange.request if isinstance(exchange.request, dict) else {}
    return found + [f"no property is called {name}" for name in sent if name not in properties]


def _response_problems(exchange: Exchange, operation: dict[str, Any], api: OpenAPI) -> list[str]:
    if exchange.fault in NOBODYS:
        return []
    if str(exchange.status) in operation["responses"]:
        answer = MockResponse(
            json.dumps(exchange.response).encode() if exchange.status != 204 else b"",
            status_code=exchange.status,
            content_type="application/json",
        )
        return [
            f"the answer: {said}" for said in _said(lambda: api.validate_response(_request(exchange), answer))
        ]
    body = exchange.response if isinstance(exchange.response, dict) else {}
    if (
        exchange.status in UNDESCRIBED
        and isinstance(body.get("message"), str)
        and "documentation_url" in body
    ):
        return []
    return ["no answer of this code is described"]


def _request(exchange: Exchange) -> MockRequest:
    body = None if exchange.request is None else json.dumps(exchange.request).encode()
    arguments = {name: values[0] for name, values in parse_qs(exchange.query, keep_blank_values=True).items()}
    return MockRequest(HOST, exchange.method.lower(), _path(exchange), args=arguments, data=body,
                       content_type="application/json")  # fmt: skip


def _said(validate: Any) -> list[str]:
    try:
        validate()
    except OpenAPIError as error:
        reasons = _reasons(error)
        return [] if all(one.startswith(GONE_FORK) for one in reasons) else [": ".join(reasons)[:400]]
    return []


def _reasons(error: BaseException) -> list[str]:
    """The exception that says it, without the value it speaks of, and its causes."""
    details = [
        f"{'.'.join(map(str, one.path))}: {one.message}" for one in getattr(error, "schema_errors", ())
    ]
    causes = _reasons(error.__cause__) if error.__cause__ else []
    return [*(details or ([] if causes else [f"{type(error).__name__} {error}"])), *causes]


def _resolved(node: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    found: Any = described
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def push(
    bare: Path, branch: str, files: Mapping[str, str | bytes], *, onto: str = "", message: str = "a change"
) -> str:
    """
    Commit files onto a branch of a bare repository and move it there; the commit.

    `onto` names another branch to begin a new one from; without it, and without the branch, the history begins here.
    """
    start = onto or (branch if _git(bare, "for-each-ref", f"refs/heads/{branch}") else "")
    parts = [f"commit refs/heads/{branch}\ncommitter Mira <mira@example.test> 1790000000 +0000\n".encode()]
    parts += [_data(message.encode()), f"from refs/heads/{start}^0\n".encode() if start else b""]
    for path, text in files.items():
        parts += [
            f"M 100644 inline {path}\n".encode(),
            _data(text.encode() if isinstance(text, str) else text),
        ]
    _git(bare, "fast-import", "--quiet", "--force", stdin=b"".join(parts))
    return _git(bare, "rev-parse", f"refs/heads/{branch}")


def _data(data: bytes) -> bytes:
    return f"data {len(data)}\n".encode() + data + b"\n"


def _git(bare: Path, *arguments: str, stdin: bytes = b"") -> str:
    command = ["git", f"--git-dir={bare}", *arguments]
    return subprocess.run(command, input=stdin, capture_output=True, check=True).stdout.decode().strip()


@pytest.fixture(scope="session")
def github_server() -> Iterator[GitHub]:
    """One stand-in for all tests of a worker; use `github`, which begins afresh each time."""
    with GitHub() as server:
        yield server


@pytest.fixture
def github(github_server: GitHub) -> Iterator[GitHub]:
    """A GitHub with the repository acme/world (one commit on main); whatever goes over the wire is judged at the end."""
    home = github_server.create("acme/world", number=4711)
    push(home.bare.path, "main", {"chapter.md": "one\ntwo\nthree\nfour\nfive\n"}, message="begin")
    yield github_server
    found = problems(github_server.exchanges)
    github_server.reset()
    if found:
        pytest.fail("not as GitHub describes it:\n" + "\n".join(found))
