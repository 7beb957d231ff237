"""A world's files while they are read: each once, its digest kept, and what cannot be read named with whose it is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from chargen.core.digest import sha256
from chargen.core.problem import Problem
from chargen.core.prose import ProseNames
from chargen.dialects.recognise import likely_addresses
from chargen.dialects.yaml_text import YamlDocument
from chargen.errors import ChargenError, Place
from chargen.ports import Tree

if TYPE_CHECKING:
    from chargen.core.shot import Origin
    from chargen.dialects.yaml_text import BadYaml

_MISSING: Final = "-"


@dataclass
class Reading:
    """What has been read so far: every file once, its digest kept for the world's."""

    tree: Tree
    documents: dict[str, YamlDocument] = field(default_factory=dict)
    digests: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    left_out: dict[str, str] = field(default_factory=dict)  # kind/slug -> the file that could not be read
    prose: dict[str, ProseNames] = field(default_factory=dict)  # by kind: what its files could give

    def leave_out(self, path: str, problem: Problem, data: object = None) -> None:
        """Name a file that cannot be read, and remember whose it is: what refers to it must wait, not be made without."""
        self.problems.append(problem)
        self.left_out.update(dict.fromkeys(likely_addresses(path, data), path))

    def read(self, path: str) -> bytes:
        try:
            data = self.tree.read(path)
        except FileNotFoundError:
            self.digests[path] = _MISSING
            raise
        self.digests[path] = sha256(data)
        return data

    def locate(self, origin: Origin) -> Place:
        document = self.documents.get(origin.file)
        if document is None or origin.line:
            return Place(origin.file, origin.line)
        return document.place(*origin.path)


def bad_yaml(error: BadYaml, path: str) -> Problem:
    """What is wrong with a file that is no YAML, as a problem."""
    return Problem(error.place or Place(path), error.message, error.hint, rule="bad-yaml")


def why(error: ChargenError | OSError) -> str:
    """An error in words."""
    return error.message if isinstance(error, ChargenError) else (error.strerror or str(error))
