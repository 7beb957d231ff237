"""
What `chargen init` writes into a world's repository, and what it does about each file that is there already. Pure.

Nothing a person wrote is changed: files are written where there are none, lines added where they are missing.
"""

from __future__ import annotations

import difflib
import enum
import json
import posixpath
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chargen.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

REPOSITORY: Final = (
    ""  # where chargen is published, as owner/name; empty: nowhere yet, so `init` asks for --from
)
WORKFLOWS: Final = (
    "chargen-plan.yml",
    "chargen-submit.yml",
    "chargen-tick.yml",
    "chargen-regenerate.yml",
)
CODEOWNERS: Final = (".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS")  # GitHub takes the first there is
_ENDINGS: Final = ("png", "jpg", "jpeg", "webp", "gif")
ATTRIBUTES: Final = tuple(f"*.{end} -text" for end in (*_ENDINGS, *map(str.upper, _ENDINGS)))
EXAMPLE: Final = "locations/sluice-cottage"
_SCHEMA: Final = "# yaml-language-server: $schema="
_ASLEEP: Final = (
    "# Examples: a style, or a mood that shots name, changes their prompts and asks for their pictures anew."
)
_REPOSITORY: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9_][A-Za-z0-9._-]*")
_OWNER: Final = re.compile(
    r"@[A-Za-z0-9][A-Za-z0-9_-]*(?:/[A-Za-z0-9_][A-Za-z0-9._-]*)?|[A-Za-z0-9_.+-]+@[A-Za-z0-9][A-Za-z0-9-]*(?:\.[A-Za-z0-9-]+)+"
)
_ROOT: Final = re.compile(r"""^ +root: +(?!\$)["']?([^"'#\n]*[^"'#\s])""", re.MULTILINE)
_PLAIN: Final = re.compile(r"[\w./ -]+")


class Act(enum.StrEnum):
    """What becomes of a file."""

    WRITE = "write"
    EXTEND = "extend"
    KEEP = "keep"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Step:
    """One file: what becomes of it, its whole new text, and the lines that it gets, or lacks where it is left alone."""

    path: str
    act: Act
    text: str = ""
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pin:
    """The chargen that a world's workflows run: repository, full commit id, version."""

    repository: str
    commit: str
    version: str

    def __post_init__(self) -> None:
        """UsageError for a repository or a commit that cannot be meant."""
        if not _REPOSITORY.fullmatch(self.repository) or ".." in self.repository:
            raise UsageError(
                f"{self.repository!r} is no repository", hint="--from OWNER/REPO, as in github.com/OWNER/REPO"
            )
        if not re.fullmatch(r"[0-9a-f]{40}", self.commit):
            hint = f"--ref takes 40 hex digits: git ls-remote https://github.com/{self.repository} HEAD"
            raise UsageError(f"{self.commit!r} is no full commit id", hint=hint)

    def schema(self, name: str) -> str:
        """The editor line that names a schema of this chargen's."""
        url = f"https://raw.githubusercontent.com/{self.repository}/{self.commit}/schemas/{name}.schema.json"
        return _SCHEMA + url


@dataclass(frozen=True, slots=True)
class Home:
    """Where the world lies: its folder in the repository (empty: the repository itself), the branch it is planned from."""

    folder: str
    branch: str

    def __post_init__(self) -> None:
        """UsageError for a name that a workflow file could take for something else."""
        for name in (self.folder or ".", self.branch):
            if not _PLAIN.fullmatch(name):
                hint = "use letters, digits, dots, dashes and slashes; --branch names another branch"
                raise UsageError(f"a workflow cannot name {name!r}", hint=hint)

    def path(self, name: str) -> str:
        """A file of the world, as the repository calls it."""
        return f"{self.folder}/{name}" if self.folder else name


def caller(text: str, pin: Pin, home: Home) -> str:
    """A workflow of this repository that calls a reusable one, as a world's repository has it."""
    uses = rf"uses: {pin.repository}/.github/workflows/\1@{pin.commit} # v{pin.version}"
    for ours, theirs in (
        (r"uses: \$/\.github/workflows/(\S+)", uses),
        (r"if: vars\.CHARGEN_WORLD != '' && (.+)", r"if: ${{ \1 }}"),
        (r"root: \$\{\{ vars\.CHARGEN_WORLD \}\}", f"root: {_quoted(home.folder or '.')}"),
        (r"(chargen-repository): .+", rf"\1: {pin.repository}"),
        (r"(chargen-ref): .+", rf"\1: {_quoted(pin.commit)} # the commit that uses: names"),
    ):
        text, times = re.subn(ours, theirs, text)
        if times != 1:
            raise ValueError(f"{times} times {ours} in a workflow")
    return text.replace("branches: [main]", f"branches: [{_quoted(home.branch)}]")


