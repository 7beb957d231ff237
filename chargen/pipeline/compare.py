"""compare: two trees of one world -> the shots that change between them, and what changes without any shot using it."""

from __future__ import annotations

import fnmatch
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from chargen.core.address import Address
from chargen.core.changes import Changes, ShotChange, UnusedChange, changes_between
from chargen.core.compiled import CompiledShot
from chargen.core.prose import title_key
from chargen.core.used import UsedPlaces, used_places
from chargen.core.world import CONFIG_FILE, World
from chargen.dialects.changed_parts import ChangedPart, changed_keys, changed_sections
from chargen.dialects.yaml_text import BadYaml
from chargen.errors import ChargenError
from chargen.ports import Tree

if TYPE_CHECKING:
    from collections.abc import Iterable

    from chargen.core.world_config import Context

_MARKDOWN: Final = ".md"
_YAML: Final = (".yaml", ".yml")
_PROSE: Final = "prose"
# Keys of chargen.yaml that reach shots by other ways than words that have a place.
_OF_ALL: Final = ("roots", "prompt_override")


@dataclass(frozen=True)  # no slots: what is used is looked up once
class Side:
    """One of the two trees: its files, its world, its shots."""

    tree: Tree
    world: World
    shots: Mapping[Address, CompiledShot]

    def text(self, path: str) -> str | None:
        """A file's text; None where there is none that can be read."""
        try:
            return self.tree.read(path).decode("utf-8-sig", "replace")
        except (OSError, ChargenError):
            return None

    @cached_property
    def folders(self) -> Mapping[str, str]:
        """The folder of each entity, and its kind."""
        left_out = {posixpath.dirname(path): name for name, path in self.world.left_out.items()}
        read = {posixpath.dirname(entity.file): entity.kind for entity in self.world.entities.values()}
        return {folder: name.partition("/")[0] for folder, name in left_out.items()} | read

    def files(self) -> Iterator[str]:
        """The YAML and markdown files of the entities, and chargen.yaml."""
        for path in self.tree.files():
            of_entity = any(folder in self.folders for folder in (posixpath.dirname(path), *_above(path)))
            if path == CONFIG_FILE or (of_entity and path.endswith((_MARKDOWN, *_YAML))):
                yield path

    def reads(self, path: str) -> bool:
        """Whether the world looks for prose in a markdown file."""
        context = self._context(path)
        name = posixpath.basename(path)
        return context is not None and any(fnmatch.fnmatchcase(name, each) for each in context.files)

    def names(self, path: str, part: ChangedPart) -> bool:
        """Whether the world lets a part of a markdown file into prompts."""
        context = self._context(path)
        if context is None or not self.reads(path):
            return False
        titles = {title_key(name) for name in context.sections}
        return part.key in context.front_matter or any(title_key(it) in titles for it in part.titles)

    def _context(self, path: str) -> Context | None:
        kind = self.folders.get(posixpath.dirname(path), "")
        found: Context | None = self.world.config.context.get(kind)  # type: ignore[call-overload]
        return found


def _above(path: str) -> Iterator[str]:
    """The folders a file lies in, less the root: an entity there has what lies beside it alone."""
    while path := posixpath.dirname(path):
        yield path


def compare(before: Side, after: Side) -> Changes:
    """What lies between two trees, for the shots and for nobody."""
    changed = changes_between(before.shots, after.shots)
    return Changes(changed, tuple(_Comparison(before, after, changed).unused()))


class _Comparison:
    """One comparison under way; used by `compare` alone."""

    def __init__(self, before: Side, after: Side, changed: tuple[ShotChange, ...]) -> None:
        self.before, self.after, self.changed = before, after, changed
        gone = [before.shots[item.address] for item in changed if item.kind == "removed"]
        new = [after.shots[item.address] for item in changed if item.kind == "added"]
        self.was_used = used_places(before.world, before.shots.values(), gone)
        self.is_used = used_places(after.world, after.shots.values(), new)

    def unused(self) -> Iterator[UnusedChange]:
        """Every part of a file that differs and that no shot uses."""
        for path in sorted({*self.before.files(), *self.after.files()}):
            old, new = self.before.text(path), self.after.text(path)
            if old == new:
                continue
            parts = self._sections(path, old, new) if path.endswith(_MARKDOWN) else self._keys(path, old, new)
            for part in parts:
                yield UnusedChange(path, part.name, part.kind, part.line)

    def _sections(self, path: str, old: str | None, new: str | None) -> Iterator[ChangedPart]:
        """Of a file that is not read at all, the file; else its sections, less those whose words reach a shot."""
        parts = list(changed_sections(old, new, path=path))
        if not any(side.reads(path) for side in self._sides):
            yield from [_whole(old, new)] if parts else []
            return
        moves = self.was_used.prose.get(path) != self.is_used.prose.get(path)
        for part in parts:
            if not (moves and any(side.names(path, part) for side in self._sides)):
                yield part

    @property
    def _sides(self) -> tuple[Side, Side]:
        return self.before, self.after

    def _keys(self, path: str, old: str | None, new: str | None) -> Iterator[ChangedPart]:
        if any(path in side.world.left_out.values() for side in self._sides):
            return  # a problem of its own
        try:
            parts = list(changed_keys(old, new, path=path))
        except BadYaml:
            parts = [_whole(old, new)]
        for part in parts:
            used = self._is_painted(part) or (path == CONFIG_FILE and self._config_moves(part))
            if not (used or _holds(self.was_used, path, part.old) or _holds(self.is_used, path, part.new)):
                yield part

    def _is_painted(self, part: ChangedPart) -> bool:
        """Whether its texts stand in words that a shot was given or has lost: several keys may have made one sentence."""
        words = [
            text for change in self.changed for item in change.fields for text in (item.old, item.new) if text
        ]
        return any(said in text for said in part.said if said for text in words)

    def _config_moves(self, part: ChangedPart) -> bool:
        """Whether a key of chargen.yaml that is no word of a prompt makes a difference to any shot."""
        top, _, rest = part.name.partition(".")
        if top == "provider" and rest != "mode":
            return any(
                (shot.provider, shot.variants) != (now.provider, now.variants)
                for address, shot in self.before.shots.items()
                if (now := self.after.shots.get(address)) is not None
            )
        if top == "context":
            return any(_PROSE in item.field for change in self.changed for item in change.fields)
        return top in _OF_ALL and bool(self.changed)


def _holds(used: UsedPlaces, path: str, at: Iterable[str | int] | None) -> bool:
    return at is not None and used.holds(path, tuple(at))


def _whole(old: str | None, new: str | None) -> ChangedPart:
    return ChangedPart("", 0, None if old is None else (), None if new is None else ())
