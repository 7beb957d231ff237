"""
Key and token are in nothing that a run leaves, whoever repeats them: looked for in every file, row, object and word.

The services gossip: they put the caller's key and token into messages, details, headers, lines, answers and batches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from chargen.edges.clock import SystemClock
from tests.hostile.leaves import left_in, places_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from chargen.emulator.server import Emulator
    from tests.commands.conftest import Said, World
    from tests.gitops.conftest import Town
    from tests.hostile.conftest import Tried

KEY: Final = "AIzaSy_Nobody-Else_Has-This_Key-0123456789"
TOKEN: Final = "ghs_Nobody_Else_Has_This_Token_012345678"  # a stand-in
SAY: Final = "the key {key} may not do this; https://example.org/?key={key}"
LINES: Final = ["image-safety", "no-image", "text-only", "line-error", "line-status"]
BATCHES: Final = ["batch-failed"]
CALLS: Final = ["503", "500", "403"]
ON: Final = "generate+create+upload-start+batch-get+batch-list+download"


@pytest.fixture(autouse=True)
def hurry(gemini: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    """A key that looks like one, and no waiting between tries."""
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    monkeypatch.setattr(SystemClock, "sleep", lambda *_: None)


@pytest.fixture
def workflow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files a workflow's runner gives."""
    place = tmp_path / "runner-files"
    place.mkdir()
    for name in ("GITHUB_STEP_SUMMARY", "GITHUB_OUTPUT"):
        monkeypatch.setenv(name, str(place / name))
    monkeypatch.setenv("GITHUB_RUN_ID", "7")
    return place


def faults(*names: str, times: str = "forever", **more: str) -> list[str]:
    options = "".join(f",{name}={value}" for name, value in more.items())
    return [f"{name}:times={times}{options},say={SAY}" for name in names]


def silent(tried: Tried, what: str, folder: Path, said: list[Said], *secrets: str) -> None:
    """Whatever the commands said and left, none of it holds a secret."""
    tried.said(what, *said)
    places = {f"said {i}": one.text.encode() for i, one in enumerate(said)} | left_in(folder)
    tried(what, escaped=places_of(secrets, places))


@pytest.mark.parametrize("mode", ["live", "batch"])
@pytest.mark.parametrize("fault", [*LINES, *BATCHES, *CALLS])
def test_a_run_under_a_gossiping_gemini_leaves_no_key(
    one_shot: World, gemini: Emulator, workflow: Path, git_init: None, mode: str, fault: str, tried: Tried
) -> None:
    gemini.fault(*faults(fault, **({"on": ON} if fault in CALLS else {})))

    said = [one_shot("batch", "run", "--yes", "--mode", mode)]
    said += [one_shot("batch", verb) for verb in ("status", "collect", "apply")] + [
        one_shot("batch", "plan", "-vv")
    ]
    said += [
        one_shot("batch", "status", "--format", "json"),
        one_shot("batch", "plan", "--format", "markdown"),
    ]
    said += [one_shot("state", "list"), one_shot("doctor"), one_shot("validate")]

    if not (mode == "live" and fault in {"line-error", "line-status", "batch-failed"}):
        assert any("may not do this" in one.text for one in said), [one.text for one in said]
    silent(tried, f"{fault} in {mode}", one_shot.root.parent, said, KEY)


@pytest.mark.parametrize("fault", ["image-safety", "line-error", "batch-failed", "503"])
def test_a_forges_run_leaves_neither_key_nor_token(
    quay: Town, gemini: Emulator, workflow: Path, fault: str, tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The books, results and review branches, their clones, the bare repository, and what the pull request says."""
    token = quay.github.actions_token()
    monkeypatch.setenv("GITHUB_TOKEN", token)
    gemini.fault(
        *faults(
            fault,
            times="1",
            match="rope" if fault in LINES else "",
            **({"on": "any"} if fault == "503" else {}),
        )
    )

    verbs = (("plan",), ("submit",), ("tick",), ("refresh",), ("tick", "--format", "json"), ("collect",))
    said = [quay.gitops(*verb, run_id=7) for verb in verbs]
    said += [quay.runner()("doctor"), quay.runner()("state", "list")]

    silent(tried, f"{fault} on a forge", quay.folder, said, KEY, token)
    pages = [f"{pull.title}\n{pull.body}" for pull in quay.github.pulls()]
    tried(f"{fault} on its pages", escaped=places_of([KEY, token], {"pages": "\n".join(pages).encode()}))


def test_a_remote_that_repeats_the_token_is_not_repeated(
    quay: Town, workflow: Path, tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = quay.github.actions_token()
    monkeypatch.setenv("GITHUB_TOKEN", token)
    for filling in (0, 380, 470, 490):
        hook = quay.bare / "hooks" / "pre-receive"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f"#!/bin/sh\necho 'fatal: {'x' * filling} token {token} may not' >&2\nexit 1\n")
        hook.chmod(0o755)

        silent(tried, f"hook after {filling}", quay.folder / "none", [quay.gitops("submit", run_id=7)], token)
        hook.unlink()


@pytest.mark.parametrize("verb", [("batch", "run", "--yes"), ("batch", "plan"), ("state", "list")])
def test_a_bug_of_ours_reports_itself_without_them(
    one_shot: World,
    gemini: Emulator,
    workflow: Path,
    verb: tuple[str, ...],
    tried: Tried,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError(f"no\n::set-output name=held::{KEY}\n  ##[error]{TOKEN} and {TOKEN[:25]}")

    monkeypatch.setattr("chargen.commands.wiring.Session.world", broken)
    monkeypatch.setattr("chargen.commands.wiring.Session.desk", broken)

    said = one_shot(*verb)

    assert said.code == 70, said.text
    assert "This is a bug of chargen's" in said.err
    tried("a crash", escaped=places_of([KEY, TOKEN], {"said": said.text.encode()} | left_in(one_shot.root)))
    lines = said.text.split("\n")
    assert [line for line in lines if line.lstrip().startswith("::")] == [
        "::error::This is a bug of chargen's (RuntimeError): report it with the lines of the log"
    ]
    assert not any("##[" in line for line in lines)


@pytest.mark.parametrize(
    "value", [f"{KEY}\n", f"{KEY} {KEY}", f"\u201c{KEY}\u201d", f"{KEY}\x00"[:-1] + "\x7f"]
)
@pytest.mark.parametrize("name", ["GEMINI_API_KEY", "GITHUB_TOKEN"])
def test_one_that_cannot_be_meant_is_not_repeated(
    one_shot: World, name: str, value: str, tried: Tried, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    said = [one_shot("batch", "run", "--yes"), one_shot("doctor"), one_shot("batch", "plan", "--only", value)]

    silent(tried, f"{name} as {value!r}", one_shot.root, said, KEY)


def test_the_search_finds_what_is_there(one_shot: World, git_init: Callable[..., None]) -> None:
    """A search that finds nothing proves nothing: planted in a file, a row's bytes and an object, it is found."""
    one_shot.write("notes.txt", f"key={KEY}")
    one_shot.write("more.txt", KEY.replace("_", "\\_"))

    assert len(places_of([KEY], left_in(one_shot.root))) == 2