def steps(
    templates: Mapping[str, str], found: Mapping[str, str], pin: Pin, home: Home, *, owner: str, example: bool
) -> list[Step]:
    """
    Everything a world's repository needs, by path.

    `found` holds the text of each file that is there among `paths`. `example` is for a world without entities: it asks for
    one, and for a chargen.yaml whose words reach prompts.
    """
    wanted = [
        _whole(f".github/workflows/{name}", caller(templates[name], pin, home), found) for name in WORKFLOWS
    ]
    config = templates["chargen.yaml"] if example else without_words(templates["chargen.yaml"])
    wanted.append(_persons(home.path("chargen.yaml"), pin.schema("world"), config, found))
    if example:
        folder = home.path(EXAMPLE)
        imagery = f"{pin.schema('imagery')}\n{templates['imagery.yaml']}"
        wanted.append(_whole(f"{folder}/place.md", templates["place.md"], found))
        wanted.append(_whole(f"{folder}/imagery.yaml", imagery, found))
    wanted.append(_added(_codeowners(found), owner_lines(home, owner), found))
    wanted.append(_added(home.path(".gitattributes"), ATTRIBUTES, found))
    return wanted


def named_owner(owner: str) -> str:
    """An owner as CODEOWNERS names one; empty for nobody. UsageError for what is neither a person, a team nor an address."""
    named = f"@{owner}" if owner and "@" not in owner else owner
    if named and not _OWNER.fullmatch(named):
        raise UsageError(
            f"{owner!r} is no owner", hint="--owner @NAME, @ORGANISATION/TEAM or one e-mail address"
        )
    return named


def check_root(found: Mapping[str, str], home: Home) -> None:
    """UsageError where the workflows that are there run another world: two in one repository would share the books."""
    wanted = home.folder or "."
    for name in WORKFLOWS:
        said = _ROOT.search(found.get(f".github/workflows/{name}", ""))
        if said and (root := posixpath.normpath(said[1])) != wanted:
            hint = f"run it at the repository's top with --root {root!r}, or remove those workflows first"
            raise UsageError(
                f".github/workflows/{name} runs the world in {root!r}, not {wanted!r}", hint=hint
            )


def without_words(config: str) -> str:
    """A chargen.yaml that changes no prompt: what would reach one is there as comments, to take what one likes."""
    words = re.sub(r"^(?:style|moods):\n(?:[ ].*\n)+", _as_comment, config, flags=re.MULTILINE)
    return words.replace("# style:", f"{_ASLEEP}\n# style:", 1)


def _as_comment(block: re.Match[str]) -> str:
    return "".join(f"# {line}" for line in block[0].splitlines(keepends=True))


def paths(home: Home) -> tuple[str, ...]:
    """Every file that `steps` may ask about."""
    world = ("chargen.yaml", ".gitattributes", f"{EXAMPLE}/imagery.yaml", f"{EXAMPLE}/place.md")
    return (*(f".github/workflows/{name}" for name in WORKFLOWS), *CODEOWNERS, *map(home.path, world))


def owner_lines(home: Home, owner: str) -> tuple[str, ...]:
    """Who must agree to what spends money; comments, while nobody is named."""
    mark = "" if owner else "# "
    named = owner or "@WHO-MUST-AGREE"
    guarded = ("/.github/workflows/chargen-*.yml", "/" + home.path("chargen.yaml").replace(" ", "\\ "))
    return tuple(f"{mark}{path} {named}" for path in guarded)


def _quoted(text: str) -> str:
    """A YAML string; what JSON writes is one."""
    return json.dumps(text, ensure_ascii=False)


def _whole(path: str, wanted: str, found: Mapping[str, str]) -> Step:
    """A file of ours: written where there is none, else left; the lines say how it differs."""
    if path not in found:
        return Step(path, Act.WRITE, wanted)
    there = found[path].replace("\r\n", "\n")
    if there == wanted:
        return Step(path, Act.KEEP)
    told = there.encode("utf-8", "replace").decode()  # bytes that are no text were kept as surrogates
    differing = difflib.unified_diff(
        told.splitlines(), wanted.splitlines(), "it is", "it would be", n=1, lineterm=""
    )
    return Step(path, Act.LEAVE, lines=tuple(differing))


def _persons(path: str, schema: str, wanted: str, found: Mapping[str, str]) -> Step:
    """A file that a person goes on writing: only its editor line is missed."""
    if path not in found:
        return Step(path, Act.WRITE, f"{schema}\n{wanted}")
    if _SCHEMA in found[path]:
        return Step(path, Act.KEEP)
    return Step(path, Act.LEAVE, lines=(schema,))


def _added(path: str, wanted: Sequence[str], found: Mapping[str, str]) -> Step:
    """A file of lines: those about which it says nothing yet are added at its end, in its line ends."""
    there = found.get(path, "")
    said = {line.strip() for line in there.splitlines()}
    said |= {_pattern(line) for line in said if not line.startswith("#")}
    missing = tuple(line for line in wanted if said.isdisjoint((line, _pattern(line))))
    if not missing:
        return Step(path, Act.KEEP)
    end = "\r\n" if "\r\n" in there else "\n"
    gap = "" if not there or there.endswith("\n") else end
    text = there + gap + "".join(line + end for line in ("# chargen", *missing))
    return Step(path, Act.EXTEND if path in found else Act.WRITE, text, missing)


def _pattern(line: str) -> str:
    """The files that a line is about, be it a comment of ours or not."""
    return re.split(r"(?<!\\)\s", line.removeprefix("# "), maxsplit=1)[0]


def _codeowners(found: Iterable[str]) -> str:
    return next((path for path in CODEOWNERS if path in found), CODEOWNERS[0])
