"""
What an entity's canon brings to a shot: its name, what is always so, a named look, its prose. Pure.

Part of the resolved source, whose digest is frozen: see `core/source.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chargen.core.digest import canonical
from chargen.core.prose import Trimmed, within_budget
from chargen.core.suggest import did_you_mean

if TYPE_CHECKING:
    from chargen.core.gathering import Gathering
    from chargen.core.shot import Entity, Layer, Origin, YamlPath


def canon_of(parts: Gathering, entity: Entity, state: str, said_at: Origin, path: YamlPath) -> dict[str, Any]:
    """An entity's canon as the source at `path` has it; the state it was named with, at `said_at`, is one of its own."""
    canon, layer = entity.canon, entity.layer
    found: dict[str, Any] = {"name": entity.name}
    for key in ("canonical", "donts"):
        if canon.get(key):
            found[key] = canon[key]
            _canon_bases(parts, layer, ("continuity", key), (*path, key))
    if state:
        found["state"] = {"name": state, "look": list(_state(parts, entity, state, said_at))}
        known = state in (canon.get("states") or {})
        known_at = layer.at(("continuity", "states", state))
        parts.bases[*path, "state", "look"] = known_at if known else said_at
        parts.bases[*path, "state", "name"] = said_at
    prose = _prose(parts, entity, (*path, "prose"))
    return found | ({"prose": prose} if prose else {})


def _canon_bases(parts: Gathering, layer: Layer, written: YamlPath, path: YamlPath) -> None:
    """Where a list of an entity's canon was written, line by line when the lines come from several places."""
    parts.bases[path] = layer.at(written)
    length = len(written)
    parts.bases.update(
        {(*path, *at[length:]): origin for at, origin in layer.said.items() if at[:length] == written}
    )


def _prose(parts: Gathering, entity: Entity, path: YamlPath) -> list[dict[str, str]]:
    """An entity's prose as far as its kind's budget lets it in: a word that no picture sees is in no digest."""
    context = parts.world.config.context.get(entity.kind)  # type: ignore[call-overload]
    kept = within_budget([item.text for item in entity.prose], context.budget if context else 0)
    found: list[dict[str, str]] = []
    for i, (item, text) in enumerate(zip(entity.prose, kept, strict=True)):
        # What is left out whole has its place behind all that is in.
        at = (*path, len(found) if text else len(kept) + i)
        parts.bases[at] = item.origin
        if len(short := canonical(text)) < len(whole := canonical(item.text)):
            parts.trimmed.append(Trimmed(item.name, len(short), len(whole), at))
        found += [{"name": item.name, "text": text}] if text else []
    return found


def _state(parts: Gathering, entity: Entity, state: str, said_at: Origin) -> tuple[str, ...]:
    states = entity.canon.get("states") or {}
    if state in states:
        return tuple(states[state])
    if states:
        message = f"{entity.address} has no state {state!r}"
        parts.warn("unknown-state", said_at, message, did_you_mean(state, states))
    return ()
