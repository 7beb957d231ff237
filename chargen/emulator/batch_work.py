"""Works through a batch's requests, line by line from disk to disk, and spoils the result as the faults ask."""

from __future__ import annotations

import itertools
import json
import random
from typing import TYPE_CHECKING, Any

from chargen.emulator.answer import answer
from chargen.emulator.image_request import known_model, prompt_of
from chargen.emulator.replies import Refusal
from chargen.emulator.state import Answer
from chargen.emulator.stored_file import StoredFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from chargen.emulator.batch import Batch
    from chargen.emulator.state import State


def work(state: State, batch: Batch) -> None:
    """Make the batch's result file; ends early when the batch is stopped."""
    with batch.source.open("rb") as source, batch.result.open("wb") as result:
        for line in source:
            if batch.stop.is_set():
                return
            if line.strip():
                for out in _lines(state, batch, line):
                    result.write(out + b"\n")
                batch.done_lines += 1
    _spoil(state, batch)
    with state.lock:
        if not batch.stop.is_set():
            file = StoredFile(
                batch.result_name,
                batch.result,
                state.clock.now(),
                mime_type="application/json",
                result_of=batch.name,
            )
            state.files[file.name] = file


def _lines(state: State, batch: Batch, line: bytes) -> Iterator[bytes]:
    """The result lines one request line brings: usually one."""
    key, tail, request = _read(line, batch)
    text = f"{key}\n{prompt_of(request)}"
    said = _answer(state, batch, key, request, text)
    if "response" not in said:
        batch.failed_lines += 1
    out = json.dumps(said | tail, ensure_ascii=False).encode()
    if state.faults.take("missing-lines", text=text) is None:
        yield out
    if state.faults.take("duplicate-lines", text=text):
        yield out
    if state.faults.take("unknown-key-lines", text=text):
        yield json.dumps(
            said | {"key": f"nobody-asked-for-this-{batch.done_lines}"}, ensure_ascii=False
        ).encode()
    if state.faults.take("garbage-lines", text=text):
        yield b'{"response": {"candidates": ['


def _read(line: bytes, batch: Batch) -> tuple[str, dict[str, Any], object]:
    """A line's key, what its result repeats of it, and its request; a line that is not JSON has none of them."""
    try:
        item = json.loads(line)
    except ValueError:
        return "", {}, None
    if not isinstance(item, dict):
        return "", {}, None
    if batch.input_file:
        return str(item.get("key", "")), {"key": item["key"]} if "key" in item else {}, item.get("request")
    metadata = item.get("metadata") or {}
    return str(metadata.get("key", "")), {"metadata": metadata} if metadata else {}, item.get("request")


def _answer(state: State, batch: Batch, key: str, request: object, text: str) -> dict[str, Any]:
    fault = state.faults.take("line-error", "line-status", text=text)
    if fault:
        status = {
            "code": int(fault.number("code")),
            "message": fault.words("The request could not be processed.", state.key),
        }
        state.record(Answer(key, batch.model, "", batch.name, fault.kind.name), batch.stop)
        return {fault.kind.name.removeprefix("line-"): status}
    try:
        model = known_model(batch.model)
        return {"response": answer(state, request, model=model, stop=batch.stop, key=key, batch=batch.name)}
    except Refusal as refusal:
        state.record(Answer(key, batch.model, "", batch.name, refusal.status), batch.stop)
        return {"error": refusal.line()}


def _spoil(state: State, batch: Batch) -> None:
    text = batch.display_name
    if state.faults.take("shuffled-lines", text=text):
        _shuffle(batch.result)
    if state.faults.take("bom", text=text):
        _begin_with(batch.result, b"\xef\xbb\xbf")
    if state.faults.take("torn-result", text=text):
        _tear(batch.result)


def _shuffle(path: Path) -> None:
    with path.open("rb") as file:
        starts = [0]
        while file.readline():
            starts.append(file.tell())
    pieces = list(itertools.pairwise(starts))
    random.Random(len(pieces)).shuffle(pieces)  # noqa: S311  # any other order will do
    if pieces == sorted(pieces):
        pieces.reverse()
    other = path.with_suffix(".shuffled")
    with path.open("rb") as file, other.open("wb") as out:
        for start, end in pieces:
            file.seek(start)
            out.write(file.read(end - start))
    other.replace(path)


def _begin_with(path: Path, head: bytes) -> None:
    other = path.with_suffix(".bom")
    with path.open("rb") as file, other.open("wb") as out:
        out.write(head)
        while block := file.read(1 << 20):
            out.write(block)
    other.replace(path)


def _tear(path: Path) -> None:
    """Cut the last line in the middle."""
    last = start = 0
    with path.open("rb") as file:
        while file.readline():
            last, start = start, file.tell()
    with path.open("r+b") as file:
        file.truncate(last + (start - last) // 2)
