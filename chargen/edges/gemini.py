"""
Gemini's Developer API behind the Provider and BatchProvider ports: one call here is one call on the wire.

Repeats nothing and decides nothing; every failure is a ProviderTrouble.
"""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING, Any, Final

from chargen.core.provider_reply import Batch, ProviderTrouble, Trouble
from chargen.edges.blotting import BlottedFile
from chargen.edges.gemini_client import Gemini, GeminiOptions, http_options
from chargen.edges.gemini_operation import read_batch, read_page, read_state
from chargen.edges.gemini_wire import SpooledAnswer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

__all__ = ["GeminiBatches", "GeminiOptions", "GeminiProvider"]

JSONL: Final = "application/jsonl"
PAGE_SIZE: Final = "100"
_FILE_NAME: Final = re.compile(r"files/[A-Za-z0-9_-]+")
_MODEL_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")
_BATCH_NAME: Final = re.compile(r"batches/[A-Za-z0-9_-]+")


class GeminiProvider(Gemini):
    """Live pictures: the body that would stand in a batch's line is sent as it is."""

    def generate(
        self, model: str, request: Mapping[str, Any], sent: Callable[[], object] | None = None
    ) -> Mapping[str, Any]:
        """
        The raw answer to one request, on disk until it is looked into; `sent` is told when the request has left.

        Not by the SDK: it holds an answer in memory several times over, loses finishMessage (models.py:90), and says
        nothing of when a request has left.
        """
        _check(model, _MODEL_NAME)
        with self._translated(), self._posted(f"models/{model}:generateContent", request, sent) as pieces:
            return SpooledAnswer(pieces, self._options.spool, self._translated)


class GeminiBatches(Gemini):
    """Batches with file input and output; inline batches lose order and keys (python-genai issues 1909 and 2008)."""

    def __init__(self, options: GeminiOptions) -> None:
        super().__init__(options)
        self._reachable: set[str] = set()  # files this key has seen: a later 403 for one means it is gone

    def upload(self, path: Path, display_name: str) -> str:
        """Upload a JSONL file. Python knows no MIME type for `.jsonl`, so it is named."""
        from google.genai.types import UploadFileConfig

        config = UploadFileConfig(
            mime_type=JSONL,
            display_name=display_name,
            http_options=http_options(self._options.transfer_timeout_s),
        )
        with self._translated():
            name = self._sdk.files.upload(file=path, config=config).name
            if not name:
                raise ValueError("the uploaded file has no name")
        self._reachable.add(name)
        return name

    def delete_file(self, name: str) -> None:
        """
        Delete an uploaded file, so that no late create can read it; returns only when it is gone for certain.

        For a file that is not there Google may answer 403 "or it may not exist" instead of 404. That proves nothing by
        itself (another project's key gets the same), so the file is looked at first. A 404 counts only in Google's own
        words: a gateway has them for every path.
        """
        _check(name, _FILE_NAME)
        try:
            with self._translated():
                self._sdk.files.get(name=name)
                self._reachable.add(name)
                self._sdk.files.delete(name=name)
        except ProviderTrouble as trouble:
            hidden = "may not exist" in trouble.message and name in self._reachable
            if trouble.status != "NOT_FOUND" and not hidden:
                raise

    def create(self, model: str, input_file: str, display_name: str) -> Batch:
        """Start a batch: the call that pays, sent once. Whatever is no definite refusal is ambiguous."""
        from google.genai.types import CreateBatchJobConfig

        _check(input_file, _FILE_NAME)
        call = http_options(self._options.create_timeout_s)
        config = CreateBatchJobConfig(display_name=display_name, http_options=call)
        with self._translated(create=True):
            job = self._sdk.batches.create(model=model, src=input_file, config=config)
            if not job.name:
                raise ValueError("the created batch has no name")
            return Batch(
                name=job.name,
                state=read_state(job.state.value if job.state else ""),
                display_name=job.display_name or display_name,
                model=model,
                input_file=input_file,
                created_at=job.create_time.isoformat().replace("+00:00", "Z") if job.create_time else "",
            )

    def get(self, name: str) -> Batch:
        """A batch as it stands."""
        _check(name, _BATCH_NAME)
        with self._translated():
            return read_batch(self._get_json(name))

    def list(self) -> Iterator[Batch]:
        """
        Every batch of this key. The end is a page without a token, never a page without batches: the SDK's pager dies
        of an empty page that has one (pagers.py:171).
        """
        token, seen = "", set[str]()
        while True:
            params = {"pageSize": PAGE_SIZE} | ({"pageToken": token} if token else {})
            with self._translated():
                batches, token = read_page(self._get_json("batches", params))
                if token in seen:
                    raise ValueError("the list of batches goes round in circles")
            yield from batches
            if not token:
                return
            seen.add(token)

    def cancel(self, name: str) -> None:
        """Ask for a batch to end; it may still succeed."""
        _check(name, _BATCH_NAME)
        with self._translated():
            self._sdk.batches.cancel(name=name)

    def download(self, name: str, destination: Path) -> None:
        """
        Stream a result file to disk, whole or not at all; OSError when the disk cannot take it.

        Result files have ids of 42 characters, which files.get refuses (python-genai issue 1759): the download is asked
        for at once, by name.
        """
        from google.genai.types import DownloadFileConfig

        _check(name, _FILE_NAME)
        config = DownloadFileConfig(http_options=http_options(self._options.transfer_timeout_s))
        part = destination.with_name(f"{destination.name}.part")
        try:
            with part.open("wb") as file:
                blotted = BlottedFile(file, self._options.api_key)
                with self._translated():
                    self._sdk.files.download(file=name, destination=blotted, config=config)  # type: ignore[call-overload]  # it writes, and no more
                blotted.finish()
                file.flush()
                os.fsync(file.fileno())
            part.replace(destination)
        except OSError as error:
            error.filename = error.filename or str(destination)  # a write does not say where
            raise
        finally:
            part.unlink(missing_ok=True)
        _sync_folder(destination.parent)


def _check(name: str, shape: re.Pattern[str]) -> None:
    """Refuse what is no resource name before anything is sent: it would become part of the URL."""
    if not shape.fullmatch(name):
        raise ProviderTrouble(
            Trouble.REFUSED, f"{name[:80]!r} is no {shape.pattern.partition('/')[0]}/... name"
        )


def _sync_folder(folder: Path) -> None:
    """Make a rename last; where folders cannot be opened (Windows) there is nothing to do."""
    with contextlib.suppress(PermissionError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
