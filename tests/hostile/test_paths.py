"""Names and paths that lead elsewhere: slugs, references, rows, symlinks, submission ids, options in the place of names."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from typing import TYPE_CHECKING, Any, Final

import pytest

from chargen.core.address import PART, slugify
from chargen.core.shot import picture_path
from chargen.edges.git import Git, GitFailed
from chargen.edges.git_remote import fetch_commit, ls_remote, push
from chargen.errors import ChargenError
from tests.commands.conftest import picture
from tests.hostile.texts import TEXTS
from tests.worlds import PIER, one_shot, row_of, shot_of

if TYPE_CHECKING:
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import World
    from tests.gitops.conftest import Town
    from tests.hostile.conftest import Tried

NAMES: Final = [
    "../../etc/passwd", "/etc/passwd", "..", ".", "...", "~", "~root", "-rf", "--upload-pack=id", "--output=x",
    "CON", "nul.txt", "aux", "com1", "LPT9", "a:b", "c:\\windows", "\\\\host\\share", "file:///etc/passwd", "a\\..\\..\\b",
    ".git", ".GIT", ".git/hooks/pre-commit", "git~1", ".g\u200cit", ".github/workflows/x", ".chargen", ".gitmodules",
    "a\nb", "a\rb", "a\tb", "a\0b", "\x1b[2Ja", "\u202egnp.a", "a" * 300, "..\u2215..\u2215etc", "%2e%2e%2f", "..%00/",
    "a/../../b", "a//b", "a/./b", "a/.", " a", "a ", "a.", "*", "?", "[a]", "{a,b}", "$(id)", "`id`", "a;id", "@{-1}",
    "HEAD", "refs/heads/main", "a..b", "a.lock", "@", "^a", "a~1", "a^{tree}", ":a", ":(top)a", "stash@{0}", "é", "日本",
]  # fmt: skip


@pytest.mark.parametrize("extension", ["", ".png"])
def test_any_name_is_slugged_into_a_safe_one(extension: str, tried: Tried) -> None:
    for name in [*NAMES, *TEXTS.values()]:
        try:
            slug = slugify(f"{name}{extension}".encode("utf-8", "replace").decode())
        except ChargenError:
            continue
        tried(f"slug {name!r}", escaped=not PART.fullmatch(slug) and slug)


def test_a_row_says_where_in_the_world_its_picture_lies_and_nowhere_else(tried: Tried) -> None:
    plain = shot_of({PIER: one_shot()})
    usual = "locations/pier/images/dawn.wide.png"
    for name in NAMES:
        for said in (f"{name}.png", f"{name}/x.png", f"../../{name}/x.png", f"../../{name}.png"):
            row = row_of(plain, picture(), file_path=said)
            path = picture_path(shot_of({PIER: one_shot(row)}).shot, "png")

            parts = path.split("/")
            bad = path.startswith("/") or any(
                part in {"", "..", "."} or part.startswith(".") for part in parts
            )
            tried(f"row {said!r}", escaped=(bad or not path.isprintable()) and path)
    for fine in ("images/x.png", "../shared/x.png"):
        row = row_of(plain, picture(), file_path=fine)
        assert picture_path(shot_of({PIER: one_shot(row)}).shot, "png") != usual


def outside(world: World) -> dict[str, bytes]:
    """Everything beside the world, and the hidden folders in it."""
    found = [path for path in world.root.parent.rglob("*") if path.is_file() and not path.is_symlink()]
    return {
        str(path): path.read_bytes()
        for path in found
        if not path.is_relative_to(world.root)
        or (
            path.relative_to(world.root).parts[0].startswith(".")
            and path.relative_to(world.root).parts[0] != ".chargen"
        )
    }


def test_a_run_writes_nothing_beside_its_world_or_into_hidden_folders(
    one_shot: World, gemini: Emulator, tried: Tried
) -> None:
    one_shot.write(".github/workflows/submit.yml", "on: push\n")
    one_shot.write("../beside.png", picture("blue"))
    one_shot.make()
    made = one_shot.read("quay/imagery.yaml")
    assert "file_path: images/noon.main.png" in made
    before = outside(one_shot)
    for number, said in enumerate(
        ("../../beside.png", "../.github/workflows/x.png", "../.git/x.png", "../.chargen/x.png", "/tmp/x.png")
    ):  # where it must not go
        words = made.replace("images/noon.main.png", said).replace("a quay", f"a quay {number}")
        one_shot.write("quay/imagery.yaml", words)

        tried.said(f"row {said}", one_shot("batch", "run", "--yes"), one_shot("validate"))

        tried(f"file of row {said}", escaped=outside(one_shot) != before)
        assert "file_path: images/noon.main.png" in one_shot.read("quay/imagery.yaml")


def test_gitops_proposes_nothing_outside_the_worlds_plain_folders(quay: Town, tried: Tried) -> None:
    quay.writer.write(".github/workflows/submit.yml", "on: push\n")
    shot = {"custom_id": "location.quay.noon.wide.v1", "sha256": "sha256:" + "0" * 64}
    rows = [
        {**shot, "file_path": said}
        for said in ("../.github/workflows/x.png", "../../../x.png", "../.git/x.png")
    ]
    for number, row in enumerate(rows):
        text = f"kind: location\nslug: quay\nscenes:\n- id: noon\n  shots:\n  - id: wide\n    subject: quay {number}\n"
        quay.writer.write("quay/imagery.yaml", f"{text}    generated_images: [{json.dumps(row)}]\n")
        quay.push()
        tried.said(f"gitops {row['file_path']}", quay.gitops("submit"), quay.gitops("tick"))
    (pull,) = quay.open_pulls().values()

    changed = subprocess.run(
        ["git", "-C", str(quay.bare), "diff", "--name-only", "main", pull.branch],
        capture_output=True,
        check=True,
        text=True,
    )

    assert changed.stdout.split() == ["quay/imagery.yaml", "quay/images/noon.wide.png"]


LINKS: Final = {
    "reference": "characters/mara/images/face.png",
    "words": "locations/pier/imagery.yaml",
    "configuration": "chargen.yaml",
    "folder": "locations/pier",
    "state": ".chargen",
    "runs": ".chargen/runs",
}


@pytest.mark.parametrize("what", LINKS)
@pytest.mark.parametrize("target", ["secret", "/etc", "/proc/self/environ", "/dev/zero", "loop"])
def test_a_symlink_out_of_the_world_is_neither_read_nor_written_through(
    world: World, gemini: Emulator, what: str, target: str, tried: Tried
) -> None:
    secret = world.root.parent / "secret"
    secret.mkdir()
    (secret / "imagery.yaml").write_text(
        "kind: location\nslug: stolen\nscenes: [{id: a, subject: TOP SECRET}]\n"
    )
    place = world.root / LINKS[what]
    if place.is_dir():
        for path in sorted(place.rglob("*"), reverse=True):
            path.unlink() if path.is_file() else path.rmdir()
        place.rmdir()
    place.unlink(missing_ok=True)
    place.parent.mkdir(exist_ok=True)
    place.symlink_to({"secret": secret, "loop": place}.get(target, target))
    before = {path: path.read_bytes() for path in secret.rglob("*")}

    said = [
        world("batch", "plan"),
        world("batch", "run", "--yes"),
        world("validate"),
        world("batch", "status"),
    ]

    tried.said(f"{what} as a link to {target}", *said)
    tried(f"{what} through {target}", escaped="TOP SECRET" in "".join(one.text for one in said))
    assert {path: path.read_bytes() for path in secret.rglob("*")} == before


def test_a_symlink_in_a_commit_is_followed_no_further_than_in_a_folder(quay: Town, tried: Tried) -> None:
    (quay.writer.root / "quay/images").symlink_to("/etc")
    (quay.writer.root / "leak.md").symlink_to("/etc/passwd")
    (quay.writer.root / "other").mkdir()
    (quay.writer.root / "other/imagery.yaml").symlink_to("../../../../../../../../../../etc/passwd")
    quay.push()

    tried.said("links in a commit", quay.gitops("submit"), quay.gitops("tick"), quay.gitops("plan"))

    assert "root:" not in "".join(
        path.read_text() for path in (quay.folder).glob("runner*/.chargen/runs/*/plan.json")
    )


FILES: Final = [
    "a\nb",
    "a\rb",
    "::error::x",
    "-rf",
    "--help",
    "\x1b[2J",
    "\u202egnp",
    "a;id",
    "$(id)",
    "é",
    b"\xff\xfe",
    "@x",
    "#1",
    "a|b",
    "<b>",
]


@pytest.mark.parametrize("name", FILES, ids=ascii)
def test_a_folder_of_any_name_is_read_told_and_committed_as_one_line(
    quay: Town, name: str | bytes, tried: Tried, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary"))
    monkeypatch.setenv("GITHUB_OUTPUT", str(tmp_path / "output"))
    folder = quay.writer.root / os.fsdecode(name)
    folder.mkdir()
    (folder / "imagery.yaml").write_text(
        "kind: location\nscenes: [{id: a, subject: b, mood: no such, moood: x}]\n"
    )
    quay.push()

    said = [
        quay.gitops(*verb, run_id=7) for verb in (("submit", "--dry-run"), ("submit",), ("tick",), ("plan",))
    ]

    tried.said(f"folder {name!r}", *said)
    ours = ("::error ", "::warning ", "::notice ", "::error::", "::warning::", "::notice::")
    lines = [line for one in said for line in one.text.split("\n")]
    commands = [line for line in lines if line.lstrip().startswith("::") and not line.startswith(ours)]
    tried(
        f"lines of folder {name!r}",
        escaped=commands or [x for x in lines if "\x1b[2J" in x or "\r" in x or "\u202e" in x],
    )
    assert all(
        line.startswith(("pictures=", "cost_usd=")) for line in (tmp_path / "output").read_text().splitlines()
    )


OPTIONS: Final = [
    "--upload-pack=touch x",
    "-u",
    "--exec=id",
    "--output=/tmp/x",
    "-",
    "--",
    "@{-1}",
    "HEAD:.git",
    "a b",
    "",
    "\0",
    "\n",
]


def test_no_revision_remote_or_ref_is_taken_for_an_option(quay: Town, tried: Tried) -> None:
    git = Git(quay.writer.root)
    before = quay.refs()
    for said in OPTIONS:
        for call in (
            lambda said=said: ls_remote(git, said),
            lambda said=said: ls_remote(git, "origin", said),
            lambda said=said: fetch_commit(git, "origin", said, ref="refs/heads/main"),
            lambda said=said: fetch_commit(git, "origin", "0" * 40, ref=said),
            lambda said=said: push(git, "origin", said, "refs/heads/x"),
            lambda said=said: push(git, "origin", "0" * 40, said),
        ):
            with contextlib.suppress(ChargenError, GitFailed, ValueError):
                call()
            tried(f"git {said!r}", escaped=quay.refs() != before)


ARGUMENTS: Final[list[list[str]]] = [
    ["batch", "plan", "--base"], ["batch", "plan", "--only"], ["batch", "plan", "--force"], ["explain"], ["schema"],
    ["batch", "status", "--run"], ["batch", "collect", "--run"], ["batch", "apply", "--run"], ["batch", "cancel", "--run"],
    ["state", "show"], ["state", "forget"], ["gitops", "submit", "--dry-run", "--only"],
    ["gitops", "submit", "--dry-run", "--model"], ["batch", "plan", "--out"], ["batch", "run", "--plan"],
]  # fmt: skip
SAID: Final = [
    *OPTIONS,
    "../../x",
    "/etc/passwd",
    "*" * 300,
    "[" * 300,
    "[!" * 99,
    "::error::x",
    "a\n::error::x",
    "\udcff",
    "\x1b[2J",
    "a" * 9_000,
]


@pytest.mark.parametrize("command", ARGUMENTS, ids=" ".join)
def test_any_argument_is_a_name_or_refused_and_never_a_bug(
    quay: Town, command: list[str], tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_RUN_ID", "7")
    runner = quay.runner()
    monkeypatch.chdir(runner.root)
    for said in SAID:
        if command[-1] in {"--out", "--plan"} and not said.strip("\0\n"):
            continue
        told = runner(*command, said)
        tried.said(f"{' '.join(command)} {said!r}", told)
        lines: list[Any] = [line for line in told.text.split("\n") if line.lstrip().startswith("::error::x")]
        tried(f"words of {said!r}", escaped=lines or ("\x1b[2J" in told.text))
