"""
Hashing and `match`: what decides whether something is paid for again, all in this one file.

Pure and pinned: tests hold literal digests of `canonical_json`, the prompt hash, the request hash and the source
digest. Changing what any of them returns for an input that exists today bills somebody again.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

EPOCH: Final = 1
SECTIONS: Final = ("subject", "setting", "mood", "composition", "continuity", "references")
SHORT: Final = 8
_JSON: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
_SPACE: Final = re.compile(r"\s+")


def canonical(value: Any) -> Any:
    """
    The canonical form of JSON-like data: NFC text with white-space runs folded to one space, empty fields left out.

    TypeError for floats and anything else that JSON engines spell in more than one way.
    """
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, str):
        return _SPACE.sub(" ", unicodedata.normalize("NFC", value)).strip()
    if isinstance(value, Mapping):
        pairs = ((unicodedata.normalize("NFC", str(key)), canonical(item)) for key, item in value.items())
        return {key: item for key, item in pairs if not is_empty(item)}
    if isinstance(value, Sequence) and not isinstance(value, (bytes, bytearray)):
        return [item for item in map(canonical, value) if not is_empty(item)]
    raise TypeError(f"{type(value).__name__} has no canonical form: use text")


def is_empty(value: Any) -> bool:
    """Whether a canonical value says nothing: null, empty text, empty list, empty mapping."""
    return value is None or value in ("", [], {})  # False and 0 are said


def canonical_json(value: Any) -> bytes:
    """The one spelling of JSON-like data that is hashed: canonical form, keys sorted, no spaces, UTF-8."""
    return _JSON.encode(canonical(value)).encode()


def sha256(data: bytes) -> str:
    """`sha256:` and the hex digest of bytes."""
    return f"sha256:{hashlib.sha256(data).hexdigest()}"


def short(digest: str) -> str:
    """The first 8 hex digits of a digest, with or without its tag."""
    return digest.removeprefix("sha256:")[:SHORT]


def same(one: str, other: str) -> bool:
    """Whether two digests agree, one of them perhaps kept short; an unknown digest agrees with nothing."""
    one, other = one.removeprefix("sha256:"), other.removeprefix("sha256:")
    length = min(len(one), len(other))
    return length >= SHORT and one[:length] == other[:length]


def prompt_hash(ir: Mapping[str, Any]) -> str:
    """The hash of a prompt IR: what the writer's words come to, and nothing of how it is made."""
    unknown = set(ir) - set(SECTIONS)
    if unknown:
        raise ValueError(f"a prompt IR has six sections and no more: {sorted(unknown)}")
    return sha256(canonical_json(ir))


def section_digests(ir: Mapping[str, Any]) -> tuple[str, ...]:
    """The short digest of each section, in the order of SECTIONS."""
    return tuple(short(sha256(canonical_json(ir.get(name) or {}))) for name in SECTIONS)


def source_digest(source: Mapping[str, Any]) -> str:
    """The hash of a shot's resolved source. Frozen for ever: rows of every later compiler are compared with it."""
    return sha256(canonical_json(source))


@dataclass(frozen=True, slots=True)
class ReferenceDigest:
    """A reference picture as it was sent: its id in the shot, its role, and the sha256 of its file as it lies."""

    id: str
    role: str
    sha256: str
    scale: str = ""


def request_hash(
    prompt: str, provider: Mapping[str, Any], references: Sequence[ReferenceDigest], *, note: str = ""
) -> str:
    """
    The hash of what is really sent: prompt hash, provider plan (model, size, aspect, safety, seed policy, variant), and
    each reference's role, order, source digest and scale policy; a reviewer's note when the order carries one.
    """
    sent = [
        {"order": place, "role": item.role, "sha256": item.sha256, "scale": item.scale}
        for place, item in enumerate(references, start=1)
    ]
    return sha256(canonical_json({"prompt": prompt, "provider": provider, "references": sent, "note": note}))


def submission_id(request_hashes: Sequence[str], attempt: int) -> str:
    """The name of a submission: 20 hex digits over its sorted request hashes and the attempt."""
    body = canonical_json({"requests": sorted(request_hashes), "attempt": attempt})
    return hashlib.sha256(body).hexdigest()[:20]


@dataclass(frozen=True, slots=True)
class Ask:
    """What a picture was asked for with: enough to say whether it still answers a shot."""

    prompt_hash: str
    source: str  # a source digest, perhaps short
    epoch: int
    sections: tuple[str, ...]
    references: tuple[ReferenceDigest, ...]
    aspect_ratio: str
    provider: Mapping[str, str] = field(default_factory=dict)  # model, size, ... for regenerate_on


@dataclass(frozen=True, slots=True)
class Difference:
    """Why something recorded no longer answers a shot: `prompt`, `reference`, `aspect` or a provider field."""

    what: str
    names: tuple[str, ...] = ()


def differences(wanted: Ask, recorded: Ask, regenerate_on: Sequence[str] = ()) -> tuple[Difference, ...]:
    """
    Why `recorded` does not answer `wanted`; empty when it does. Plan, staleness and decisions all ask this.

    The prompt answers when its hash is the same, or when another epoch compiled the same source. The model and other
    provider fields count only where the world's `regenerate_on` names them.
    """
    found: list[Difference] = []
    recompiled = wanted.epoch != recorded.epoch and same(wanted.source, recorded.source)
    if not (same(wanted.prompt_hash, recorded.prompt_hash) or recompiled):
        found.append(Difference("prompt", _changed_sections(wanted, recorded)))
    changed = _changed_references(wanted.references, recorded.references)
    if changed:
        found.append(Difference("reference", changed))
    if wanted.aspect_ratio != recorded.aspect_ratio:
        found.append(Difference("aspect", (recorded.aspect_ratio, wanted.aspect_ratio)))
    found.extend(
        Difference(name, (recorded.provider.get(name, ""), wanted.provider.get(name, "")))
        for name in regenerate_on
        if recorded.provider.get(name, "") != wanted.provider.get(name, "")
    )
    return tuple(found)


def match(wanted: Ask, recorded: Ask, regenerate_on: Sequence[str] = ()) -> bool:
    """Whether something recorded, in flight or decided still answers a shot."""
    return not differences(wanted, recorded, regenerate_on)


def _changed_sections(wanted: Ask, recorded: Ask) -> tuple[str, ...]:
    if len(recorded.sections) != len(SECTIONS):
        return ()
    pairs = zip(SECTIONS, wanted.sections, recorded.sections, strict=True)
    return tuple(name for name, new, old in pairs if new != old)


def _changed_references(
    wanted: Sequence[ReferenceDigest], recorded: Sequence[ReferenceDigest]
) -> tuple[str, ...]:
    new, old = {item.id: item for item in wanted}, {item.id: item for item in recorded}
    return tuple(
        name
        for name in [*new, *(gone for gone in old if gone not in new)]
        if not _same_reference(new.get(name), old.get(name))
    )


def _same_reference(one: ReferenceDigest | None, other: ReferenceDigest | None) -> bool:
    if one is None or other is None:
        return False
    roles = {
        role for role in (one.role, other.role) if role
    }  # a row keeps no roles: its prompt hash has them
    return same(one.sha256, other.sha256) and len(roles) <= 1
