"""
Writer-like imagery files, in both shapes, in the many ways people write YAML.

A file is a function of the choices made on the way, so that hypothesis can search them and a seed can name one.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from tests.yaml_pieces import (
    FLOW_SHOTS,
    GAPS,
    HEADS,
    LONG_SUBJECTS,
    NO_ROWS,
    OTHERS_ROWS,
    OUR_ROWS,
    PLACEHOLDERS,
    SUBJECTS,
    TAILS,
    WORDS,
)

Path = tuple[str | int, ...]
OneOf = Callable[[Sequence[Any]], Any]


@dataclass(frozen=True)
class File:
    """A text, and the mappings in it that may own rows."""

    text: str
    paths: list[Path]


@dataclass
class Writer:
    """Lines of a file that is being written, and its writer's habits."""

    one_of: OneOf
    lines: list[str] = field(default_factory=list)
    paths: list[Path] = field(default_factory=lambda: [()])
    offset: int = field(init=False)

    def __post_init__(self) -> None:
        self.offset = self.one_of([0, 2, 4])

    def chance(self, *, of: int) -> bool:
        """True once in so many times."""
        return bool(self.one_of([True] + [False] * (of - 1)))

    def number(self, least: int, most: int) -> int:
        """A number in a range, ends included."""
        return int(self.one_of(range(least, most + 1)))

    def shuffled(self, values: Sequence[Any]) -> list[Any]:
        """All values, in some order."""
        left, out = list(values), []
        while left:
            out.append(left.pop(self.one_of(range(len(left)))))
        return out

    def add(self, indent: int, text: str, *, deeper: int = 2) -> None:
        """A line, or several, where {i} stands for a deeper indentation."""
        self.lines.append(" " * indent + text.replace("{i}", " " * (indent + deeper)).rstrip("\n"))
        self.lines.extend("" for _ in range(len(text) - len(text.rstrip("\n"))))

    def gap(self, indent: int) -> None:
        """Nothing, a blank line, or comments."""
        self.lines.extend(self.one_of(GAPS).replace("{i}", " " * indent).splitlines())

    def key(self, name: str) -> str:
        """A key, now and then in quotes."""
        return str(self.one_of([name] * 4 + [f'"{name}"', f"'{name}'"]))

    def list_under(self, indent: int) -> int:
        """The column of the dashes under a key: this file's habit, and now and then another."""
        return indent + int(self.one_of([self.offset] * 5 + [0, 2, 3]))

    def words(self, indent: int, name: str) -> None:
        """A key with some text, list or mapping."""
        self.add(indent, f"{self.key(name)}: {self.one_of(SUBJECTS + LONG_SUBJECTS)}".rstrip(" "))

    def entry(self, indent: int, key: str) -> None:
        """The rows, a merge, or a key with some words."""
        if key == "rows":
            self.rows(indent)
        elif key == "<<":
            self.add(indent, "<<: *look")
        else:
            self.words(indent, key)

    def rows(self, indent: int) -> None:
        """A list of rows: none yet, or some, ours among them or not."""
        key = self.key("generated_images")
        if self.chance(of=2):
            self.add(indent, f"{key}: {self.one_of(['[]', *NO_ROWS])}".rstrip(" "))
            return
        rows = [self.one_of(OTHERS_ROWS) for _ in range(self.number(0, 2))]
        rows = self.shuffled(rows + [self.one_of(OUR_ROWS)] * self.number(0, 1))
        if not rows:
            return
        self.add(indent, f"{key}:")
        dash = self.list_under(indent)
        for row in rows:
            text = row.format(i=" " * (dash + 1 + self.one_of([1, 1, 3])))
            self.gap(dash)
            self.add(0, " " * dash + "-" + text[dash + 1 :])

    def wanted(self, dash: int, path: Path, name: str, fields: Sequence[str], *, tail: Sequence[str]) -> int:
        """One wanted picture of a list, in block style; the column of its keys."""
        self.paths.append(path)
        gap = int(self.one_of([1, 1, 1, 3]))
        indent = dash + 1 + gap
        anchor = f"&{name.rpartition(' ')[2]} " if self.chance(of=8) else ""
        self.add(dash, f"-{' ' * gap}{anchor}".rstrip() if anchor else f"-{' ' * gap}{name}")
        if anchor:
            self.add(indent, name)
        merge = ["<<"] * self.chance(of=6)
        for key in self.shuffled([*fields, *merge, *["rows"] * self.number(0, 1)]):
            self.gap(indent)
            self.entry(indent, key)
        for line in tail:
            self.add(indent, line)
        return indent

    def done(self) -> File:
        """The file, with what may stand at its end, its line ends and its byte order mark."""
        for tail in self.shuffled(TAILS)[: self.number(0, 2)]:
            self.gap(0)
            self.add(0, tail)
        if self.chance(of=3):
            self.lines.append("...")
        end = self.one_of(["\n", "\n", "\r\n", "\r", "mixed"])
        text = "\n".join(self.lines) + self.one_of(["\n", "\n", "", "\n\n"])
        if end == "mixed":
            *lines, last = text.split("\n")
            text = "".join(line + self.one_of(["\n", "\n", "\r\n", "\r"]) for line in lines) + last
        else:
            text = text.replace("\n", end)
        return File(self.one_of(["", "", "\ufeff"]) + text, self.paths)


