"""
What is reached over the network, by the environment's keys and addresses: Gemini and GitHub.

Heavy libraries are imported by the functions that need them.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime
    from pathlib import Path

    from chargen.core.provider_reply import ProviderTrouble
    from chargen.edges.environment import Environment
    from chargen.edges.gemini_client import GeminiOptions
    from chargen.edges.github import GitHubForge
    from chargen.ports import BatchProvider, Clock, Provider

_SOON_S: Final = 10.0


def require_key(environment: Environment) -> str:
    """The Gemini key. ConfigurationError when it is missing."""
    if not environment.gemini_api_key:
        from chargen.commands.trouble import KEY_HINT, KEY_HINT_ACTIONS

        hint = KEY_HINT_ACTIONS if environment.in_actions else KEY_HINT
        raise ConfigurationError("GEMINI_API_KEY is not set", hint=hint)
    return environment.gemini_api_key


@contextlib.contextmanager
def batches(environment: Environment, clock: Clock) -> Iterator[BatchProvider]:
    """Gemini's batches, every call but create repeated while it may help."""
    from chargen.commands.trouble import provider_errors
    from chargen.edges.gemini import GeminiBatches
    from chargen.edges.retrying import RetriedBatches, retrying

    with provider_errors(), GeminiBatches(_gemini(environment)) as provider:
        yield RetriedBatches(provider, retrying(clock, told=_say_waiting))


@contextlib.contextmanager
def live(environment: Environment, root: Path) -> Iterator[Provider]:
    """Gemini, one picture at a time; the live run retries by itself."""
    from chargen.edges.gemini import GeminiProvider
    from chargen.edges.run_folder import make_state_folder

    # Answers wait on the world's disk: a system's own folder for such things may lie in memory.
    spool = make_state_folder(root)
    with GeminiProvider(replace(_gemini(environment), spool=spool)) as provider:
        yield provider


def server_time(environment: Environment) -> datetime | None:
    """What Gemini's clock says, by a question that costs nothing; None where it does not answer soon."""
    from chargen.core.model_table import DEFAULT_MODEL
    from chargen.edges.gemini_models import GeminiModels

    with GeminiModels(replace(_gemini(environment), control_timeout_s=_SOON_S)) as gemini:
        seen = gemini.look(DEFAULT_MODEL)
    return (
        seen.server_time if seen.trouble is None else None
    )  # else it may be anybody's who stands in between


def _gemini(environment: Environment) -> GeminiOptions:
    from chargen.edges.gemini_client import BASE_URL, GeminiOptions

    return GeminiOptions(require_key(environment), base_url=environment.google_gemini_base_url or BASE_URL)


def _say_waiting(trouble: ProviderTrouble, seconds: float) -> None:
    from chargen.commands.telling import say

    say(f"  {trouble.message}; again in {seconds:.0f} s")


def forge(environment: Environment, root: Path) -> GitHubForge:
    """The repository's pull requests. ConfigurationError when the token or the repository's name is missing."""
    from chargen.edges.base_tip import find_slug
    from chargen.edges.github import GitHubForge

    if not environment.github_token:
        hint = (
            "in a workflow: env GITHUB_TOKEN: ${{ github.token }}; elsewhere a token with the right to write"
        )
        raise ConfigurationError("GITHUB_TOKEN is not set", hint=hint)
    slug = environment.github_repository or find_slug(root, environment.github_server_url)
    if not slug:
        raise ConfigurationError("which repository is not known", hint="set GITHUB_REPOSITORY to owner/name")
    return GitHubForge(environment.github_token, slug, base_url=environment.github_api_url)
