"""Pull requests: list, open, read, edit, merge; and their reviews."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.emulator.forge import pull_bodies, pull_life
from chargen.emulator.forge.accounts import WRITERS
from chargen.emulator.forge.call import Reply
from chargen.emulator.forge.records import Pull, Review
from chargen.emulator.forge.refusals import (
    BODY_LIMIT,
    NO_PULLS,
    Refusal,
    invalid,
    malformed,
    no_admin,
    too_long,
)

if TYPE_CHECKING:
    from chargen.emulator.forge.call import Call
    from chargen.emulator.forge.records import Repository

EVENTS: Final = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
SORTS: Final = ("created", "updated", "popularity", "long-running")


def list_pulls(call: Call) -> Reply:
    """The pull requests of a state, from a head, to a base."""
    state = _one_of(call, "state", "open", ("open", "closed", "all"))
    sort = _one_of(call, "sort", "created", SORTS)
    upwards = _one_of(call, "direction", "desc" if sort == "created" else "asc", ("asc", "desc")) == "asc"
    pulls = list(call.repository.pulls.values())
    if pulls and call.state.faults.take("list-lag"):
        pulls.pop()
    every = bool(pulls and call.state.faults.take("unfiltered-list"))
    of_state = [pull for pull in pulls if state in {"all", "open" if pull.open else "closed"}]
    chosen = [pull for pull in of_state if every or _wanted(call, pull)]
    chosen.sort(
        key=lambda pull: (pull.updated_at if sort == "updated" else pull.created_at, pull.number),
        reverse=not upwards,
    )
    shown, links = call.page(chosen)
    return Reply(
        [pull_bodies.pull(call.state, call.repository, pull, whole=False) for pull in shown], headers=links
    )


def open_pull(call: Call) -> Reply:
    """A new pull request, if GitHub would have it."""
    body = call.body.get("body")
    title = call.text("title", "")
    head, branch = _head(call, call.text("head"))
    base = call.text("base")
    repository = call.repository
    if call.token and call.token.actions and not repository.actions_may_open_pulls:
        raise Refusal(403, NO_PULLS)
    head_sha, base_sha = _tips(repository, head, branch, base)
    if not title.strip():
        raise invalid("PullRequest", code="missing_field", field="title")
    if len(body or "") > BODY_LIMIT:
        raise too_long("PullRequest")
    _refuse_stranger(call, head)
    pull_life.refuse_second(repository, head, branch, base)
    pull = Pull(
        call.state.new_id(), repository.numbers + 1, title, body, call.login, head, branch, base, head_sha, base_sha,
        call.now, call.now,
    )  # fmt: skip
    repository.bare.keep_head(pull.number, head_sha, head.bare, branch)
    if repository.bare.contains(base_sha, head_sha):
        raise invalid("PullRequest", message=f"No commits between {base} and {branch}")
    repository.numbers = pull.number
    repository.pulls[pull.number] = pull
    return Reply(pull_bodies.pull(call.state, repository, pull), 201)


def get_pull(call: Call) -> Reply:
    """One pull request."""
    return Reply(pull_bodies.pull(call.state, call.repository, call.pull()))


def edit_pull(call: Call) -> Reply:
    """Another title, body, base or state."""
    pull, repository = call.pull(), call.repository
    if pull.login != call.login and not _may_write(call):
        raise no_admin()
    if "title" in call.body and not call.text("title").strip():
        raise invalid("PullRequest", code="missing_field", field="title")
    if len(call.text("body", "")) > BODY_LIMIT:
        raise too_long("PullRequest")
    _change_base(call, pull)
    state = call.text("state", "open" if pull.open else "closed")
    if state not in {"open", "closed"}:
        raise invalid("PullRequest", code="invalid", field="state")
    if state == "closed":
        pull_life.close(pull, call.now, call.login)
    else:
        pull_life.reopen(repository, pull, call.now)
    pull.title = call.text("title", pull.title)
    pull.body = call.text("body", pull.body or "") if "body" in call.body else pull.body
    pull.updated_at = call.now
    return Reply(pull_bodies.pull(call.state, repository, pull))


def merge_pull(call: Call) -> Reply:
    """Merge by one of the three methods; the base of the bare repository moves."""
    pull = call.pull()
    method = call.text("merge_method", "merge")
    if method not in pull_life.METHODS:
        raise malformed(f"For 'properties/merge_method', {method!r} is not possible.")
    if call.body.get("sha") not in {None, pull.head_sha}:
        raise Refusal(409, "Head branch was modified. Review and try the merge again.")
    words = {"title": call.text("commit_title", ""), "message": call.text("commit_message", "")}
    sha = pull_life.merge(call.repository, pull, call.now, call.login, method=method, **words)
    return Reply({"sha": sha, "merged": True, "message": "Pull Request successfully merged"})


def list_reviews(call: Call) -> Reply:
    """The reviews of a pull request, oldest first."""
    pull = call.pull()
    shown, links = call.page(pull.reviews)
    return Reply([pull_bodies.review(call.state, call.repository, pull, one) for one in shown], headers=links)


def review_pull(call: Call) -> Reply:
    """Review a pull request."""
    pull = call.pull()
    event = call.text("event", "COMMENT")
    if event not in EVENTS:
        raise malformed(f"For 'properties/event', {event!r} is not possible.")
    if (
        call.token
        and call.token.actions
        and not call.repository.actions_may_open_pulls
        and event == "APPROVE"
    ):
        raise Refusal(403, NO_PULLS)
    if event != "COMMENT" and pull.login == call.login:
        verb = "approve" if event == "APPROVE" else "request changes on"
        raise Refusal(422, "Unprocessable Entity", errors=[f"Can not {verb} your own pull request"])
    review = Review(
        call.state.new_id(), call.login, call.text("body", ""), EVENTS[event], pull.head_sha, call.now
    )
    pull.reviews.append(review)
    return Reply(pull_bodies.review(call.state, call.repository, pull, review))


def _one_of(call: Call, name: str, usual: str, possible: tuple[str, ...]) -> str:
    value = call.query.get(name, usual)
    if value not in possible:
        raise invalid("PullRequest", code="invalid", field=name)
    return value


def _wanted(call: Call, pull: Pull) -> bool:
    owner, colon, branch = call.query.get("head", "").partition(":")
    if colon and (owner.lower(), branch) != (pull.head_repository.owner.lower(), pull.branch):
        return False  # a head without an owner is no filter at all
    return call.query.get("base", pull.base) == pull.base


def _head(call: Call, head: str) -> tuple[Repository, str]:
    owner, colon, branch = head.rpartition(":")
    home = call.repository
    if not colon or owner.lower() == home.owner.lower():
        return home, branch
    for one in call.state.repositories.values():
        if one.owner.lower() == owner.lower() and one.parent is home:
            return one, branch
    raise invalid("PullRequest", code="invalid", field="head")


def _tips(repository: Repository, head: Repository, branch: str, base: str) -> tuple[str, str]:
    base_sha = repository.bare.branches().get(base, "")
    head_sha = head.bare.branches().get(branch, "")
    if not base_sha:
        raise invalid("PullRequest", code="invalid", field="base")
    if not head_sha:
        raise invalid("PullRequest", code="invalid", field="head")
    return head_sha, base_sha


def _change_base(call: Call, pull: Pull) -> None:
    base = call.text("base", pull.base)
    if base == pull.base:
        return
    if not pull.open:
        message = "Cannot change the base branch of a closed pull request."
        raise invalid("PullRequest", code="invalid", field="base", message=message)
    _, base_sha = _tips(call.repository, pull.head_repository, pull.branch, base)
    pull_life.refuse_second(call.repository, pull.head_repository, pull.branch, base)
    pull.base, pull.base_sha = base, base_sha


def _refuse_stranger(call: Call, head: Repository) -> None:
    if not _may_write(call) and head.role(call.login) not in WRITERS:
        raise Refusal(422, "Validation Failed", errors=[{"resource": "Issue", "code": "custom", "field": "base",
                      "message": "must be a collaborator"}])  # fmt: skip


def _may_write(call: Call) -> bool:
    by_actions = call.token is not None and call.token.actions
    return by_actions or call.repository.role(call.login) in WRITERS
