"""Killed at any durable step, run twice, run at once: every request is paid for once, and nothing that came is lost."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import pytest

from tests.gitops.conftest import git

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    from tests.commands.conftest import World
    from tests.gitops.conftest import Town

BRANCH = "chargen/location/quay.1"
WIDE = "location/quay/noon/wide"
ROPE = "location/quay/noon/rope"

# A git that ends the chargen which started it, before or after its n-th push.
DEADLY = """\
#!/bin/sh
for word in "$@"; do
    if [ "$word" = push ]; then
        n=$(($(cat {count}) + 1)); echo $n > {count}
        if [ $n = {nth} ]; then
            [ {when} = after ] && {git} "$@" >/dev/null 2>&1
            kill -9 $PPID
            exit 1
        fi
        break
    fi
done
exec {git} "$@"
"""


def killed(town: Town, *command: str, nth: int, when: str) -> bool:
    """Run a gitops command in a fresh clone with that git; whether it met its end."""
    runner = town.runner()
    folder = town.folder / f"deadly{nth}{when}"
    folder.mkdir()
    (folder / "count").write_text("0")
    real = shutil.which("git")
    script = folder / "git"
    script.write_text(DEADLY.format(count=folder / "count", nth=nth, when=when, git=real))
    script.chmod(0o755)
    with town.monkeypatch.context() as patch:
        patch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        said = runner.process("gitops", *command)
    return said.code == -9


def settled(town: Town) -> None:
    """Ticks until nothing moves; then both pictures are proposed, and each was paid for once."""
    refs: dict[str, str] = {}
    for _ in range(6):
        town.done("tick")
        if refs == town.refs():
            break
        refs = town.refs()
    assert town.refs() == refs
    assert len(town.gemini.paid) == 2
    (pull,) = town.github.pulls()
    assert pull.branch == BRANCH
    assert town.whys() == {WIDE: f"proposed: #{pull.number}", ROPE: f"proposed: #{pull.number}"}
    assert not [
        ref for ref in refs if ref.startswith("refs/heads/chargen/location") and ref != f"refs/heads/{BRANCH}"
    ]
    states = Counter(item["state"] for item in town.submissions())
    assert states["COLLECTED"] == 1
    assert set(states) <= {"COLLECTED", "CANCELLED", "FENCED"}


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3])
def test_a_submit_killed_at_any_push_is_paid_once(quay: Town, nth: int, when: str) -> None:
    assert killed(quay, "submit", nth=nth, when=when)

    settled(quay)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_a_tick_killed_at_any_push_brings_it_all_the_same(quay: Town, nth: int, when: str) -> None:
    quay.done("submit")
    assert killed(quay, "tick", nth=nth, when=when)

    settled(quay)


FORCED = ("submit", f"--force={WIDE}", "--reason=too dark")


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("nth", [1, 2, 3, 4])
def test_a_forced_submit_killed_at_any_push_and_run_again_pays_once(
    proposed: Town, nth: int, when: str
) -> None:
    proposed.monkeypatch.setenv("GITHUB_RUN_ID", "77")
    assert killed(proposed, *FORCED, nth=nth, when=when)

    proposed.done(*FORCED, run_id=77)
    for _ in range(3):
        proposed.done("tick")

    assert len(proposed.gemini.paid) == 3
    assert [pull.branch for pull in proposed.open_pulls().values()] == [BRANCH]


def test_those_are_all_the_pushes_there_are(quay: Town) -> None:
    """Else a push that is added would be killed nowhere."""
    assert not killed(quay, "submit", nth=4, when="before")
    assert not killed(quay, "tick", nth=6, when="before")
    assert not killed(quay, *FORCED, nth=5, when="before")


def test_a_submit_killed_while_its_batch_is_created_is_adopted(
    quay: Town, soon: Callable[[Callable[[], object]], None], processes: list[subprocess.Popen[str]]
) -> None:
    quay.gemini.fault("slow:on=create,delay=1.5")
    process = quay.runner().start("gitops", "submit")
    processes.append(process)
    soon(lambda: quay.gemini.state.faults.as_json()[0]["struck"] or process.poll() is not None)
    process.kill()
    process.wait()
    quay.gemini.state.faults.clear()
    soon(lambda: quay.gemini.state.batches)

    settled(quay)
    assert len(quay.gemini.state.batches) == 1


def test_submits_at_once_on_two_clones_pay_each_request_once(
    town: Town, processes: list[subprocess.Popen[str]]
) -> None:
    globs = ["location/*", "location/pier/dawn/*", "character/*,location/pier/dusk/*", "*"]
    started = [town.runner().start("gitops", "submit", f"--only={glob}") for glob in globs]
    processes.extend(started)
    codes = [(process.communicate(timeout=120)[1], process.returncode)[1] for process in started]

    assert set(codes) <= {0, 5}, codes
    town.done("submit")
    requests = [item["request_hash"] for one in town.submissions() for item in one["requests"]]
    assert len(requests) == len(set(requests)) == 4
    town.done("tick")
    assert len(town.gemini.paid) == 4


def test_a_laptop_and_a_workflow_at_once_pay_each_request_once(
    quay: Town, processes: list[subprocess.Popen[str]]
) -> None:
    laptop = quay.writer.start("batch", "run", "--yes", "--quiet")
    workflow = quay.runner().start("gitops", "submit")
    processes.extend([laptop, workflow])
    for process in (laptop, workflow):
        process.communicate(timeout=120)
    quay.done("tick")
    quay.done("tick")

    assert len(quay.gemini.paid) == 2


def test_a_dispatch_that_is_run_again_pays_once(proposed: Town) -> None:
    for _ in range(2):
        proposed.done("submit", "--force", WIDE, "--reason", "too dark", run_id=77)
    proposed.done("tick")
    proposed.done("submit", "--force", WIDE, "--reason", "too dark", run_id=77)
    assert len(proposed.gemini.paid) == 3

    assert "too dark" in (proposed.open_pulls()[BRANCH].body or "")

    proposed.done("submit", "--force", WIDE, run_id=78)
    proposed.done("tick")
    assert len(proposed.gemini.paid) == 4


def test_the_same_dispatch_twice_at_once_pays_once(
    proposed: Town, processes: list[subprocess.Popen[str]]
) -> None:
    proposed.monkeypatch.setenv("GITHUB_RUN_ID", "77")
    started = [proposed.runner().start("gitops", "submit", f"--force={WIDE}") for _ in range(2)]
    processes.extend(started)
    for process in started:
        process.communicate(timeout=120)
    proposed.done("tick")

    assert len(proposed.gemini.paid) == 3


def _snapshot(folder: Path) -> tuple[str, bytes, str, str, str]:
    return (
        git(folder, "status", "--porcelain=v2", "--branch"),
        (folder / ".git" / "index").read_bytes(),
        git(folder, "symbolic-ref", "HEAD"),
        git(folder, "for-each-ref", "refs/heads"),
        (folder / ".git" / "config").read_text(),
    )


def test_no_gitops_command_touches_the_user_s_clone(quay: Town) -> None:
    clone: World = quay.runner(depth=0)
    clone.edit("quay/imagery.yaml", "a coil of rope", "an unsaved thought")
    clone.write("notes.txt", "mine")
    before = _snapshot(clone.root)

    for command in (["submit", "--dry-run"], ["submit"], ["collect"], ["refresh"], ["tick"], ["plan"]):
        quay.done(*command, runner=clone)
        assert _snapshot(clone.root) == before, command

    assert list(quay.open_pulls()) == [BRANCH]
    assert "an unsaved thought" in clone.read("quay/imagery.yaml")


def test_books_that_vanished_without_a_trace_stop_at_the_provider_s_list(quay: Town) -> None:
    quay.done("submit")
    git(quay.bare, "update-ref", "-d", "refs/heads/chargen/tracking")

    said = quay.gitops("submit")

    assert said.code == 5, said.text
    assert "no submission on the books knows" in said.err
    assert len(quay.gemini.state.batches) == 1
