"""Addresses of the stand-in's own, for people and demos: what is on the record, faults, time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse
from starlette.routing import Route

from chargen.emulator.switchboard import faults_from_json
from chargen.errors import UsageError

if TYPE_CHECKING:
    from starlette.requests import Request

    from chargen.emulator.forge.state import State


def control_routes(state: State) -> list[Route]:
    """The addresses below /emulator."""

    async def show(_: Request) -> JSONResponse:
        state.settle()
        return JSONResponse(state.as_json())

    async def faults(request: Request) -> JSONResponse:
        try:
            if request.method == "POST":
                state.faults.add(*faults_from_json(json.loads(await request.body()), state.faults.table))
            elif request.method == "DELETE":
                state.faults.clear()
        except (UsageError, ValueError) as error:
            return JSONResponse({"message": str(error)}, 400)
        return JSONResponse({"faults": state.faults.as_json()})

    async def advance(request: Request) -> JSONResponse:
        body = json.loads(await request.body() or b"{}")
        seconds = body.get("seconds") if isinstance(body, dict) else None
        if not isinstance(seconds, int | float) or seconds < 0:
            return JSONResponse({"message": 'say how long: {"seconds": 3600}'}, 400)
        state.clock.advance(seconds)
        return JSONResponse({"now": state.clock.now()})

    return [
        Route("/emulator/state", show),
        Route("/emulator/faults", faults, methods=["GET", "POST", "DELETE"]),
        Route("/emulator/advance", advance, methods=["POST"]),
    ]
