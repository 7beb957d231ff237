"""Between plan and execute: reference bytes checked against the plan, request bodies, and shards on disk."""

from __future__ import annotations

import math
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pybase64

from chargen.core.digest import sha256
from chargen.core.picture_facts import BadPicture
from chargen.core.picture_format import parse_lfs_pointer
from chargen.core.request import InlineImage, jsonl_line
from chargen.core.work import Work
from chargen.errors import ConfigurationError, Place, StalePlan
from chargen.ports import Pictures, WorldFiles

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from chargen.core.compiled import Sent
    from chargen.core.world_config import Limits
    from chargen.ports import RunFiles

_CACHE_BYTES: Final = 64_000_000


@dataclass
class Images:
    """The reference pictures of a run, read once each, as they are sent; a small cache, since shots share them."""

    files: WorldFiles
    pictures: Pictures
    _cache: OrderedDict[str, tuple[str, str]] = field(default_factory=OrderedDict)
    _held: int = 0

    def of(self, work: Work) -> list[InlineImage]:
        """The images of one request in the order they are sent.

        Raises StalePlan when a file is no longer what was planned, ConfigurationError when it cannot be sent.
        """
        return [self._one(sent) for sent in work.shot.references]

    def _one(self, sent: Sent) -> InlineImage:
        mime, data = self._cache.get(sent.sha256) or self._read(sent)
        return InlineImage(role=sent.used.role, id=sent.used.id, mime=mime, data_b64=data)

    def _read(self, sent: Sent) -> tuple[str, str]:
        place = Place(sent.path)
        try:
            raw = self.files.read(sent.path)
        except FileNotFoundError:
            raise StalePlan(
                "the reference picture is gone since it was planned", hint="plan again", place=place
            ) from None
        if parse_lfs_pointer(raw) == sent.sha256:
            hint = "fetch it first: git lfs pull"
            raise ConfigurationError(
                "the reference picture is only an LFS pointer here", hint=hint, place=place
            )
        if sha256(raw) != sent.sha256:
            raise StalePlan(
                "the reference picture changed since it was planned", hint="plan again", place=place
            )
        try:
            data, mime = self.pictures.fit(raw)
        except BadPicture as error:
            hint = "replace it by a PNG, JPEG or WebP that opens in a viewer"
            raise ConfigurationError(
                f"the reference picture cannot be read: {error}", hint=hint, place=place
            ) from None
        return self._keep(sent.sha256, mime, pybase64.b64encode(data).decode("ascii"))

    def _keep(self, digest: str, mime: str, text: str) -> tuple[str, str]:
        self._cache[digest] = (mime, text)
        self._held += len(text)
        while self._held > _CACHE_BYTES and len(self._cache) > 1:
            _, (_, dropped) = self._cache.popitem(last=False)
            self._held -= len(dropped)
        return mime, text


@dataclass(frozen=True, slots=True)
class Shard:
    """One batch's worth of work, its lines on disk."""

    model: str
    path: Path
    work: tuple[Work, ...]


def write_shards(
    work: Sequence[Work], images: Images, run: RunFiles, limits: Limits, *, first: int, most: int
) -> tuple[tuple[Shard, ...], tuple[Work, ...]]:
    """Lines on disk, sharded by model, request count and bytes; at most `most` shards, and the work left for later."""
    shards: list[Shard] = []
    left: list[Work] = []
    for group in _groups(work, limits):
        rest: Sequence[Work] = group
        while rest and len(shards) < most:
            shard, rest = _write_shard(rest, images, run.shard(first + len(shards)), limits)
            shards.append(shard)
        left.extend(rest)
    return tuple(shards), tuple(left)


def _groups(work: Sequence[Work], limits: Limits) -> Iterator[list[Work]]:
    """Work that may share a batch: one model, at most so many requests; what expired together goes in halves."""
    by_kind: dict[tuple[str, str], list[Work]] = {}
    for item in work:
        by_kind.setdefault((item.model, item.expired), []).append(item)
    for (_, expired), items in by_kind.items():
        most = limits.requests_per_batch
        size = min(most, math.ceil(len(items) / 2)) if expired else most
        yield from (items[i : i + size] for i in range(0, len(items), size))


def _write_shard(
    work: Sequence[Work], images: Images, path: Path, limits: Limits
) -> tuple[Shard, Sequence[Work]]:
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        count = _write_lines(work, images, path, limits)
    except OSError as error:
        error.filename = error.filename or str(path)  # a write does not say where
        raise
    return Shard(work[0].model, path, tuple(work[:count])), work[count:]


def _write_lines(work: Sequence[Work], images: Images, path: Path, limits: Limits) -> int:
    """As many lines as may be in one file; how many."""
    written = 0
    with path.open("wb") as file:
        for i, item in enumerate(work):
            line = jsonl_line(item.request.key, item.body(images.of(item)))
            if i and written + len(line) > limits.bytes_per_batch:
                return i
            file.write(line)
            written += len(line)
    return len(work)
