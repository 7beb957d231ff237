"""Result files as they may come: line ends, blank lines, marks, cuts; and pictures so large that memory must not hold all."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.provider_reply import Batch, BatchState
from chargen.pipeline.bundling import Bench
from chargen.pipeline.collect import collect
from tests.answers import a_line, an_answer
from tests.fakes import FakeBatches, FakePictures, FakeRun, FakeStore
from tests.pipeline.test_collect import bring, came, submitted
from tests.worlds import PIER, a_picture, one_shot

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pipeline.conftest import Office

BOM = b"\xef\xbb\xbf"


@pytest.mark.parametrize(
    "written",
    [
        lambda lines: b"\r\n".join(line.rstrip(b"\n") for line in lines) + b"\r\n",
        lambda lines: BOM + b"".join(lines),
        lambda lines: b"\n\n  \n".join(lines) + b"\n\r\n",
        lambda lines: b"".join(lines).rstrip(b"\n"),
        lambda lines: BOM + b"\r\n" + b"\r\n".join(line.rstrip(b"\n") for line in lines),
    ],
    ids=["crlf", "bom", "blank lines", "no last line end", "all of these"],
)
def test_line_ends_blank_lines_and_marks_are_no_words(
    office: Office, written: Callable[[list[bytes]], bytes]
) -> None:
    submission = submitted(office)

    found = bring(office, submission, written([a_line(item) for item in submission.requests]))

    assert came(found) == ["image"] * 3
    assert found.warnings == ()


@pytest.mark.parametrize("cut", [1, 40, 200])
def test_wherever_a_file_is_cut_what_is_whole_is_kept_and_the_rest_is_missing(
    office: Office, cut: int
) -> None:
    submission = submitted(office)
    whole = b"".join(a_line(item) for item in submission.requests).rstrip(b"\n")

    found = bring(office, submission, whole[:-cut])

    assert came(found) == ["image", "image", "missing"]
    assert found.warnings[0].startswith("line 3 of the result cannot be read: no whole JSON line")


def test_an_empty_file_is_an_attempt_of_each_and_counts_at_its_bound(office: Office) -> None:
    submission = submitted(office)

    found = bring(office, submission, b"")

    assert came(found) == ["missing"] * 3
    assert found.submission.actual_usd == sum(item.reserved_usd for item in submission.requests) > 0


@dataclass
class _Large(FakeBatches):
    """A service whose result is written to disk line by line, as a download is."""

    lines: Callable[[], Iterator[bytes]] = lambda: iter(())

    def download(self, name: str, destination: Path) -> None:
        with destination.open("wb") as file:
            file.writelines(self.lines())


def peak_of(office: Office, tmp_path: Path, count: int) -> int:
    """The most memory that bringing in so many 4K pictures takes, in bytes."""
    office.run = FakeRun(tmp_path / f"run-{count}", f"run-{count:03}")
    office.store = FakeStore()
    submission = submitted(
        office, files={PIER: one_shot(f"variants: {count}\n", scene=f"mood_note: {count}\n")}
    )
    picture = a_picture("large", (4096, 4096)) + bytes(4_000_000)

    def lines() -> Iterator[bytes]:
        for item in submission.requests:
            yield a_line(item, an_answer(picture + item.key.encode()))

    batch = Batch(
        submission.batch, BatchState.SUCCEEDED, output_file="files/out", ended_at="2026-11-23T05:06:07Z"
    )
    bench = Bench(office.run, office.store, FakePictures(), "png")
    tracemalloc.start()
    try:
        found = collect(
            _forgetful(office), submission, batch, _Large(lines=lines), bench, attempts_left=lambda _: False
        )
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert came(found) == ["image"] * count
    return peak


def _forgetful(office: Office) -> Any:
    """The desk of the office, which keeps pictures elsewhere than in this process's memory."""
    desk = office.desk()
    desk.tracking.keep = lambda *_: "kept"  # type: ignore[method-assign]
    return desk


def test_memory_does_not_grow_with_the_number_of_large_pictures(office: Office, tmp_path: Path) -> None:
    few, many = (peak_of(office, tmp_path, count) for count in (2, 12))

    print(f"2 pictures of 4 MB: {few / 1e6:.0f} MB at most; 12: {many / 1e6:.0f} MB")  # noqa: T201
    assert many < few * 1.3
