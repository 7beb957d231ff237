"""
The composition root: where ports meet their adapters, and the one place that knows the folders and the environment.

Heavy libraries are imported by the functions that need them.
"""

from __future__ import annotations

import contextlib
import functools
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chargen import __version__
from chargen.commands import reaching
from chargen.commands.compiling import committed_world, lying_world, sides
from chargen.commands.whereabouts import find_root, prefix_in, repository_path
from chargen.edges.base_tip import Base
from chargen.edges.clock import SystemClock
from chargen.edges.environment import Environment, read_environment
from chargen.edges.git import find_repository
from chargen.edges.world_files import Pillow, WorldFolder
from chargen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from chargen.commands.compiling import Compiled
    from chargen.core.address import Address
    from chargen.core.books import Books, Candidate
    from chargen.core.compiled import CompiledShot
    from chargen.core.plan import Options, Plan
    from chargen.core.world import World
    from chargen.edges.base_tip import ReviewBranches
    from chargen.edges.books import LocalBooks
    from chargen.edges.commit_files import CommitFiles
    from chargen.edges.github import GitHubForge
    from chargen.edges.job_store import SqliteJobStore
    from chargen.edges.remote_books import RemoteBooks
    from chargen.edges.run_folder import RunFolder
    from chargen.pipeline.booking import Desk
    from chargen.pipeline.compare import Side
    from chargen.ports import BatchProvider, Provider, WorldFiles


