"""
Names that last: addresses of shots, job ids of their variants, and the slugs both are made of.

Pure. An address is `kind/slug/scene/shot`; a job id is `kind.slug.scene.shot.vN`, a safe folder name.
"""

from __future__ import annotations

import fnmatch
import functools
import hashlib
import re
import unicodedata
from dataclasses import dataclass
from typing import Final

KINDS: Final = ("character", "location", "chapter")
PART: Final = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_LONGEST: Final = 63


def slugify(name: str) -> str:
    """
    A part of an address made from any name: lower case ASCII, dashes, at most 63 characters.

    A name with nothing to keep, and the tail of one that is too long, become a short digest, so that two different
    long names stay different.
    """
    name = unicodedata.normalize("NFC", name)
    if PART.fullmatch(name):
        return name
    plain = (
        unicodedata.normalize("NFKD", name.replace("’", "").replace("'", ""))
        .encode("ascii", "ignore")
        .decode()
    )
    slug = re.sub(r"[^a-z0-9_]+", "-", plain.lower()).strip("-_")
    digest = hashlib.sha256(name.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    if not slug:
        return f"x-{digest}"
    if len(slug) > _LONGEST:
        return f"{slug[: _LONGEST - 9].rstrip('-_')}-{digest}"
    return slug


@dataclass(frozen=True, slots=True, order=True)
class Address:
    """Where a shot stands: `kind/slug/scene/shot`."""

    kind: str
    slug: str
    scene: str
    shot: str

    def __str__(self) -> str:
        return f"{self.kind}/{self.slug}/{self.scene}/{self.shot}"

    @property
    def entity(self) -> str:
        """The address of the entity that owns the shot: `kind/slug`."""
        return f"{self.kind}/{self.slug}"

    def job_id(self, variant: int) -> str:
        """The name of the n-th candidate (from 1), stable for ever for this target."""
        return f"{self.kind}.{self.slug}.{self.scene}.{self.shot}.v{variant}"

    def file_name(self, suffix: str) -> str:
        """The picture's file name, which stays the same for every current picture of the shot."""
        return f"{self.scene}.{self.shot}.{suffix}"


@functools.lru_cache(maxsize=8192)
def parse_address(text: str) -> Address:
    """The address a text spells; ValueError when it has not four valid parts."""
    parts = text.split("/")
    if len(parts) != 4 or not all(PART.fullmatch(part) for part in parts):
        raise ValueError(f"{text!r} is not an address: kind/slug/scene/shot")
    return Address(*parts)


def moved_address(said: str, address: Address) -> Address:
    """Where a shot stood before: what is said takes the place of as many leading parts of its address. ValueError."""
    leading = said.split("/")
    return parse_address("/".join([*leading, *str(address).split("/")[len(leading) :]]))


@functools.lru_cache(maxsize=8192)
def parse_job_id(job_id: str) -> tuple[Address, int]:
    """The address and the variant a job id names; ValueError when it is none."""
    *parts, variant = job_id.split(".")
    if not re.fullmatch(r"v[1-9]\d{0,3}", variant):
        raise ValueError(f"{job_id!r} is not a job id")
    return parse_address("/".join(parts)), int(variant[1:])


def selects(glob: str, address: Address) -> bool:
    """
    Whether a glob selects an address: `*` crosses slashes, and a glob that matches a leading part selects all below it
    (`location/blackvein-lode` selects every shot of that location).
    """
    text, glob = str(address), glob.rstrip("/")
    return fnmatch.fnmatchcase(text, glob) or fnmatch.fnmatchcase(text, f"{glob}/*")
