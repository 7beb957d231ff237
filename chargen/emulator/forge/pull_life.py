"""The life of a pull request: opened, closed, opened again, merged; and what a push makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.emulator.forge.bare import Conflict
from chargen.emulator.forge.refusals import Refusal, invalid

if TYPE_CHECKING:
    from chargen.emulator.forge.bare import Bare
    from chargen.emulator.forge.records import Pull, Repository

METHODS: Final = ("merge", "squash", "rebase")
EMAIL: Final = "users.noreply.github.test"


def follow_branches(repository: Repository, now: float, by: str = "") -> None:
    """Bring the open pull requests to where their branches are; `by` pushed last."""
    still_open = [pull for pull in repository.pulls.values() if pull.open]
    branches = {repository: repository.branches()} if still_open else {}
    for pull in still_open:
        head_repository = pull.head_repository
        if head_repository not in branches:
            branches[head_repository] = head_repository.branches()
        head = branches[head_repository].get(pull.branch, "")
        base = branches[repository].get(pull.base, "")
        _follow(repository, pull, head, base, now, by)


def _follow(repository: Repository, pull: Pull, head: str, base: str, now: float, by: str) -> None:
    if not base:
        _end(pull, now, by)
        return
    if base != pull.base_sha and repository.bare.contains(base, pull.head_sha):
        _merged(pull, pull.head_sha, now, by)
    elif not head:
        _end(pull, now, by)
    elif head != pull.head_sha:
        repository.bare.keep_head(pull.number, head, pull.head_repository.bare, pull.branch)
        pull.head_sha = head
        pull.updated_at = now
        if repository.bare.contains(base, head):
            _end(pull, now, by)  # pushed to where nothing is left to merge
    pull.base_sha = base


def close(pull: Pull, now: float, by: str) -> None:
    """Close without merging; closed already is done."""
    if pull.open:
        _end(pull, now, by)


def reopen(repository: Repository, pull: Pull, now: float) -> None:
    """Open again. Refusal where GitHub would not."""
    if pull.open:
        return
    head = pull.head_repository.branches().get(pull.branch, "")
    if pull.merged:
        raise _cannot("The pull request is merged.")
    if not head:
        raise _cannot(f"The {pull.branch} branch has been deleted.")
    if head != pull.head_sha:
        raise _cannot(f"The {pull.branch} branch was force-pushed or recreated.")
    refuse_second(repository, pull.head_repository, pull.branch, pull.base)
    pull.closed_at, pull.closed_by, pull.updated_at = None, "", now


def refuse_second(repository: Repository, head: Repository, branch: str, base: str) -> None:
    """Only one open pull request may lead from a branch to a base. Refusal."""
    if any(
        pull.open and (pull.head_repository, pull.branch, pull.base) == (head, branch, base)
        for pull in repository.pulls.values()
    ):
        raise invalid("PullRequest", message=f"A pull request already exists for {head.owner}:{branch}.")


def merge(
    repository: Repository,
    pull: Pull,
    now: float,
    by: str,
    *,
    method: str = "merge",
    title: str = "",
    message: str = "",
) -> str:
    """Merge by one of GitHub's three methods; the commit that the base is at. Refusal."""
    bare = repository.bare
    if not pull.open or not bare.merges_cleanly(pull.base_sha, pull.head_sha):
        raise Refusal(405, "Pull Request is not mergeable")
    source = f"{pull.head_repository.owner}/{pull.branch}"
    usual = (
        f"Merge pull request #{pull.number} from {source}"
        if method == "merge"
        else f"{pull.title} (#{pull.number})"
    )
    said = f"{title or usual}\n\n{message or (pull.title if method == 'merge' else '')}".rstrip() + "\n"
    if method == "rebase":
        new = _rebased(bare, pull, now, by)
    else:
        common = bare.merge_base(pull.base_sha, pull.head_sha)
        tree = bare.merged_tree(common, pull.base_sha, pull.head_sha)
        parents = (pull.base_sha, pull.head_sha) if method == "merge" else (pull.base_sha,)
        new = bare.commit_tree(tree, *parents, message=said, at=now, name=by, email=f"{by}@{EMAIL}")
    bare.move(pull.base, new, pull.base_sha)
    _merged(pull, new, now, by)
    return new


def _rebased(bare: Bare, pull: Pull, now: float, by: str) -> str:
    tip = pull.base_sha
    commits = bare.git(
        "rev-list", "--reverse", "--no-merges", f"{pull.base_sha}..{pull.head_sha}"
    ).splitlines()
    for commit in commits:
        try:
            tree = bare.merged_tree(f"{commit}^", tip, commit)
        except Conflict:
            raise Refusal(405, "This branch can't be rebased") from None
        said = bare.git("log", "-1", "--format=%B", commit) + "\n"
        tip = bare.commit_tree(tree, tip, message=said, at=now, name=by, email=f"{by}@{EMAIL}")
    return tip


def _merged(pull: Pull, commit: str, now: float, by: str) -> None:
    pull.merged_at, pull.merged_by, pull.merge_commit = now, by, commit
    _end(pull, now, by)


def _end(pull: Pull, now: float, by: str) -> None:
    pull.closed_at, pull.closed_by, pull.updated_at = now, by, now


def _cannot(why: str) -> Refusal:
    return invalid("PullRequest", field="state", message=f"state cannot be changed. {why}")
