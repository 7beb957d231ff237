"""Comments over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.forge.conftest import REPO

if TYPE_CHECKING:
    from chargen.emulator.forge.server import GitHub
    from tests.forge.conftest import Wire


def test_written_read_edited_and_deleted(wire: Wire, github: GitHub) -> None:
    number = wire.opened()
    made = wire.ask("POST", f"{REPO}/issues/{number}/comments", {"body": "first"}).json()
    place = f"{REPO}/issues/comments/{made['id']}"
    github.advance(5)

    edited = wire.ask("PATCH", place, {"body": "second"}).json()
    read = wire.ask("GET", place).json()
    gone = wire.ask("DELETE", place)

    assert (made["body"], made["user"]["login"], made["user"]["type"]) == (
        "first",
        "github-actions[bot]",
        "Bot",
    )
    assert (edited["body"], edited["created_at"]) == ("second", made["created_at"])
    assert read["updated_at"] > read["created_at"]
    assert gone.status_code == 204
    assert wire.ask("GET", place).status_code == 404
    assert wire.ask("GET", f"{REPO}/issues/{number}/comments").json() == []


def test_people_comment_and_change_their_minds(wire: Wire, github: GitHub) -> None:
    number = wire.opened()
    comment = github.comment(number, "/chargen reroll", by="mira")
    github.advance(60)

    github.edit_comment(comment.id, "never mind")

    (shown,) = wire.ask("GET", f"{REPO}/issues/{number}/comments").json()
    assert (shown["user"]["login"], shown["user"]["type"], shown["body"]) == ("mira", "User", "never mind")
    assert shown["updated_at"] > shown["created_at"]


@pytest.mark.parametrize(
    ("body", "message"),
    [(" \n", "Body cannot be blank"), ("x" * 65537, "Body is too long (maximum is 65536 characters)")],
)
def test_bodies_that_are_refused(wire: Wire, body: str, message: str) -> None:
    answer = wire.ask("POST", f"{REPO}/issues/{wire.opened()}/comments", {"body": body})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": message}
    ]


def test_a_reader_edits_only_their_own(wire: Wire, github: GitHub) -> None:
    number = wire.opened()
    of_mira, of_ben = (github.comment(number, "words", by=name) for name in ("mira", "ben"))
    token = github.token("ben")

    theirs = wire.ask("PATCH", f"{REPO}/issues/comments/{of_mira.id}", {"body": "x"}, token=token)
    own = wire.ask("PATCH", f"{REPO}/issues/comments/{of_ben.id}", {"body": "x"}, token=token)

    assert (theirs.status_code, own.status_code) == (403, 200)


def test_a_comment_on_nothing(wire: Wire) -> None:
    assert wire.ask("POST", f"{REPO}/issues/9/comments", {"body": "hello"}).status_code == 404
