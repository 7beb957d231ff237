"""Reads a prompt the way a painter reads a brief: what, who, where, in which light, seen from how far. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_LABEL: Final = re.compile(r"^\s*([A-Za-z][A-Za-z '\-]{1,40}?)(?:\s+(\d+))?\s*:\s*(.*)$")
_UNSEEN: Final = ("never show", "avoid", "donts")
_BOILERPLATE: Final = re.compile(r"without any lettering|full frame", re.IGNORECASE)
_FRAMES: Final = (
    ("extreme-wide", r"extreme.?wide|establishing|aerial|bird|panoram|vista"),
    ("detail", r"detail|insert|macro|extreme.?close|still life"),
    ("close-up", r"close|portrait|head.?shot|bust"),
    ("medium", r"medium|mid|waist|cowboy|two.?shot|shoulder"),
    ("wide", r"wide|full|long|landscape|group"),
)


@dataclass(frozen=True, slots=True)
class Reference:
    """What the prompt says a reference picture is for."""

    role: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """What there is to paint."""

    subject: str
    frame: str  # extreme-wide | wide | medium | close-up | detail
    shot: str = ""  # in the prompt's own word
    mood: str = ""
    people: int = 0
    lighting: str = ""
    dominant: str = ""
    accent: str = ""
    scene: str = ""  # every word that says what can be seen
    surroundings: str = ""  # those that say where
    references: tuple[Reference, ...] = field(default=())

    def shows(self, pattern: str, *, where: str | None = None) -> bool:
        """Whether these words occur; by default anywhere in the scene."""
        return (
            re.search(rf"\b(?:{pattern})", self.scene if where is None else where, re.IGNORECASE) is not None
        )


def read_brief(prompt: str) -> Brief:
    """The brief in a prompt of labelled lines, or in any other text."""
    said, listed = _labelled(prompt)
    palette = _weights(said.get("palette", ""))
    people = listed.get("characters", [])
    subject = said.get("subject") or said.get("scene") or _first_line(prompt)
    seen = [
        text
        for label, text in said.items()
        if not label.startswith((*_UNSEEN, "palette", "reference", "lens"))
    ]
    seen += [item for label, items in listed.items() if not label.startswith(_UNSEEN) for item in items]
    shot = said.get("shot", "") or said.get("shot type", "")
    count = len(people) or _portrayed(listed, subject) or _counted(subject)
    return Brief(
        subject=subject,
        frame=_frame(shot or prompt, people=count, given=bool(shot)),
        shot=shot,
        mood=said.get("mood", "").split(":")[0].strip(),
        people=count,
        lighting=said.get("lighting", "") or said.get("light", ""),
        dominant=palette.get("dominant", ""),
        accent=palette.get("accent", ""),
        scene="\n".join([subject, *seen]) if said else prompt,
        surroundings="\n".join(said[label] for label in ("place", "setting", "location") if label in said),
        references=_references(prompt),
    )


def _labelled(prompt: str) -> tuple[dict[str, str], dict[str, list[str]]]:
    """Lines `Label: text` by label, and lines `- item` under the label before them."""
    said: dict[str, str] = {}
    listed: dict[str, list[str]] = {}
    current = ""
    for line in prompt.splitlines():
        item = re.match(r"^\s*[-*]\s+(.*)$", line)
        label = _LABEL.match(line)
        if item and current:
            listed.setdefault(current, []).append(item[1])
        elif label:
            current = label[1].lower() + (label[2] or "")
            if label[3]:
                said[current] = "; ".join(filter(None, (said.get(current), label[3].strip())))
        else:
            current = ""
    return said, listed


def _first_line(prompt: str) -> str:
    lines = [line.strip(" -*#") for line in prompt.splitlines() if line.strip()]
    plain = [line for line in lines if not _BOILERPLATE.search(line) and not _LABEL.match(line)]
    return (plain or lines or ["untitled"])[0]


def _weights(palette: str) -> dict[str, str]:
    parts = re.split(r"\b(dominant|accents?|avoid)\b[:\s]*", palette, flags=re.IGNORECASE)
    found = {parts[i].lower().rstrip("s"): parts[i + 1].strip(" ;,.") for i in range(1, len(parts) - 1, 2)}
    return found or ({"dominant": palette} if palette else {})


def _frame(text: str, *, people: int, given: bool) -> str:
    for frame, pattern in _FRAMES:
        if re.search(
            pattern if given else rf"\b(?:{pattern})\w*[ -](?:shot|up|view|angle)", text, re.IGNORECASE
        ):
            return frame
    return "medium" if people and not given else "wide"


def _portrayed(listed: Mapping[str, list[str]], subject: str) -> int:
    """One, where the prompt says what is always true of somebody whom the subject names: a character's own shot."""
    names = [label.removeprefix("always true of ") for label in listed if label.startswith("always true of ")]
    return int(any(name.split()[0] in subject.lower() for name in names if not name.startswith("the place")))


def _counted(subject: str) -> int:
    if re.search(r"\bno (?:people|one|figures?|humans?)\b|\bempty\b|\bdeserted\b", subject, re.IGNORECASE):
        return 0
    people = r"\b(?:man|woman|girl|boy|child|figure|person|traveller|traveler|knight|witch|wizard|king|queen|soldier|miner|smith)\b"
    return len(re.findall(people, subject, re.IGNORECASE))


def _references(prompt: str) -> tuple[Reference, ...]:
    pattern = r"^\s*Reference\s+\d+\s*:\s*([^(\n,:]*)(?:\(([^)\n]*)\))?"
    found = re.findall(pattern, prompt, re.IGNORECASE | re.MULTILINE)
    return tuple(Reference(role.strip(), name.strip()) for role, name in found)
