"""Live pictures: what is drawn, what is counted, and every request the service would refuse."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

import pytest
from google.genai import errors, types
from PIL import Image

if TYPE_CHECKING:
    import httpx2

    from chargen.emulator.server import Emulator
    from tests.emulator.conftest import Moves

MODEL = "gemini-nano-banana-2.1"


def a_png() -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(stream, "PNG")
    return stream.getvalue()


def size_of(response: Any) -> tuple[str | None, tuple[int, int]]:
    with Image.open(io.BytesIO(response.parts[0].inline_data.data)) as image:
        image.load()
        return image.format, image.size


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_a_picture_of_the_size_asked_for(client: Any, version: str) -> None:
    config = types.GenerateContentConfig(
        response_modalities=["IMAGE"],
        image_config=types.ImageConfig(aspect_ratio="21:9", image_size="1K"),
        seed=7,
        safety_settings=[
            types.SafetySetting(
                category=types.HarmCategory.HARM_CATEGORY_HARASSMENT,
                threshold=types.HarmBlockThreshold.BLOCK_ONLY_HIGH,
            )
        ],
        thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.MINIMAL),
        http_options=types.HttpOptions(api_version=version),
    )

    response = client.models.generate_content(model=MODEL, contents="a lantern", config=config)

    assert size_of(response) == ("PNG", (1584, 672))
    usage = response.usage_metadata
    assert usage.candidates_token_count == 1120
    assert [(d.modality, d.token_count) for d in usage.candidates_tokens_details] == [("IMAGE", 1120)]
    assert 0 < usage.thoughts_token_count < 256
    assert usage.prompt_token_count > 0


def test_same_request_same_bytes_other_request_other_bytes(moves: Moves) -> None:
    answers = [moves.ask("a lantern").json(), moves.ask("a lantern").json(), moves.ask("a tower").json()]
    pictures = [answer["candidates"][0]["content"] for answer in answers]

    assert pictures[0] == pictures[1] != pictures[2]


def test_snake_case_means_the_same(moves: Moves, wire: httpx2.Client, emulator: Emulator) -> None:
    moves.ask("a lantern", aspectRatio="4:3")
    wire.post(
        f"/v1/models/{MODEL}:generateContent",
        json={
            "contents": [{"parts": [{"text": "a lantern"}]}],
            "generation_config": {"image_config": {"aspect_ratio": "4:3", "image_size": "1K"}},
        },
    )

    first, second = emulator.paid
    assert (first.width, first.height) == (1200, 896)
    assert first == second


def test_references_inline_and_uploaded_are_counted(client: Any, emulator: Emulator) -> None:
    file = client.files.upload(file=io.BytesIO(a_png()), config={"mime_type": "image/png"})
    inline = types.Part.from_bytes(data=a_png(), mime_type="image/png")

    response = client.models.generate_content(
        model=MODEL, contents=["Reference 1: place (overview)", inline, file]
    )

    assert response.usage_metadata.prompt_token_count > 1120
    assert len(emulator.paid) == 1


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "contents is not specified"),
        (
            {"contents": [], "foo": 1},
            'Invalid JSON payload received. Unknown name "foo": Cannot find field.',
        ),
        (
            {"contents": [{"parts": [{"text": "a"}]}], "generationConfig": {"imageConfig": {"quality": 1}}},
            "Unknown name \"quality\" at 'generation_config.image_config': Cannot find field.",
        ),
        (
            {"contents": [{"parts": [{"text": "a"}]}], "generationConfig": {"imageConfig": {"aspectRatio": "7:5"}}},
            "aspect_ratio must be one of '1:1'",
        ),
        (
            {"contents": [{"parts": [{"text": "a"}]}], "generationConfig": {"imageConfig": {"imageSize": "1k"}}},
            "image_size must be one of '1K', '2K', '4K'; got '1k'",
        ),
        (
            {"contents": [{"parts": [{"text": "a"}]}], "safetySettings": [{"category": "NO", "threshold": "OFF"}]},
            "Invalid value at 'safety_settings[0].category'",
        ),
        ({"contents": [{"parts": [{"inlineData": {"data": "%"}}]}]}, "Base64 decoding failed"),
        (
            {"contents": [{"parts": [{"inlineData": {"data": base64.b64encode(b"no").decode()}}, {"text": "a"}]}]},
            "Unable to process input image",
        ),
        ({"contents": [{"parts": [{"text": "a"}]}], "generationConfig": {"seed": 1 << 40}}, "TYPE_INT32"),
        ({"contents": "text"}, "an object was expected"),
    ],
)  # fmt: skip
def test_bad_requests_are_refused_as_google_words_it(
    wire: httpx2.Client, emulator: Emulator, body: dict[str, Any], message: str
) -> None:
    answer = wire.post(f"/v1/models/{MODEL}:generateContent", json=body)

    assert answer.status_code == 400
    error = answer.json()["error"]
    assert (error["code"], error["status"]) == (400, "INVALID_ARGUMENT")
    assert message in error["message"]
    assert emulator.state.answers == []


def test_too_many_references(client: Any) -> None:
    pictures = [types.Part.from_bytes(data=a_png(), mime_type="image/png")] * 15

    with pytest.raises(errors.ClientError, match="Too many input images: 15"):
        client.models.generate_content(model=MODEL, contents=["a lantern", *pictures])


@pytest.mark.parametrize("model", ["gemini-2.5-flash-image", "gemini-9-imaginary"])
def test_retired_and_unknown_models_are_not_found(client: Any, model: str) -> None:
    with pytest.raises(errors.ClientError) as refused:
        client.models.generate_content(model=model, contents="a lantern")

    assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")


@pytest.mark.parametrize(("key", "code"), [("bad-key", 400), ("", 400), (None, 403)])
def test_the_key_is_looked_at(emulator: Emulator, wire: httpx2.Client, key: str | None, code: int) -> None:
    del wire.headers["x-goog-api-key"]
    headers = {} if key is None else {"x-goog-api-key": key}

    answer = wire.get("/v1/models", headers=headers)

    error = answer.json()["error"]
    assert (answer.status_code, error["code"]) == (code, code)
    if key is not None:
        assert error["message"] == "API key not valid. Please pass a valid API key."
        assert error["details"][0]["reason"] == "API_KEY_INVALID"


def test_models_are_listed(client: Any) -> None:
    assert MODEL in [model.name.removeprefix("models/") for model in client.models.list()]
    assert client.models.get(model=MODEL).name == f"models/{MODEL}"


@pytest.mark.parametrize("call", ["generateContent", "batchGenerateContent"])
@pytest.mark.parametrize("body", [b"[1]", b"{", b"", b'{"contents": [null]}', b'{"batch": 3}'])
def test_nonsense_is_a_bad_request(wire: httpx2.Client, emulator: Emulator, call: str, body: bytes) -> None:
    emulator.fault("503:match=nothing like it")

    assert wire.post(f"/v1/models/{MODEL}:{call}", content=body).status_code == 400


def test_what_is_no_address_is_not_found(wire: httpx2.Client) -> None:
    assert wire.get("/v1/nothing").json()["error"]["status"] == "NOT_FOUND"
    assert wire.get("/v2/files").status_code == 404
    assert wire.post("/v1/batches", json={}).status_code == 405
