"""The emulator's own calls, which no Google server has: look at the record, set faults, let time pass, begin again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.emulator.incoming import read_json
from chargen.emulator.replies import Refusal, json_response
from chargen.emulator.switchboard import faults_from_json
from chargen.errors import UsageError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from chargen.emulator.state import State


async def show_state(state: State, request: Request) -> Response:  # noqa: ARG001  # one signature for all
    """Everything on the record: paid pictures, answers, calls, files, batches, faults."""
    return json_response(state.as_json())


async def show_faults(state: State, request: Request) -> Response:  # noqa: ARG001  # one signature for all
    """The faults that are switched on."""
    return json_response({"faults": state.faults.as_json()})


async def add_faults(state: State, request: Request) -> Response:
    """Switch faults on."""
    try:
        state.faults.add(*faults_from_json(await read_json(request)))
    except UsageError as error:
        raise Refusal("INVALID_ARGUMENT", f"{error}; {error.hint}" if error.hint else str(error)) from None
    return await show_faults(state, request)


async def clear_faults(state: State, request: Request) -> Response:
    """Switch all faults off."""
    state.faults.clear()
    return await show_faults(state, request)


async def reset(state: State, request: Request) -> Response:  # noqa: ARG001  # one signature for all
    """Forget everything."""
    state.reset()
    return json_response({})


async def advance(state: State, request: Request) -> Response:
    """Let time pass: {"seconds": 3600}."""
    body = await read_json(request, empty={})
    seconds = body.get("seconds") if isinstance(body, dict) else None
    if not isinstance(seconds, int | float) or seconds < 0:
        raise Refusal("INVALID_ARGUMENT", 'say how long: {"seconds": 3600}')
    state.clock.advance(seconds)
    state.settle()
    return json_response({"now": state.clock.now()})
