"""GitHub's pull requests, by PyGithub: every write looks first, and looks again where its answer was lost."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self, TypeVar
from urllib.parse import quote

from chargen.core.pull import Pull
from chargen.edges.environment import GITHUB_API_URL
from chargen.edges.github_connection import GitHubConnection, Pace
from chargen.edges.github_settings import GitHubSettings
from chargen.errors import ForgeTrouble

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from github.IssueComment import IssueComment
    from github.PullRequest import PullRequest

__all__ = ["GitHubForge", "Pace"]

Made = TypeVar("Made")

WRITERS: Final = frozenset({"admin", "maintain", "write"})
OUR_MARKS: Final = "<!-- chargen"  # what every body of ours begins with


class GitHubForge:
    """
    The Forge of one repository on GitHub; nothing is asked before the first call.

    Args:
        token: GITHUB_TOKEN, of a workflow run, an app or a person.
        repository: `owner/name`.
        base_url: of the API (GITHUB_API_URL).
        pace: pauses and patience; by default GitHub's, and none at an address of this machine.
    """

    def __init__(
        self, token: str, repository: str, *, base_url: str = GITHUB_API_URL, pace: Pace | None = None
    ) -> None:
        self._connection = GitHubConnection(token, repository, base_url=base_url, pace=pace)
        self.settings = GitHubSettings(self._connection)

    def close(self) -> None:
        """Close the connections."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def pulls(self, branch: str) -> Sequence[Pull]:
        """The pull requests from a branch of this repository, open and closed, newest first. ForgeTrouble."""
        return [pull for pull in self._list(state="all", head=self._head(branch)) if pull.branch == branch]

    def open_pulls(self) -> Sequence[Pull]:
        """Every open pull request whose head lies in this repository, newest first. ForgeTrouble."""
        return self._list(state="open")

    def pull(self, number: int) -> Pull:
        """One pull request, with who closed it. ForgeTrouble."""
        with self._connection.asking(f"read pull request {number}"):
            one = self._connection.repository.get_pull(number)
            said = _said(one)
            if said.open or said.merged:
                return said
            closer = self._connection.repository.get_issue(number).closed_by
            return _said(one, closed_by=closer.login if closer else "")

    def open_pull(self, branch: str, base: str, title: str, body: str) -> Pull:
        """A new pull request, or the open one that there is from this branch to that base. ForgeTrouble."""
        return self._found_or_made(
            lambda: self._open_one(branch, base), lambda: self._create(branch, base, title, body)
        )

    def edit_pull(self, number: int, *, title: str, body: str) -> None:
        """Another title and body; nothing is sent when both are as they should be. ForgeTrouble."""
        with self._connection.asking(f"edit pull request {number}"):
            pull = self._connection.repository.get_pull(number)
            if (pull.title, _text(pull.body)) != (title, _text(body)):
                pull.edit(title=title, body=body)

    def close_pull(self, number: int) -> None:
        """Close it; closed already is done. ForgeTrouble."""
        with self._connection.asking(f"close pull request {number}"):
            pull = self._connection.repository.get_pull(number)
            if pull.state != "closed":
                pull.edit(state="closed")

    def comment(self, number: int, marker: str, body: str, *, only_edit: bool = False) -> None:
        """
        The one comment of ours that begins with `marker`: created, edited in place, or left when it says this already.

        With `only_edit` none is created where there is none. A comment of anybody else's is never taken for ours.
        ForgeTrouble.
        """
        text = body if body.startswith(marker) else f"{marker}\n{body}"

        def find() -> IssueComment | None:
            with self._connection.asking(f"read the comments on pull request {number}"):
                return next((one for one in self._comments(number) if self._is_ours(one, marker)), None)

        def write() -> IssueComment:
            with self._connection.asking(f"comment on pull request {number}"):
                return self._connection.repository.get_issue(number).create_comment(text)

        ours = find() if only_edit else self._found_or_made(find, write)
        if ours is not None and _text(ours.body) != _text(text):
            with self._connection.asking(f"edit a comment on pull request {number}"):
                ours.edit(text)

    def people_spoke(self, number: int) -> bool:
        """Whether a person (no bot, and not we under a person's token) commented on it or reviewed it. ForgeTrouble."""
        with self._connection.asking(f"read the comments on pull request {number}"):
            if any(
                _is_person(one.user) and not self._is_ours(one, OUR_MARKS) for one in self._comments(number)
            ):
                return True
            reviews = self._connection.repository.get_pull(number).get_reviews()
            return any(_is_person(one.user) for one in reviews)

    def may_write(self, login: str) -> bool:
        """Whether a person has write permission here, asked at this moment; never a bot. ForgeTrouble."""
        if not login or login.endswith("[bot]"):
            return False
        try:
            _, said = self._connection.get(
                f"{{repository}}/collaborators/{quote(login, safe='')}/permission",
                doing=f"ask what {login} may do",
            )
        except ForgeTrouble as trouble:
            if trouble.status == 404:  # no such account (any more)
                return False
            raise
        user = said.get("user") or {}
        return said.get("permission") in WRITERS and user.get("type") != "Bot"

    def _list(self, **wanted: str) -> list[Pull]:
        with self._connection.asking("list the pull requests"):
            found = self._connection.repository.get_pulls(sort="created", direction="desc", **wanted)
            return [said for said in map(_said, found) if said.same_repository]

    def _head(self, branch: str) -> str:
        return f"{self._connection.name.partition('/')[0]}:{branch}"

    def _open_one(self, branch: str, base: str) -> Pull | None:
        found = self._list(state="open", head=self._head(branch), base=base)
        pull = next((pull for pull in found if (pull.branch, pull.base) == (branch, base)), None)
        if pull is not None and not self._opened(pull):
            message = f"#{pull.number}, from {branch}, was opened by {pull.author}, and is not chargen's"
            raise ForgeTrouble(message, hint="close it: the next run opens its own")
        return pull

    def _opened(self, pull: Pull) -> bool:
        """Whether a pull request was opened with this token, or with one like it that does not tell its name."""
        login = self._connection.login
        return pull.author == login if login else pull.author_is_bot

    def _create(self, branch: str, base: str, title: str, body: str) -> Pull:
        with self._connection.asking(f"open a pull request from {branch} to {base}"):
            return _said(self._connection.repository.create_pull(base, branch, title=title, body=body))

    def _found_or_made(self, find: Callable[[], Made | None], make: Callable[[], Made]) -> Made:
        """What is there, else what is made; where an answer was lost, or somebody was first, it is looked for again."""
        for last in (False, True):
            found = find()
            if found is not None:
                return found
            try:
                return make()
            except ForgeTrouble as trouble:
                if last or not (_was_lost(trouble) or "already exists" in trouble.message):
                    raise
        raise AssertionError("the second attempt returns or raises")  # pragma: no cover

    def _comments(self, number: int) -> Any:
        return self._connection.repository.get_issue(number).get_comments()

    def _is_ours(self, comment: IssueComment, marker: str) -> bool:
        if not (comment.body or "").startswith(marker) or comment.user is None:
            return False
        login = self._connection.login
        return comment.user.login == login if login else _is_bot(comment.user)


def _said(pull: PullRequest, closed_by: str = "") -> Pull:
    head, base = pull.head, pull.base
    author: Any = pull.user  # null for an account that is gone, and so is a fork's repository
    head_repository: Any = head.repo
    return Pull(
        number=pull.number,
        url=pull.html_url,
        title=pull.title,
        body=pull.body or "",
        branch=head.ref,
        head_sha=head.sha,
        base=base.ref,
        author=author.login if author else "",
        author_is_bot=_is_bot(author),
        same_repository=head_repository is not None and head_repository.id == base.repo.id,
        open=pull.state == "open",
        merged=pull.merged_at is not None,
        closed_by=closed_by,
    )


def _is_bot(user: Any) -> bool:
    return user is not None and user.type == "Bot" and str(user.login).endswith("[bot]")


def _is_person(user: Any) -> bool:
    return user is not None and user.type != "Bot" and not str(user.login).endswith("[bot]")


def _was_lost(trouble: ForgeTrouble) -> bool:
    """Whether a write may have been done all the same."""
    return trouble.status == 0 or trouble.status >= 500


def _text(body: str | None) -> str:
    """A body as it is compared: GitHub's pages write other line ends."""
    return (body or "").replace("\r\n", "\n").rstrip()
