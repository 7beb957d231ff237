"""The API's request messages: which fields there are. Turns any spelling into camelCase; refuses what Google would."""

from __future__ import annotations

import re
from typing import Any, Final

from chargen.emulator.replies import bad_payload

ANY: Final = None  # a field whose inside is not looked at
Shape = dict[str, Any]

BLOB: Final[Shape] = {"mimeType": ANY, "data": ANY, "displayName": ANY}
FILE_DATA: Final[Shape] = {"mimeType": ANY, "fileUri": ANY, "displayName": ANY}
PART: Final[Shape] = {
    "text": ANY,
    "inlineData": BLOB,
    "fileData": FILE_DATA,
    "thought": ANY,
    "thoughtSignature": ANY,
    "functionCall": ANY,
    "functionResponse": ANY,
    "videoMetadata": ANY,
    "mediaResolution": ANY,
    "partMetadata": ANY,
}
CONTENT: Final[Shape] = {"role": ANY, "parts": [PART]}
GENERATION_CONFIG: Final[Shape] = {
    **dict.fromkeys(
        (
            "stopSequences",
            "responseMimeType",
            "responseSchema",
            "responseJsonSchema",
            "responseModalities",
            "candidateCount",
            "maxOutputTokens",
            "temperature",
            "topP",
            "topK",
            "seed",
            "presencePenalty",
            "frequencyPenalty",
            "responseLogprobs",
            "logprobs",
            "enableEnhancedCivicAnswers",
            "speechConfig",
            "mediaResolution",
        )
    ),
    "thinkingConfig": {"includeThoughts": ANY, "thinkingBudget": ANY, "thinkingLevel": ANY},
    "imageConfig": {"aspectRatio": ANY, "imageSize": ANY},
}
GENERATE: Final[Shape] = {
    "model": ANY,
    "contents": [CONTENT],
    "systemInstruction": CONTENT,
    "tools": ANY,
    "toolConfig": ANY,
    "safetySettings": [{"category": ANY, "threshold": ANY}],
    "generationConfig": GENERATION_CONFIG,
    "cachedContent": ANY,
    "labels": ANY,
    "serviceTier": ANY,
    "store": ANY,
}
CREATE_BATCH: Final[Shape] = {
    "batch": {
        "model": ANY,
        "name": ANY,
        "displayName": ANY,
        "priority": ANY,
        "webhookConfig": ANY,
        "inputConfig": {"fileName": ANY, "requests": {"requests": [{"request": ANY, "metadata": ANY}]}},
    }
}
START_UPLOAD: Final[Shape] = {
    "file": {"name": ANY, "displayName": ANY, "mimeType": ANY, "sizeBytes": ANY, "uri": ANY, "source": ANY}
}

CATEGORIES: Final = frozenset(
    f"HARM_CATEGORY_{name}"
    for name in ("HARASSMENT", "HATE_SPEECH", "SEXUALLY_EXPLICIT", "DANGEROUS_CONTENT", "CIVIC_INTEGRITY")
)
THRESHOLDS: Final = frozenset(
    ("BLOCK_LOW_AND_ABOVE", "BLOCK_MEDIUM_AND_ABOVE", "BLOCK_ONLY_HIGH", "BLOCK_NONE", "OFF")
)
THINKING_LEVELS: Final = frozenset(("MINIMAL", "LOW", "MEDIUM", "HIGH"))


def camel_case(value: Any, shape: Any, path: str = "") -> Any:
    """The same JSON with every known field in camelCase; an unknown one is refused with its path in the API's spelling."""
    if shape is ANY or value is None:
        return value
    if isinstance(shape, list):
        items = value if isinstance(value, list) else [value]
        return [camel_case(item or {}, shape[0], f"{path}[{index}]") for index, item in enumerate(items)]
    if not isinstance(value, dict):
        raise bad_payload(f"Invalid value at '{path or 'payload'}': an object was expected", field=path)
    result = {}
    for name, inner in value.items():
        known = _camel(name)
        if known not in shape:
            where = f" at '{path}'" if path else ""
            raise bad_payload(f'Unknown name "{name}"{where}: Cannot find field.', field=path)
        result[known] = camel_case(inner, shape[known], f"{path}.{snake(known)}" if path else snake(known))
    return result


def check_enum(value: object, allowed: frozenset[str], path: str, message: str) -> None:
    """Refuse a word the API's enum does not have, as Google words it."""
    if str(value).upper() not in allowed:
        kind = f"type.googleapis.com/google.ai.generativelanguage.v1beta.{message}"
        raise bad_payload(f"Invalid value at '{path}' ({kind}), \"{value}\"", field=path)


def snake(name: str) -> str:
    """A field's name in the API's own spelling."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def _camel(name: str) -> str:
    head, *rest = name.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)
