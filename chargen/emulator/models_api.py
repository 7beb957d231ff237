"""The models: which there are, and a picture from one of them at once."""

from __future__ import annotations

import asyncio
import json
from functools import partial
from typing import TYPE_CHECKING, Any

from chargen.core.model_table import MODELS
from chargen.emulator.answer import answer
from chargen.emulator.image_request import known_model
from chargen.emulator.incoming import page, read_json
from chargen.emulator.replies import json_response

if TYPE_CHECKING:
    from threading import Event

    from starlette.requests import Request
    from starlette.responses import Response

    from chargen.core.model_table import ImageModel
    from chargen.emulator.state import State


async def generate_content(state: State, request: Request) -> Response:
    """Draw a picture and answer with it."""
    body = await read_json(request)
    model = known_model(request.path_params["model"], request.path_params["version"])
    work = partial(_generate, state, body, model, request.state.stop)
    reply = await asyncio.get_running_loop().run_in_executor(state.live_pool, work)
    await asyncio.sleep(state.pace.answer_s)
    return json_response(reply)


def _generate(state: State, body: object, model: ImageModel, stop: Event) -> bytes:
    return json.dumps(answer(state, body, model=model, stop=stop), ensure_ascii=False).encode()


async def list_models(state: State, request: Request) -> Response:  # noqa: ARG001  # one signature for all
    """The models of the table."""
    shown, following = page(request, list(MODELS.values()), usual=50, most=1000)
    body = {"models": [_resource(model) for model in shown], "nextPageToken": following}
    return json_response({key: value for key, value in body.items() if value})


async def get_model(state: State, request: Request) -> Response:  # noqa: ARG001  # one signature for all
    """One model."""
    return json_response(_resource(known_model(request.path_params["model"], request.path_params["version"])))


def _resource(model: ImageModel) -> dict[str, Any]:
    return {
        "name": f"models/{model.id}",
        "baseModelId": model.id,
        "version": "001",
        "displayName": model.id,
        "inputTokenLimit": 65536,
        "outputTokenLimit": 32768,
        "supportedGenerationMethods": ["generateContent", "batchGenerateContent"],
    }
