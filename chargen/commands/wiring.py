"""
The composition root: where ports meet their adapters, and the one place that knows the folders and the environment.

Heavy libraries are imported by the functions that need them.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from chargen import __version__
from chargen.core.world import CONFIG_FILE
from chargen.edges.clock import SystemClock
from chargen.edges.environment import Environment, read_environment, secrets_of
from chargen.edges.git import find_repository
from chargen.edges.world_files import Pillow, WorldFolder
from chargen.errors import ConfigurationError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from chargen.core.address import Address
    from chargen.core.books import Books, Candidate
    from chargen.core.compiled import CompiledShot
    from chargen.core.plan import Options, Plan
    from chargen.core.provider_reply import ProviderTrouble
    from chargen.core.world import World
    from chargen.edges.gemini_client import GeminiOptions
    from chargen.edges.job_store import SqliteJobStore
    from chargen.edges.run_folder import RunFolder
    from chargen.pipeline.booking import Desk
    from chargen.ports import BatchProvider, Provider

_SHORTEST_SECRET: Final = 8  # Gemini's keys have 39 characters, GitHub's tokens 40 and more


@dataclass(frozen=True)
class Session:
    """One command's world: its root, the environment, the clock."""

    root: Path
    environment: Environment = field(repr=False)
    clock: SystemClock = field(default_factory=SystemClock)

    @property
    def files(self) -> WorldFolder:
        """The world's files."""
        return WorldFolder(self.root)

    @property
    def pictures(self) -> Pillow:
        """The picture tools."""
        return Pillow()

    def world(self) -> tuple[World, Mapping[Address, CompiledShot]]:
        """Discover and compile the tree as it lies."""
        from chargen.edges.work_tree import WorkTree
        from chargen.pipeline.compile import compile_world
        from chargen.pipeline.discover import discover

        world = discover(WorkTree(self.root))
        return world, compile_world(world)

    def world_at(self, rev: str) -> tuple[World, Mapping[Address, CompiledShot]]:
        """Discover and compile a commit's tree. UsageError when there is no repository or no such commit."""
        from chargen.edges.git_tree import GitTree
        from chargen.pipeline.compile import compile_world
        from chargen.pipeline.discover import discover

        repository = find_repository(self.root)
        if repository is None:
            raise UsageError("--base needs a git repository", hint="run it inside one, or leave --base out")
        prefix = self.root.resolve().relative_to(repository.resolve()).as_posix()
        with GitTree(repository, rev, "" if prefix == "." else prefix) as tree:
            world = discover(tree)
            return world, compile_world(world)

    def desk(self) -> Desk:
        """The books, and who we are to them."""
        from chargen.edges.books import LocalBooks
        from chargen.edges.process import is_gone, nonce, this_process
        from chargen.pipeline.booking import Desk

        return Desk(
            tracking=LocalBooks.of(self.root),
            clock=self.clock,
            owner=this_process(self.environment.run_url),
            is_gone=is_gone,
            new_world_id=nonce,
            repository_id=self.environment.github_repository_id,
        )

    def plan(self, options: Options, books: Books) -> tuple[Plan, World, Mapping[Address, CompiledShot]]:
        """The plan for the tree as it lies."""
        from chargen.pipeline.plan import make_plan

        world, shots = self.world()
        return make_plan(world, shots, books, options, version=__version__), world, shots

    def require_key(self) -> str:
        """The Gemini key. ConfigurationError when it is missing."""
        if not self.environment.gemini_api_key:
            from chargen.commands.trouble import KEY_HINT

            raise ConfigurationError("GEMINI_API_KEY is not set", hint=KEY_HINT)
        return self.environment.gemini_api_key

    @contextlib.contextmanager
    def batches(self) -> Iterator[BatchProvider]:
        """Gemini's batches, every call but create repeated while it may help."""
        from chargen.commands.trouble import provider_errors
        from chargen.edges.gemini import GeminiBatches
        from chargen.edges.retrying import RetriedBatches, retrying

        with provider_errors(), GeminiBatches(self._gemini()) as batches:
            yield RetriedBatches(batches, retrying(self.clock, told=_say_waiting))

    @contextlib.contextmanager
    def live(self) -> Iterator[Provider]:
        """Gemini, one picture at a time; the live run retries by itself."""
        from chargen.edges.gemini import GeminiProvider

        with GeminiProvider(self._gemini()) as provider:
            yield provider

    def _gemini(self) -> GeminiOptions:
        from chargen.edges.gemini_client import BASE_URL, GeminiOptions

        url = self.environment.google_gemini_base_url
        return GeminiOptions(self.require_key(), base_url=url or BASE_URL)

    def fetch(self, candidate: Candidate) -> bytes:
        """The bytes of a picture that was paid for: from its run's folder, else from its results ref."""
        from chargen.core.digest import same, sha256
        from chargen.edges.books import LocalBooks

        extension = candidate.outcome.file.rpartition(".")[2]
        run = self.root / ".chargen" / "runs" / candidate.submission.run_id / "results"
        path = run / candidate.request.job_ids[0] / f"image.{extension}"
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if same(sha256(data), candidate.outcome.sha256):
                return data
        return LocalBooks.of(self.root).fetch(candidate.submission.id, candidate.outcome.file)

    @contextlib.contextmanager
    def store(self, run: RunFolder, books: Books) -> Iterator[SqliteJobStore]:
        """The run's job store, built anew from the books when its file has gone."""
        from chargen.edges.job_store import SqliteJobStore
        from chargen.pipeline.rebuild import rebuild

        missing = not run.jobs.exists()
        with contextlib.closing(SqliteJobStore(run.jobs, self.clock)) as store:
            if missing:
                rebuild(store, books, run.run_id)
            yield store


def _say_waiting(trouble: ProviderTrouble, seconds: float) -> None:
    from chargen.commands.telling import say

    say(f"  {trouble.message}; again in {seconds:.0f} s")


def open_session(root: Path | None) -> Session:
    """The session for `--root`, or for the world the current folder lies in."""
    return Session(root=find_root(root), environment=read_environment())


def find_root(root: Path | None) -> Path:
    """`--root`, else the nearest folder upward with a chargen.yaml, else git's top level, else the current folder."""
    if root is not None:
        return root.resolve()
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / CONFIG_FILE).is_file():
            return folder
    return find_repository(here) or here


def redact(text: str) -> str:
    """The text with every secret of the environment blotted out; a word of a few letters is a stand-in, and no secret."""
    for secret in (item for item in secrets_of() if len(item) >= _SHORTEST_SECRET):
        text = text.replace(secret, "***")
    return text
