"""The faults of the GitHub stand-in, as they look on the wire, and the table of them in the docs."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx2
import pytest

from chargen.emulator.forge.faults import ENDPOINTS, KINDS
from chargen.emulator.forge.routes import ENDPOINTS as ROUTES
from chargen.errors import UsageError
from tests.forge.conftest import REPO

if TYPE_CHECKING:
    from chargen.emulator.forge.server import GitHub
    from tests.forge.conftest import Wire

DOCS = Path(__file__).parents[2] / "docs" / "emulator.md"


def test_502_does_nothing(wire: Wire, github: GitHub) -> None:
    wire.push()
    github.fault("502:on=pull-create")

    assert wire.open().status_code == 502
    assert github.pulls() == []
    assert wire.open().status_code == 201


def test_502_after_has_done_it(wire: Wire, github: GitHub) -> None:
    wire.push()
    github.fault("502-after:on=pull-create")

    assert wire.open().status_code == 502
    assert len(github.pulls()) == 1


@pytest.mark.parametrize(("fault", "done"), [("drop", 0), ("lost-answer", 1)])
def test_a_connection_that_ends(wire: Wire, github: GitHub, fault: str, done: int) -> None:
    wire.push()
    github.fault(f"{fault}:on=pull-create")

    with pytest.raises(httpx2.RemoteProtocolError):
        wire.open()

    assert len(github.pulls()) == done


def test_secondary_limit(wire: Wire, github: GitHub) -> None:
    github.fault("secondary-limit:retry=7", "secondary-limit:retry=0")

    waits, does_not_say = wire.ask("GET", REPO), wire.ask("GET", REPO)

    assert [waits.status_code, does_not_say.status_code] == [403, 403]
    assert waits.headers["retry-after"] == "7"
    assert "retry-after" not in does_not_say.headers
    assert waits.json()["message"].startswith("You have exceeded a secondary rate limit.")


def test_rate_limit(wire: Wire, github: GitHub) -> None:
    github.fault("rate-limit:reset=600")

    answer = wire.ask("GET", REPO)

    reset = int(answer.headers["x-ratelimit-reset"]) - github.state.clock.now()
    assert (answer.status_code, answer.headers["x-ratelimit-remaining"]) == (403, "0")
    assert 597 < reset <= 600


def test_slow(wire: Wire, github: GitHub) -> None:
    github.fault("slow:delay=0.2")
    began = time.monotonic()

    wire.ask("GET", REPO)

    assert time.monotonic() - began >= 0.2


def test_list_lag_hides_the_newest(wire: Wire, github: GitHub) -> None:
    wire.opened()
    github.fault("list-lag")

    assert wire.ask("GET", f"{REPO}/pulls").json() == []
    assert len(wire.ask("GET", f"{REPO}/pulls").json()) == 1


def test_a_fault_strikes_where_its_text_occurs(wire: Wire, github: GitHub) -> None:
    wire.opened()
    github.fault("502:match=/pulls/1")

    codes = [wire.ask("GET", path).status_code for path in (REPO, f"{REPO}/pulls/1", f"{REPO}/pulls/1")]

    assert codes == [200, 502, 200]


def test_faults_of_the_other_side_are_unknown_here(github: GitHub) -> None:
    with pytest.raises(UsageError, match="unknown fault 'image-safety'"):
        github.fault("image-safety")
    with pytest.raises(UsageError, match="no endpoint is called 'generate'"):
        github.fault("502:on=generate")


def test_what_was_exchanged_is_on_the_record(wire: Wire, github: GitHub) -> None:
    wire.push()
    github.fault("lost-answer:on=pull-create")
    with pytest.raises(httpx2.RemoteProtocolError):
        wire.open()

    (exchange,) = github.exchanges

    assert (exchange.method, exchange.path, exchange.status, exchange.fault) == (
        "POST",
        f"{REPO}/pulls",
        201,
        "lost-answer",
    )
    assert (exchange.login, exchange.request["title"]) == ("github-actions[bot]", "Pictures")
    assert exchange.response["number"] == 1
    assert "authorization" not in exchange.request_headers


def test_every_call_can_be_struck_and_every_fault_is_documented() -> None:
    text = DOCS.read_text(encoding="utf-8")
    tables = text[text.index("## GitHub") :]

    assert {route.name for route in ROUTES} | {"git-read", "git-push"} == set(ENDPOINTS)
    for kind in KINDS.values():
        options = ", ".join(f"`{name}={value:g}`" for name, value in kind.options.items() if name != "on")
        assert f"| `{kind.name}` | {kind.summary} | {options} |" in tables
    assert all(f"`{name}`" in tables for name in ENDPOINTS)
