"""One GenerateContentRequest, read and checked against the model table: what picture is wanted, or why not."""

from __future__ import annotations

import base64
import binascii
import hashlib
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from chargen.core.model_table import MODELS, RETIRED, ImageModel, pixels
from chargen.emulator.replies import Refusal, bad_payload, missing_model
from chargen.emulator.shape import CATEGORIES, GENERATE, THINKING_LEVELS, THRESHOLDS, camel_case, check_enum

if TYPE_CHECKING:
    from collections.abc import Callable

REFERENCE_TOKENS: Final = 560
THINKING_TOKENS: Final = {"MINIMAL": 48, "LOW": 120, "MEDIUM": 320, "HIGH": 900}


@dataclass(frozen=True, slots=True)
class ImageRequest:
    """What is asked of the model, checked."""

    model: ImageModel
    prompt: str
    aspect_ratio: str
    size: str
    seed: int | None
    references: tuple[bytes, ...]
    thinking: str
    with_text: bool
    sha256: str  # of the canonical JSON of the request as it was sent, in camelCase

    def pixels(self) -> tuple[int, int]:
        """Width and height the picture has to have."""
        return pixels(self.aspect_ratio, self.size)

    def usage(self, *, drawn: bool) -> dict[str, Any]:
        """Token counts as the API reports them; a blocked picture has none of its own."""
        text = max(1, len(self.prompt) // 4)
        pictures = REFERENCE_TOKENS * len(self.references)
        thoughts = THINKING_TOKENS[self.thinking] + int(self.sha256[:2], 16) % 48
        image = self.model.image_tokens[self.size] if drawn else 0
        details = [{"modality": "TEXT", "tokenCount": text}]
        if pictures:
            details.append({"modality": "IMAGE", "tokenCount": pictures})
        usage: dict[str, Any] = {"promptTokenCount": text + pictures, "promptTokensDetails": details}
        if drawn:
            usage["candidatesTokenCount"] = image
            usage["candidatesTokensDetails"] = [{"modality": "IMAGE", "tokenCount": image}]
        return usage | {"thoughtsTokenCount": thoughts, "totalTokenCount": text + pictures + image + thoughts}


def known_model(name: str, version: str = "v1") -> ImageModel:
    """The model of this name; retired and unknown ones are not found."""
    model = MODELS.get(name.removeprefix("models/"))
    if model is None or model.id in RETIRED:
        raise missing_model(name.removeprefix("models/"), version)
    return model


def read_request(body: object, *, model: ImageModel, read_file: Callable[[str], bytes]) -> ImageRequest:
    """Check a request body as the service would; `read_file` gives the bytes of an uploaded file by its URI."""
    request = camel_case(body, GENERATE)
    if request is None:
        raise bad_payload("There is no request in this line.")
    canonical = json.dumps(request, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    _check_settings(request)
    config = request.get("generationConfig") or {}
    aspect_ratio, size = _picture(config.get("imageConfig") or {}, model)
    thinking = (config.get("thinkingConfig") or {}).get("thinkingLevel")
    if thinking is not None:
        if not model.takes_thinking_level:
            raise bad_payload("Thinking level is not supported for this model.")
        check_enum(
            thinking, THINKING_LEVELS, "generation_config.thinking_config.thinking_level", "ThinkingLevel"
        )
    texts, references = _parts(request, model, read_file)
    modalities = config.get("responseModalities") or ("TEXT", "IMAGE")
    modalities = [str(word).upper() for word in ([modalities] if isinstance(modalities, str) else modalities)]
    if "IMAGE" not in modalities:
        raise bad_payload("Request contains an invalid argument: the model answers with images.")
    return ImageRequest(
        model=model,
        prompt="\n".join(texts),
        aspect_ratio=aspect_ratio,
        size=size,
        seed=_seed(config.get("seed")),
        references=tuple(references),
        thinking=str(thinking or ("MEDIUM" if model.takes_thinking_level else "HIGH")).upper(),
        with_text="TEXT" in modalities,
        sha256=hashlib.sha256(canonical.encode()).hexdigest(),
    )


def prompt_of(body: object) -> str:
    """The words of a request that may be wrong in other ways; empty when there are none."""
    try:
        request = camel_case(body, GENERATE) or {}
    except Refusal:
        return ""
    return "\n".join(
        str(part["text"])
        for content in request.get("contents") or []
        for part in content.get("parts") or []
        if part.get("text")
    )


def _check_settings(request: dict[str, Any]) -> None:
    if not request.get("contents"):
        raise Refusal("INVALID_ARGUMENT", "* GenerateContentRequest.contents: contents is not specified")
    for index, setting in enumerate(request.get("safetySettings") or []):
        path = f"safety_settings[{index}]"
        check_enum(setting.get("category"), CATEGORIES, f"{path}.category", "HarmCategory")
        check_enum(
            setting.get("threshold"), THRESHOLDS, f"{path}.threshold", "SafetySetting.HarmBlockThreshold"
        )


def _picture(config: dict[str, Any], model: ImageModel) -> tuple[str, str]:
    aspect_ratio, size = str(config.get("aspectRatio") or "1:1"), str(config.get("imageSize") or "1K")
    if aspect_ratio not in model.ratios:
        raise _not_one_of("aspect_ratio", aspect_ratio, model.ratios)
    if size not in model.image_tokens:
        raise _not_one_of("image_size", size, tuple(model.image_tokens))
    return aspect_ratio, size


def _not_one_of(name: str, value: object, allowed: tuple[str, ...]) -> Refusal:
    field = f"generation_config.image_config.{name}"
    choice = ", ".join(f"'{word}'" for word in allowed)
    message = f"* GenerateContentRequest.{field}: {name} must be one of {choice}; got '{value}'\n"
    return bad_payload(message, field=field)


def _parts(
    request: dict[str, Any], model: ImageModel, read_file: Callable[[str], bytes]
) -> tuple[list[str], list[bytes]]:
    texts, references = [], []
    for row, content in enumerate(request["contents"]):
        for column, part in enumerate(content.get("parts") or []):
            if part.get("text"):
                texts.append(str(part["text"]))
            elif part.get("inlineData"):
                references.append(_inline(part["inlineData"], f"contents[{row}].parts[{column}]"))
            elif part.get("fileData"):
                references.append(read_file(str(part["fileData"].get("fileUri"))))
    if not texts:
        raise Refusal("INVALID_ARGUMENT", "Unable to submit request because it must have a text parameter.")
    if len(references) > model.max_references:
        raise bad_payload(
            f"Too many input images: {len(references)}; models/{model.id} takes {model.max_references}."
        )
    for picture in references:
        _check_picture(picture)
    return texts, references


def _inline(blob: dict[str, Any], path: str) -> bytes:
    data = str(blob.get("data") or "")
    try:
        return base64.b64decode(data, altchars=b"-_" if {"-", "_"} & set(data) else None, validate=True)
    except (ValueError, binascii.Error):
        field = f"{path}.inline_data.data"
        raise bad_payload(
            f"Invalid value at '{field}' (TYPE_BYTES), Base64 decoding failed for \"{data[:40]}\"",
            field=field,
        ) from None


def _check_picture(data: bytes) -> None:
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(io.BytesIO(data)):
            return
    except (UnidentifiedImageError, OSError):
        raise Refusal("INVALID_ARGUMENT", "Unable to process input image. Please retry or report.") from None


def _seed(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not -(2**31) <= value < 2**31:
        message = f"Invalid value at 'generation_config.seed' (TYPE_INT32), \"{value}\""
        raise bad_payload(message, field="generation_config.seed")
    return value
