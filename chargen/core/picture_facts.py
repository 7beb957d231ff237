"""What is known of a picture once it was decoded, and what it was to be. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from chargen.core.model_table import pixels


class BadPicture(Exception):  # noqa: N818  # it is the finding, and mostly somebody else's fault
    """Bytes that are no usable picture, and why."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """Size in pixels, MIME type by the bytes, and `sha256:` digest of a picture that decodes."""

    width: int
    height: int
    mime: str
    sha256: str


def deviation(facts: PictureFacts, *, aspect_ratio: str, size: str) -> str:
    """How a picture differs from what was asked, in words; empty when it is as asked (within 3 % and 10 %)."""
    if not aspect_ratio:  # nobody knows any more what was asked
        return ""
    width, height = pixels(aspect_ratio, size)
    if _is_off(facts, width, height):
        return f"asked for {aspect_ratio}, came as {facts.width}x{facts.height}"
    if max(facts.width, facts.height) < 0.9 * max(width, height):
        return f"asked for {size} ({width}x{height}), came as {facts.width}x{facts.height}"
    return ""


def aspect_deviation(facts: PictureFacts, aspect_ratio: str) -> str:
    """How the shape of a picture that nobody asked for differs from the wanted one; empty within 3 %."""
    width, height = pixels(aspect_ratio, "1K")
    return (
        f"{aspect_ratio} is wanted, it is {facts.width}x{facts.height}"
        if _is_off(facts, width, height)
        else ""
    )


def _is_off(facts: PictureFacts, width: int, height: int) -> bool:
    return abs(facts.width / facts.height - width / height) > 0.03 * width / height
