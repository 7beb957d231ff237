"""The checks of `chargen doctor` on what lies elsewhere: git's remote, Gemini, the clock, the books. Nothing is paid."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from chargen.core import checkup, checkup_remote
from chargen.core.checkup import Finding, Level
from chargen.core.checkup_books import about_books
from chargen.core.rebuilt import refuse_missing_books
from chargen.edges.git import Git, GitFailed, head
from chargen.errors import ChargenError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from chargen.commands.examining import Examined
    from chargen.core.provider_reply import ProviderTrouble
    from chargen.core.shot import Shot

QUICK_S: Final = 30  # a remote that needs longer to say its refs is a finding of its own
SCRATCH: Final = "refs/heads/chargen/doctor"  # only ever named in a dry run


def repository(examined: Examined) -> Finding:
    """The repository, and whether its remote answers."""
    from chargen.edges.git_remote import default_branch, ls_remote, remote_url

    top, remote = examined.repository, examined.remote
    if top is None or not remote:
        return checkup_remote.about_remote(repository=str(top or ""), url="", branch="", commit="")
    here = Git(top, timeout_s=QUICK_S)
    branch, commit = default_branch(here, remote)
    heads = () if commit else ls_remote(here, remote, "refs/heads/*")
    others = [name for ref in heads if not (name := ref.removeprefix("refs/heads/")).startswith("chargen/")]
    return checkup_remote.about_remote(
        repository=str(top), url=remote_url(here, remote), branch=branch, commit=commit, others=others
    )


def push(examined: Examined) -> Iterator[Finding]:
    """Whether a branch of ours could be pushed, by a dry run, so that none is; nothing to say without a remote."""
    top, remote = examined.repository, examined.remote
    commit = head(top) if top and remote else ""
    if top is None or not commit:
        return
    options = ("--dry-run", "--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no")
    try:
        Git(top, timeout_s=QUICK_S).run("push", *options, "--end-of-options", remote, f"{commit}:{SCRATCH}")
    except GitFailed as error:
        yield checkup_remote.about_push(error.message, error.hint)
    else:
        yield checkup_remote.about_push("", "")


def key(examined: Examined) -> list[Finding]:
    """The key, and the world's models: one question each, none of which costs anything."""
    from chargen.core.model_table import DEFAULT_MODEL
    from chargen.edges.gemini_client import BASE_URL, GeminiOptions
    from chargen.edges.gemini_models import GeminiModels

    environment = examined.session.environment
    if not environment.gemini_api_key:
        return [checkup_remote.no_key(workflows=examined.has_workflows, secret=examined.secret)]
    url = environment.google_gemini_base_url or BASE_URL
    seen: dict[str, ProviderTrouble | None] = {}
    with GeminiModels(
        GeminiOptions(environment.gemini_api_key, base_url=url, control_timeout_s=QUICK_S)
    ) as gemini:
        for model in _models(examined) or [DEFAULT_MODEL]:
            answer = gemini.look(model)
            examined.told_the_time("Gemini", answer.server_time)
            seen[model] = answer.trouble
            finding = checkup_remote.about_key(answer.trouble, url)
            if finding.level is not Level.OK:
                return [finding]
    return [checkup_remote.about_key(None, url), checkup_remote.about_models(seen)]


def _models(examined: Examined) -> list[str]:
    """The models that the world's shots ask for; its usual one where it has none."""
    try:
        found, shots = examined.world
    except ChargenError:  # a finding of its own
        return []
    return sorted({shot.provider.model for shot in shots.values()} or {found.config.provider.model})


def clock(examined: Examined) -> Finding:
    """Our clock against the servers' that were asked before."""
    return checkup.about_clock(examined.ahead_s)


def books(examined: Examined) -> Finding:
    """What waits on the books for somebody. BooksConflict where they are missing, as whoever pays would raise."""
    desk = examined.session.desk()
    found = desk.read()
    if not found.tip:
        refuse_missing_books(found, _shots(examined))
    lapsed = [item.id for item in found.submissions.values() if item.holds and desk.lapsed(item)]
    number = examined.repository_id or examined.session.environment.github_repository_id
    return about_books(found, lapsed, examined.session.clock.now(), number)


def _shots(examined: Examined) -> list[Shot]:
    """The world's shots with their rows; none where it cannot be read."""
    try:
        return list(examined.world[0].shots())
    except ChargenError:  # a finding of its own
        return []
