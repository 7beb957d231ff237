"""The Batch API: create, get, list, cancel, delete."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from typing import TYPE_CHECKING, Any, Final

from chargen.emulator.batch import FINAL, Batch
from chargen.emulator.batch_work import work
from chargen.emulator.image_request import known_model
from chargen.emulator.incoming import INLINE_BATCH_LIMIT, page, page_token, read_json
from chargen.emulator.replies import Dropped, Refusal, json_response, missing_file
from chargen.emulator.shape import CREATE_BATCH, camel_case
from chargen.emulator.state import MAX_OPEN_BATCHES

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.requests import Request
    from starlette.responses import Response

    from chargen.emulator.state import State

FATES: Final = {"batch-expired": "EXPIRED", "batch-failed": "FAILED", "batch-cancelled": "CANCELLED"}


async def create_batch(state: State, request: Request) -> Response:
    """Accept a batch and begin its work; the answer does not wait for it."""
    body = await read_json(request, limit=INLINE_BATCH_LIMIT)
    model = known_model(request.path_params["model"], request.path_params["version"])
    asked = camel_case(body or {}, CREATE_BATCH).get("batch") or {}
    late = state.faults.take("late-create", text=str(asked.get("displayName") or ""))
    if late:
        due = state.clock.now() + late.number("delay")
        listed = bool(late.number("listed"))
        state.later.append((due, lambda: _create_late(state, model.id, asked, listed=listed)))
        return Dropped()
    batch = _create(state, model.id, asked)
    if state.faults.take("double-create", text=str(asked.get("displayName") or "")):
        _create(state, model.id, asked)
    return json_response(batch.operation(now=state.clock.now()))


async def get_batch(state: State, request: Request) -> Response:
    """A batch as it stands; asking counts as a poll."""
    batch = _batch(state, request)
    batch.polls += 1
    if state.pace.polls and batch.polls >= state.pace.polls and batch.work:
        await asyncio.wrap_future(batch.work)
    now = state.clock.now()
    batch.advance(state.pace, now)
    return json_response(batch.operation(now=now))


async def list_batches(state: State, request: Request) -> Response:
    """The batches, newest first; faults may hide new ones, or put an empty page in front."""
    first = not request.query_params.get("pageToken")
    now = state.clock.now()
    if first and state.faults.take("empty-page"):
        return json_response({"nextPageToken": page_token(0)})
    with state.lock:
        visible = [batch for batch in reversed(state.batches.values()) if _visible(batch, now, first=first)]
    shown, following = page(request, visible, usual=50, most=1000)
    operations = [batch.operation(now=now, whole=False) for batch in shown]
    body = {"operations": operations, "nextPageToken": following}
    return json_response({key: value for key, value in body.items() if value})


async def cancel_batch(state: State, request: Request) -> Response:
    """Cancel a batch; without effect on one that is over."""
    _batch(state, request).cancel(state.clock.now())
    return json_response({})


async def delete_batch(state: State, request: Request) -> Response:
    """Forget a batch and its result file."""
    batch = _batch(state, request)
    batch.stop.set()
    with state.lock:
        del state.batches[batch.name]
        if batch.result_name in state.files:
            state.forget_file(batch.result_name)
    return json_response({})


def _create(state: State, model: str, asked: dict[str, Any]) -> Batch:
    open_batches = sum(batch.state not in FINAL for batch in state.batches.values())
    if open_batches >= MAX_OPEN_BATCHES:
        raise Refusal(
            "RESOURCE_EXHAUSTED", "You have too many open batch jobs. Wait until some have finished."
        )
    batch = _new_batch(state, model, asked)
    if not batch.requests:
        batch.source.unlink()
        raise Refusal("INVALID_ARGUMENT", "The input has no requests.")
    _afflict(state, batch)
    with state.lock:
        state.batches[batch.name] = batch
        if batch.fate == "SUCCEEDED":
            batch.work = state.batch_pool.submit(work, state, batch)
    return batch


def _new_batch(state: State, model: str, asked: dict[str, Any]) -> Batch:
    identity = state.new_id(36)
    config = asked.get("inputConfig") or {}
    source = state.path(f"requests-{identity}")
    input_file = str(config.get("fileName") or "")
    requests = _from_file(state, input_file, source) if input_file else _from_body(config, source)
    return Batch(
        id=identity,
        model=model,
        display_name=str(asked.get("displayName") or ""),
        input_file=input_file,
        source=source,
        result=state.path(f"results-{identity}"),
        created=state.clock.now(),
        requests=requests,
    )


def _from_file(state: State, name: str, source: Path) -> int:
    """Keep an input file for the batch, so that deleting it later does no harm; the number of its lines."""
    file = state.files.get(name)
    if file is None:
        raise missing_file(name)
    try:
        os.link(file.path, source)
    except OSError:
        shutil.copyfile(file.path, source)
    with source.open("rb") as lines:
        return sum(1 for line in lines if line.strip())


def _from_body(config: dict[str, Any], source: Path) -> int:
    items = (config.get("requests") or {}).get("requests") or []
    with source.open("w", encoding="utf-8") as file:
        for item in items:
            file.write(json.dumps(item) + "\n")
    return len(items)


def _afflict(state: State, batch: Batch) -> None:
    text = batch.display_name
    fate = state.faults.take(*FATES, "batch-stuck", text=text)
    if fate:
        batch.fate = FATES.get(fate.kind.name) or str(fate["state"]).upper()
    if fate and fate.kind.name == "batch-failed":
        said = fate.words("The batch could not be processed.", state.key)
        batch.error = {"code": int(fate.number("code")), "message": said}
    old = state.faults.take("old-batch", text=text)
    if old:
        batch.older_by = old.number("age")
    lag = state.faults.take("list-lag", text=text)
    if lag:
        batch.visible_at = state.clock.now() + lag.number("seconds")
        batch.hidden_lists = int(lag.number("lists"))


def _create_late(state: State, model: str, asked: dict[str, Any], *, listed: bool) -> None:
    try:
        _create(state, model, asked)
        state.calls["late-create accepted"] += 1
    except Refusal as refusal:
        state.calls["late-create refused"] += 1
        if listed:
            _list_as_failed(state, model, asked, refusal)


def _list_as_failed(state: State, model: str, asked: dict[str, Any], refusal: Refusal) -> None:
    batch = Batch(
        id=state.new_id(36),
        model=model,
        display_name=str(asked.get("displayName") or ""),
        input_file=str((asked.get("inputConfig") or {}).get("fileName") or ""),
        source=state.path("none"),
        result=state.path("none"),
        created=state.clock.now(),
        requests=0,
        fate="FAILED",
        error=refusal.line(),
        state="FAILED",
        ended=state.clock.now(),
    )
    state.batches[batch.name] = batch


def _visible(batch: Batch, now: float, *, first: bool) -> bool:
    if batch.hidden_lists:
        batch.hidden_lists -= first
        return False
    return batch.visible_at <= now


def _batch(state: State, request: Request) -> Batch:
    batch = state.batches.get(f"batches/{request.path_params['batch']}")
    if batch is None:
        raise Refusal("NOT_FOUND", f"Batch {request.path_params['batch']} not found.")
    return batch