@dataclass(frozen=True)
class Session:
    """One command's world: its root, the environment, the clock."""

    root: Path
    environment: Environment = field(repr=False)
    clock: SystemClock = field(default_factory=SystemClock)
    local: bool = False  # books of its own, although the repository has a remote
    base: Base | None = None  # the commit that is planned, in place of the files as they lie
    model: str = ""  # in place of the world's

    @functools.cached_property
    def files(self) -> WorldFiles:
        """The world's files, as they lie or as the base has them; what is written to the base's stays in memory."""
        return self.commit_files() if self.base else WorldFolder(self.root)

    def commit_files(self) -> CommitFiles:
        """The base's files, with writes kept in memory."""
        from chargen.edges.commit_files import CommitFiles

        assert self.base is not None  # noqa: S101  # only asked for on a base
        return CommitFiles.at(self.base.repository, self.base.commit, self.base.prefix, root=self.root)

    @property
    def pictures(self) -> Pillow:
        """The picture tools."""
        return Pillow()

    def world(self) -> Compiled:
        """Discover and compile the tree as it lies, or the base's."""
        return self._base_world if self.base else lying_world(self.root, self.model)

    @functools.cached_property
    def _base_world(self) -> Compiled:
        assert self.base is not None  # noqa: S101  # asked for by `world` alone
        return committed_world(self.base, self.root, self.model)

    def sides(self, rev: str) -> AbstractContextManager[tuple[Side, Side]]:
        """A commit's tree and the tree as it lies, to compare. UsageError when there is no repository or no such commit."""
        return sides(self.root, rev, self.model, self.world)

    def repository_path(self, path: str) -> str:
        """A path of the world's from its repository's top; the path itself outside of one."""
        return repository_path(self.root, path)

    def at(self, commit: str) -> Session:
        """The same, planning another commit that is here."""
        assert self.base is not None  # noqa: S101  # only asked for on a base
        return replace(self, base=replace(self.base, commit=commit))

    def on_base(self) -> Session:
        """The same, planning the tip of the default branch of the remote. UsageError when there is no remote."""
        from chargen.edges.base_tip import find_base

        repository = find_repository(self.root)
        if repository is None:
            hint = "run it in a clone of the world's repository"
            raise UsageError("gitops needs a git repository with a remote", hint=hint)
        return replace(self, base=find_base(repository, prefix_in(repository, self.root)))

    @functools.cached_property
    def tracking(self) -> LocalBooks | RemoteBooks:
        """Where the books are kept: on the remote, where there is one; else, or with `--local`, here."""
        from chargen.edges.base_tip import find_remote
        from chargen.edges.books import LocalBooks
        from chargen.edges.remote_books import RemoteBooks

        repository = None if self.local else find_repository(self.root)
        remote = find_remote(repository) if repository else ""
        if repository and remote:
            return RemoteBooks(repository, remote)
        return LocalBooks.of(self.root)

    def kept_by_the_remote(self) -> Mapping[str, str]:
        """The submissions whose pictures the remote keeps, and the commits they are in; none without a remote."""
        from chargen.edges.remote_books import RemoteBooks

        return self.tracking.results() if isinstance(self.tracking, RemoteBooks) else {}

    def recorded_here(self) -> Mapping[str, str]:
        """The submissions that runs in this folder have recorded, and their runs; none where the books are a remote's."""
        from chargen.edges.recorded import recorded_here
        from chargen.edges.remote_books import RemoteBooks

        return {} if isinstance(self.tracking, RemoteBooks) else recorded_here(self.root)

    def books_here(self) -> Books:
        """The books as this machine has them: no network is asked, nothing is written."""
        from chargen.core.books_files import decode

        return decode(*self.tracking.read_local())

    def forge(self) -> GitHubForge:
        """The repository's pull requests. ConfigurationError when the token or the repository's name is missing."""
        return reaching.forge(self.environment, self.root)

    def desk(self) -> Desk:
        """The books, and who we are to them."""
        from chargen.edges.process import is_gone, nonce, this_process
        from chargen.pipeline.booking import Desk

        return Desk(
            tracking=self.tracking,
            clock=self.clock,
            owner=this_process(self.environment.run_url),
            is_gone=is_gone,
            new_world_id=nonce,
            repository_id=0 if self.local else self.environment.github_repository_id,
        )

    def plan(self, options: Options, books: Books) -> tuple[Plan, World, Mapping[Address, CompiledShot]]:
        """The plan for the tree as it lies."""
        from chargen.pipeline.plan import make_plan

        world, shots = self.world()
        return make_plan(world, shots, books, options, version=__version__), world, shots

    def require_key(self) -> str:
        """The Gemini key. ConfigurationError when it is missing."""
        return reaching.require_key(self.environment)

    def batches(self) -> AbstractContextManager[BatchProvider]:
        """Gemini's batches, every call but create repeated while it may help."""
        return reaching.batches(self.environment, self.clock)

    def live(self) -> AbstractContextManager[Provider]:
        """Gemini, one picture at a time; the live run retries by itself."""
        return reaching.live(self.environment, self.root)

    def fetch(self, candidate: Candidate) -> bytes:
        """The bytes of a picture that was paid for: from its run's folder, else from its results ref."""
        from chargen.core.digest import same, sha256

        extension = candidate.outcome.file.rpartition(".")[2]
        run = self.root / ".chargen" / "runs" / candidate.submission.run_id / "results"
        path = run / candidate.request.job_ids[0] / f"image.{extension}"
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            if same(sha256(data), candidate.outcome.sha256):
                return data
        return self.tracking.fetch(candidate.submission.id, candidate.outcome.file)

    def branches(self) -> ReviewBranches:
        """The review branches of the remote as they stand now. GitFailed, BooksConflict."""
        from chargen.edges.base_tip import ReviewBranches

        assert self.base is not None  # noqa: S101  # only asked for on a base
        return ReviewBranches.of(self.base)

    def run(self, run_id: str) -> RunFolder:
        """Where a run's files lie, or would lie; nothing is made."""
        from chargen.edges.files import STATE_FOLDER
        from chargen.edges.run_folder import RunFolder

        return RunFolder(self.root / STATE_FOLDER / "runs" / run_id)

    def begin_run(self, plan: Plan, *, known: Iterable[str]) -> RunFolder:
        """A new run's folder with its plan; `known` are the runs of other machines. ConfigurationError, WorkFailed."""
        from chargen.core.plan_json import plan_json
        from chargen.edges.run_folder import create_run

        run = create_run(self.root, self.clock, known=known)
        run.write(run.plan, plan_json(plan).encode())
        return run

    @contextlib.contextmanager
    def collecting(self, run: RunFolder, submission_id: str) -> Iterator[None]:
        """The run's folder is there, and nobody else here brings in this submission. ConfigurationError, WorkFailed."""
        from chargen.edges.one_writer import one_collector
        from chargen.edges.run_folder import make_state_folder

        make_state_folder(self.root)
        run.path.mkdir(parents=True, exist_ok=True)
        with one_collector(run.path, submission_id):
            yield

    @contextlib.contextmanager
    def applying(self) -> Iterator[None]:
        """Nobody else here writes to the world's files meanwhile. ConfigurationError, WorkFailed."""
        from chargen.edges.one_writer import one_writer

        with one_writer(self.root):
            yield

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

    @contextlib.contextmanager
    def record(self, run: RunFolder, books: Books) -> Iterator[SqliteJobStore]:
        """The run's job store to look at, built anew in memory where its file has gone: nothing is written."""
        from chargen.edges.job_reader import jobs_in_memory, read_jobs
        from chargen.pipeline.rebuild import rebuild

        found = read_jobs(run.jobs, self.clock)
        with contextlib.closing(found or jobs_in_memory(self.clock)) as store:
            if found is None:
                rebuild(store, books, run.run_id)
            yield store


def open_session(root: Path | None, *, local: bool = False, model: str = "") -> Session:
    """The session for `--root`, or for the world the current folder lies in."""
    return Session(root=find_root(root), environment=read_environment(), local=local, model=model)
