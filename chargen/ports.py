"""What the pipeline needs of the world outside, in Protocols of a few methods; adapters in chargen/edges do not import them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from chargen.core.job import Event
    from chargen.core.job_record import BatchRow, JobRecord, Note
    from chargen.core.picture_facts import PictureFacts
    from chargen.core.provider_reply import Batch
    from chargen.core.pull import Pull


class Clock(Protocol):
    """Time, so that tests own it."""

    def now(self) -> datetime:
        """The time, in UTC."""

    def monotonic(self) -> float:
        """Seconds that never go back."""

    def sleep(self, seconds: float) -> None:
        """Wait."""


class Tree(Protocol):
    """A tree of files as it lies: a work tree, or a commit."""

    def files(self) -> Iterable[str]:
        """Every file below the root, as paths with slashes, sorted; hidden folders and `.chargen` left out."""

    def read(self, path: str) -> bytes:
        """A file's bytes. FileNotFoundError; OutOfWorld for a path or symlink that leads out of the root."""


class Tracking(Protocol):
    """The books and the kept pictures, wherever they lie; writes are compare-and-swap."""

    def read(self) -> tuple[str, Mapping[str, bytes]]:
        """The tip (empty: no books yet) and every file of it."""

    def write(self, tip: str, changes: Mapping[str, bytes | None], message: str) -> str:
        """One commit on `tip`; the new tip. LostRace when the books have moved on: nothing was written."""

    def keep(self, submission_id: str, files: Mapping[str, Path], message: str) -> str:
        """Commit pictures under the submission's results ref; again with the same files: the same commit."""

    def fetch(self, submission_id: str, name: str) -> bytes:
        """The bytes of a kept picture. FileNotFoundError when it is not kept."""


class Provider(Protocol):
    """One picture at a time."""

    def generate(
        self, model: str, request: Mapping[str, Any], sent: Callable[[], object] | None = None
    ) -> Mapping[str, Any]:
        """
        The raw answer (GenerateContentResponse) to a request body (GenerateContentRequest); `sent` is told when that left.

        ProviderTrouble, perhaps only when the answer is first looked into: it may lie on disk until then.
        """


class BatchProvider(Protocol):
    """Batches and their files; every call but `create` may be repeated."""

    def upload(self, path: Path, display_name: str) -> str:
        """Upload a JSONL file; its name (`files/...`). ProviderTrouble."""

    def delete_file(self, name: str) -> None:
        """Delete an uploaded file; gone already is done. ProviderTrouble."""

    def create(self, model: str, input_file: str, display_name: str) -> Batch:
        """Start a batch: the call that pays, never repeated by itself. ProviderTrouble."""

    def get(self, name: str) -> Batch:
        """A batch as it stands. ProviderTrouble."""

    def list(self) -> Iterator[Batch]:
        """Every batch of this key, page by page. ProviderTrouble."""

    def cancel(self, name: str) -> None:
        """Ask for a batch to end. ProviderTrouble."""

    def download(self, name: str, destination: Path) -> None:
        """Stream a result file to disk, whole or not at all. ProviderTrouble."""


class WorldFiles(Protocol):
    """The world's files, for the one writer."""

    def read(self, path: str) -> bytes:
        """A file's bytes, path from the root. FileNotFoundError; ChargenError when it may not or cannot be read."""

    def write(self, path: str, data: bytes) -> None:
        """Write a file whole or not at all, durably. ChargenError."""


class RunFiles(Protocol):
    """One run's directory."""

    @property
    def run_id(self) -> str:
        """Its name."""

    @property
    def path(self) -> Path:
        """Where it lies."""

    def shard(self, index: int) -> Path:
        """Where the n-th shard's JSONL lies."""

    def result(self, job_id: str) -> Path:
        """The folder of one job's bundle."""

    def write(self, path: Path, data: bytes) -> None:
        """Write a file of the run whole or not at all, durably. ChargenError."""


class Pictures(Protocol):
    """Decoding, scaling and converting pictures."""

    def check(self, data: bytes) -> PictureFacts:
        """Decode a picture fully. BadPicture."""

    def fit(self, data: bytes) -> tuple[bytes, str]:
        """A reference picture as it is sent (bytes, MIME type) under the one scale policy. BadPicture."""

    def convert(self, data: bytes, to: str) -> bytes:
        """The picture as png, webp or jpeg; unchanged when it is in that format. BadPicture."""


class JobStore(Protocol):
    """The run's own record, durable before the world is touched."""

    def add(self, records: Sequence[JobRecord]) -> None:
        """Record jobs as PLANNED; those already there are left as they are."""

    def move(self, job_id: str, event: Event, note: Note | None = None) -> JobRecord:
        """Advance one job by the table, with what is known of it. IllegalTransition."""

    def job(self, job_id: str) -> JobRecord:
        """One job of the run. KeyError."""

    def jobs(self) -> Sequence[JobRecord]:
        """Every job of the run, in job id order."""

    def record_batch(self, batch: BatchRow) -> None:
        """Record how a submission's batch stands now."""


class Forge(Protocol):
    """
    The pull requests of one repository; every write is find-or-create, so that it may be repeated.

    All raise ForgeTrouble, worded for a person (what was refused, and which setting or permission allows it).
    """

    def pulls(self, branch: str) -> Sequence[Pull]:
        """The pull requests from a branch of this repository, open and closed, newest first."""

    def open_pulls(self) -> Sequence[Pull]:
        """Every open pull request of this repository."""

    def pull(self, number: int) -> Pull:
        """One pull request, with who closed it."""

    def open_pull(self, branch: str, base: str, title: str, body: str) -> Pull:
        """A new pull request, or the open one that there is from this branch to that base."""

    def edit_pull(self, number: int, *, title: str, body: str) -> None:
        """Another title and body; nothing is sent when both are as they should be."""

    def close_pull(self, number: int) -> None:
        """Close it; closed already is done."""

    def comment(self, number: int, marker: str, body: str, *, only_edit: bool = False) -> None:
        """
        The one comment of ours that begins with `marker`: created, edited in place, or left when it says this already.

        With `only_edit` none is created where there is none. A comment of anybody else's is never taken for ours.
        """

    def people_spoke(self, number: int) -> bool:
        """Whether a person (no bot) commented on it or reviewed it."""

    def may_write(self, login: str) -> bool:
        """Whether a person has write permission here, asked at this moment; never a bot."""
