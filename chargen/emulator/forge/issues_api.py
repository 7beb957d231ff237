"""A pull request as an issue, and the comments on its page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.emulator.forge import pull_bodies
from chargen.emulator.forge.accounts import WRITERS
from chargen.emulator.forge.call import Reply
from chargen.emulator.forge.records import Comment
from chargen.emulator.forge.refusals import BODY_LIMIT, invalid, no_admin, too_long

if TYPE_CHECKING:
    from chargen.emulator.forge.call import Call


def get_issue(call: Call) -> Reply:
    """The issue a pull request also is; alone in saying who closed it."""
    return Reply(pull_bodies.issue(call.state, call.repository, call.pull("issue_number")))


def list_comments(call: Call) -> Reply:
    """The comments on a pull request's page, oldest first."""
    number = call.pull("issue_number").number
    comments = [one for one in call.repository.comments.values() if one.number == number]
    shown, links = call.page(comments)
    return Reply([pull_bodies.comment(call.state, call.repository, one) for one in shown], headers=links)


def write_comment(call: Call) -> Reply:
    """A new comment."""
    pull, body = call.pull("issue_number"), _body(call)
    comment = Comment(call.state.new_id(), pull.number, call.login, body, call.now, call.now)
    call.repository.comments[comment.id] = comment
    pull.updated_at = call.now
    return Reply(pull_bodies.comment(call.state, call.repository, comment), 201)


def get_comment(call: Call) -> Reply:
    """One comment."""
    return Reply(pull_bodies.comment(call.state, call.repository, call.comment()))


def edit_comment(call: Call) -> Reply:
    """Another body."""
    comment = call.comment()
    _refuse_others(call, comment)
    comment.body, comment.updated_at = _body(call), call.now
    return Reply(pull_bodies.comment(call.state, call.repository, comment))


def delete_comment(call: Call) -> Reply:
    """Away with it."""
    comment = call.comment()
    _refuse_others(call, comment)
    del call.repository.comments[comment.id]
    return Reply(None, 204)


def _body(call: Call) -> str:
    body = call.text("body")
    if not body.strip():
        raise invalid("IssueComment", code="unprocessable", field="data", message="Body cannot be blank")
    if len(body) > BODY_LIMIT:
        raise too_long("IssueComment")
    return body


def _refuse_others(call: Call, comment: Comment) -> None:
    may = (call.token and call.token.actions) or call.repository.role(call.login) in WRITERS
    if comment.login != call.login and not may:
        raise no_admin()
