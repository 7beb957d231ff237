"""
The row that says which picture a shot has: read from what lies in the YAML, written in DESIGN's key order. Pure.

A row keeps what `match` needs, shortened: epoch, source digest, six section digests and the references' digests.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chargen.core.address import Address, parse_job_id
from chargen.core.digest import SECTIONS, SHORT, Ask, ReferenceDigest, short

_EPOCH: Final = re.compile(r"[0-9]{1,9}")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry of `generated_images` that chargen wrote (or a person edited)."""

    job_id: str
    file_path: str
    sha256: str
    ask: Ask
    data: Mapping[str, Any] = field(default_factory=dict)

    @property
    def variant(self) -> int:
        """Which candidate of the shot this is."""
        return parse_job_id(self.job_id)[1]

    @property
    def written_as(self) -> str:
        """The job id it bears in its file: that of the shot's former address, where it was left so."""
        return str(self.data.get("job_id") or self.data.get("custom_id") or self.job_id)

    @property
    def asked(self) -> Ask:
        """What its picture was really asked with, though the row was stamped anew for other words since."""
        said = _metadata(self.data).get("asked")
        return _read_ask({**self.data, **said}) if isinstance(said, Mapping) else self.ask


def read_row(data: Any, address: Address, formerly: Address | None = None) -> Row | None:
    """The row when it belongs to this shot, now or formerly; None for rows of somebody else, which are left alone."""
    if not isinstance(data, Mapping):
        return None
    job_id = str(data.get("job_id") or data.get("custom_id") or "")
    try:
        owner, variant = parse_job_id(job_id)
    except ValueError:
        return None
    if owner not in (address, formerly):
        return None
    return Row(
        job_id=address.job_id(variant),
        file_path=str(data.get("file_path") or ""),
        sha256=str(data.get("sha256") or ""),
        ask=_read_ask(data),
        data=data,
    )


def _read_ask(data: Mapping[str, Any]) -> Ask:
    epoch, source, sections, references = parse_digests(str(data.get("digests") or ""))
    provider = {name: str(data.get(name) or "") for name in ("model", "size")}
    return Ask(
        prompt_hash=str(data.get("prompt_hash") or ""),
        source=source,
        epoch=epoch,
        sections=sections,
        references=references,
        aspect_ratio=str(data.get("aspect_ratio") or ""),
        provider=provider,
    )


def stamped_anew(row: Row, ask: Ask) -> dict[str, Any]:
    """
    A row's data with the digests of other words: the same picture, accepted for these.

    What was really asked stays in its provider_metadata, whatever it is stamped with later: lost books are made of it.
    """
    data = {**row.data, "prompt_hash": ask.prompt_hash, "digests": write_digests(ask)}
    metadata = dict(_metadata(row.data))
    if not metadata.get("request_hash"):
        return data
    first = {key: str(row.data.get(key) or "") for key in ("prompt_hash", "digests")}
    asked = metadata.pop("asked", None) or first
    if asked.get("prompt_hash") != ask.prompt_hash:
        metadata["asked"] = asked
    return data | {"provider_metadata": metadata}


def _metadata(data: Mapping[str, Any]) -> Mapping[str, Any]:
    found = data.get("provider_metadata")
    return found if isinstance(found, Mapping) else {}


def write_digests(ask: Ask) -> str:
    """One line for a row: `1 source:5d10aa42 <six section digests> references:overview=9c41d0aa`."""
    words = [str(ask.epoch), f"source:{short(ask.source)}", *ask.sections]
    if ask.references:
        words.append("references:" + ",".join(f"{item.id}={short(item.sha256)}" for item in ask.references))
    return " ".join(words)


def parse_digests(text: str) -> tuple[int, str, tuple[str, ...], tuple[ReferenceDigest, ...]]:
    """Epoch, source digest, section digests and references of a row's line; zeros and blanks for what is not there."""
    words = text.split()
    epoch = int(words[0]) if words and _EPOCH.fullmatch(words[0]) else 0
    source, sections, references = "", [], []
    for word in words[1:]:
        if word.startswith("source:"):
            source = word.removeprefix("source:")
        elif word.startswith("references:"):
            pairs = (pair.rpartition("=") for pair in word.removeprefix("references:").split(","))
            references = [ReferenceDigest(name, "", digest) for name, _, digest in pairs if name]
        elif len(word) == SHORT:
            sections.append(word)
    return epoch, source, tuple(sections[: len(SECTIONS)]), tuple(references)