def native_file(one_of: OneOf) -> File:
    """A file of scenes and shots."""
    writer = _begun(one_of)
    writer.add(0, "scenes:")
    scenes = writer.list_under(0)
    for scene in range(writer.number(1, 2)):
        writer.gap(scenes)
        writer.add(scenes, f"- id: scene{scene}")
        writer.add(scenes + 2, "shots:")
        shots = writer.list_under(scenes + 2)
        for number in range(writer.number(1, 3)):
            writer.gap(shots)
            path = ("scenes", scene, "shots", number)
            if writer.chance(of=3):
                writer.add(shots, "- " + one_of(FLOW_SHOTS).format(n=number, i=" " * (shots + 3)))
                writer.paths.append(path)
            else:
                tail = ["status: wanted"] if number == 1 and writer.chance(of=2) else []
                fields = ["subject"] * writer.number(0, 1)
                writer.wanted(shots, path, f"id: s{number}", fields, tail=tail)
        writer.paths.append(("scenes", scene))
    return writer.done()


def chapter_file(one_of: OneOf, *, images: Sequence[int] = range(1, 4)) -> File:
    """A memoryquill chapter: wanted images that end in null placeholders."""
    writer = _begun(one_of)
    writer.words(0, "moments")
    writer.add(0, "images:")
    dash = writer.list_under(0)
    for number in range(one_of(images)):
        writer.gap(dash)
        fields = writer.shuffled(WORDS)[: writer.number(1, 4)]
        tail = PLACEHOLDERS if writer.chance(of=2) else PLACEHOLDERS[: writer.number(0, 6)]
        writer.wanted(dash, ("images", number), f"custom_id: img-{number}", fields, tail=tail)
    return writer.done()


def location_file(one_of: OneOf) -> File:
    """A memoryquill location: an overview, zones with and without images of their own, beats."""
    writer = _begun(one_of)
    if writer.chance(of=2):
        writer.add(0, "overview:")
        writer.words(2, "visual_description")
        writer.rows(2)
        writer.paths.append(("overview",))
    zones = one_of(["zones", "parts"])
    writer.add(0, f"{zones}:")
    dash = writer.list_under(0)
    for zone in range(writer.number(1, 3)):
        writer.gap(dash)
        indent = writer.wanted(
            dash, (zones, zone), f"slug: zone-{zone}", ["description"], tail=["mood: wild"]
        )
        if writer.chance(of=2):
            writer.add(indent, "images:")
            inner = writer.list_under(indent)
            for number in range(writer.number(1, 2)):
                path = (zones, zone, "images", number)
                writer.wanted(inner, path, f"image_slug: i{zone}-{number}", ["prompt"], tail=[])
    if writer.chance(of=2):
        writer.add(0, "beat_images:")
        beats = writer.list_under(0)
        writer.wanted(beats, ("beat_images", 0), "slug: beat", ["description"], tail=PLACEHOLDERS)
    return writer.done()


def character_file(one_of: OneOf) -> File:
    """A memoryquill character: its inventory, and at the top the rows of all its shots."""
    writer = _begun(one_of)
    writer.add(0, 'entity_type: "character"')
    parts = [_inventory, lambda w: w.words(0, "appearance"), lambda w: w.add(0, "prompts: []")]
    for write in writer.shuffled([*parts, lambda w: w.rows(0)] if writer.chance(of=2) else parts):
        writer.gap(0)
        write(writer)
    return writer.done()


def _inventory(writer: Writer) -> None:
    writer.add(0, "image_inventory:")
    dash = writer.list_under(0)
    for number in range(writer.number(1, 3)):
        writer.gap(dash)
        writer.add(dash, f'- id: "portrait-{number}"')
        writer.add(dash + 2, "content:")
        writer.words(dash + 4, "description")


def _begun(one_of: OneOf) -> Writer:
    writer = Writer(one_of)
    writer.lines += one_of(HEADS)
    writer.add(0, "shared: &shared a shared text")
    writer.add(0, "look: &look {tone: dark, of: [a, b]}")
    writer.gap(0)
    return writer


SHAPES: Final = (native_file, chapter_file, location_file, character_file)


def file_of(seed: int) -> File:
    """The file a number stands for; now and then a long one, of the size of the largest real ones."""
    chosen = random.Random(seed)  # a name for a file, no secret

    def one_of(values: Sequence[Any]) -> Any:
        return values[chosen.randrange(len(values))]

    if seed % 500 == 0:
        return chapter_file(one_of, images=[700])
    return SHAPES[seed % len(SHAPES)](one_of)
