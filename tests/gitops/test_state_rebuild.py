"""The books are gone: nothing is paid until they are back, and nothing that was paid before is paid again after."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.gitops.conftest import TRACKING, git
from tests.gitops.test_paid_once import killed

if TYPE_CHECKING:
    from tests.commands.conftest import Said, World
    from tests.gitops.conftest import Town

BOOKS = f"refs/heads/{TRACKING}"


def state(town: Town, *arguments: str, runner: World | None = None) -> Said:
    """`chargen state` in a fresh clone, or in a given one."""
    runner = runner or town.runner()
    town.monkeypatch.chdir(runner.root)
    return runner("state", *arguments)


def rebuilt(town: Town, *arguments: str, runner: World | None = None) -> Said:
    said = state(town, "rebuild", "--yes", *arguments, runner=runner)
    assert said.code == 0, said.text
    assert said.out == "The books are back.\n", said.text
    return said


def lose(town: Town, *patterns: str) -> None:
    """Delete the branch of the books, and what else is named, from the remote."""
    for ref in town.refs():
        if ref == BOOKS or any(ref.startswith(pattern) for pattern in patterns):
            git(town.bare, "update-ref", "-d", ref)


def play(town: Town) -> int:
    """The whole story of the quay, merged; what it cost in pictures."""
    town.done("submit")
    town.done("tick")
    assert town.merge_all() == 1
    town.done("tick")
    return len(town.gemini.paid)


def test_without_books_every_command_stops_and_nothing_is_paid(proposed: Town) -> None:
    paid = len(proposed.gemini.paid)
    lose(proposed)

    for command in ("submit", "tick", "collect"):
        said = proposed.gitops(command)
        assert said.code == 5, said.text
        assert "chargen state rebuild" in said.err

    assert len(proposed.gemini.paid) == paid
    assert BOOKS not in proposed.refs()


@pytest.mark.parametrize(
    "also", [(), ("refs/chargen/",)], ids=["kept pictures are left", "kept pictures are gone, too"]
)
def test_after_a_rebuild_what_was_paid_is_not_paid_again(quay: Town, also: tuple[str, ...]) -> None:
    paid = play(quay)
    lose(quay, *also)

    rebuilt(quay)
    quay.done("submit")
    quay.done("tick")

    assert len(quay.gemini.paid) == paid == 2
    assert set(quay.whys().values()) == {"unchanged"}
    quay.writer.edit("chargen.yaml", "still water", "choppy water")
    quay.pull()
    quay.push()
    quay.done("submit")
    assert "SUBMITTED" in {item["state"] for item in quay.submissions()}


def test_words_that_are_put_back_bring_the_kept_picture(quay: Town) -> None:
    play(quay)
    quay.pull()
    quay.writer.edit("chargen.yaml", "still water", "choppy water")
    quay.push()
    play(quay)
    lose(quay)
    rebuilt(quay)
    paid = len(quay.gemini.paid)

    quay.pull()
    quay.writer.edit("chargen.yaml", "choppy water", "still water")
    quay.push()
    quay.done("tick")

    assert len(quay.gemini.paid) == paid == 4
    assert len(quay.open_pulls()) == 1


def test_a_second_rebuild_has_nothing_to_do(proposed: Town) -> None:
    lose(proposed)
    rebuilt(proposed)
    before = proposed.refs()

    said = state(proposed, "rebuild", "--yes")

    assert (said.code, said.out) == (0, "Nothing to rebuild.\n"), said.text
    assert proposed.refs() == before


def test_a_rebuild_of_whole_books_writes_nothing(proposed: Town) -> None:
    before = proposed.refs()

    said = state(proposed, "rebuild", "--yes", "--format", "json")

    assert json.loads(said.out) == {"found": [], "unknown": [], "written": False}
    assert proposed.refs() == before


def test_it_asks_before_it_writes(proposed: Town) -> None:
    lose(proposed)

    said = state(proposed, "rebuild")

    assert said.code == 64, said.text
    assert "--yes" in said.err
    assert BOOKS not in proposed.refs()


def test_what_the_books_will_not_know_is_said_before_they_are_written(proposed: Town) -> None:
    lose(proposed)

    asked = state(proposed, "rebuild")
    said = state(proposed, "rebuild", "--yes", "--format", "json")

    unknown = json.loads(said.out)["unknown"]
    assert asked.err.index("What these books cannot know, unless a copy turns up:") > asked.err.index(
        "world's id"
    )
    assert all(f"\n  - {line}\n" in asked.err for line in unknown)
    assert "what was picked, rejected or locked" in asked.err


def test_a_whole_copy_leaves_nothing_unknown(proposed: Town) -> None:
    git(proposed.writer.root, "fetch", "-q", "origin")
    lose(proposed)

    said = rebuilt(proposed, runner=proposed.writer)

    assert "cannot know" not in said.err


def test_what_came_after_a_copy_is_said_to_be_unknown(quay: Town) -> None:
    quay.done("submit")
    git(quay.writer.root, "fetch", "-q", "origin")
    quay.done("tick")
    lose(quay)

    said = rebuilt(quay, runner=quay.writer)

    assert "What these books cannot know, of what was booked after them:" in said.err


@pytest.mark.parametrize("fault", ["batch-failed", "batch-expired"])
def test_a_batch_that_brought_nothing_is_booked_and_said_to_be_of_unknown_requests(
    quay: Town, fault: str
) -> None:
    quay.gemini.fault(fault)
    quay.done("submit")
    quay.gitops("collect")
    lose(quay)

    said = rebuilt(quay)

    (submission,) = quay.submissions()
    assert submission["state"] == fault.removeprefix("batch-").upper()
    assert "nothing tells what it asked for" in submission["error"]
    assert f"asked for that brought no results (2 requests): 1 {submission['state']}" in said.err


def test_what_a_batch_under_way_may_cost_is_said(quay: Town) -> None:
    quay.done("submit")
    (before,) = quay.submissions()
    reserved = sum(float(item["reserved_usd"]) for item in before["requests"])
    lose(quay)

    said = rebuilt(quay)

    (line,) = (line for line in said.err.splitlines() if "nobody has collected yet" in line)
    most = float(line.partition("yet: ")[2].split()[0])
    assert reserved <= most < 10 * reserved


def test_an_open_pull_request_is_found_again_and_merging_it_is_understood(proposed: Town) -> None:
    ((branch, pull),) = proposed.open_pulls().items()
    lose(proposed)

    said = rebuilt(proposed)
    proposed.done("tick")

    assert "review branches: chargen/location/quay.1 (2 pictures)" in said.err
    assert {name: item.number for name, item in proposed.open_pulls().items()} == {branch: pull.number}
    proposed.merge_all()
    proposed.done("tick")
    assert proposed.open_pulls() == {}
    assert set(proposed.whys().values()) == {"unchanged"}
    assert len(proposed.gemini.paid) == 2


def test_a_pull_request_that_was_closed_meanwhile_rejects_what_it_showed(proposed: Town) -> None:
    (pull,) = proposed.open_pulls().values()
    lose(proposed)
    proposed.github.set_permission("ada", "write")
    proposed.github.close(pull.number, by="ada")

    rebuilt(proposed)
    proposed.done("tick")

    assert set(proposed.whys().values()) == {"rejected"}
    assert len(proposed.gemini.paid) == 2


def test_a_batch_under_way_is_held_back_for_until_it_ends_and_then_brought_in(quay: Town) -> None:
    quay.done("submit")
    lose(quay)

    said = rebuilt(quay)
    waiting = quay.whys()
    quay.done("submit")
    quay.done("tick")

    assert "SUBMITTED" in said.err
    assert all(why.startswith("in flight: nobody knows what submission") for why in waiting.values())
    (submission,) = quay.submissions()
    assert submission["state"] == "COLLECTED"
    assert [item["outcome"]["came"] for item in submission["requests"]] == ["image", "image"]
    assert len(quay.gemini.paid) == 2
    assert len(quay.open_pulls()) == 1


def test_a_batch_of_words_that_are_gone_is_brought_in_and_kept_as_stale(quay: Town) -> None:
    quay.done("submit")
    quay.writer.edit("chargen.yaml", "still water", "choppy water")
    quay.push()
    lose(quay)

    rebuilt(quay)
    quay.done("submit")
    assert len(quay.submissions()) == 1, "it may bring just this: nothing is ordered"
    quay.done("tick")

    old, new = sorted(quay.submissions(), key=lambda item: item["state"])
    assert [len(item["requests"]) for item in (old, new)] == [2, 2]
    assert all(len(item["outcome"]["sha256"]) == 71 for item in old["requests"])
    assert new["state"] == "SUBMITTED"


def test_the_newest_copy_that_is_here_is_pushed_as_it_is(proposed: Town) -> None:
    git(proposed.writer.root, "fetch", "-q", "origin")
    before = proposed.refs()[BOOKS]
    lose(proposed)

    said = rebuilt(proposed, runner=proposed.writer)

    assert "a copy of the books: refs/remotes/origin/chargen/tracking" in said.err
    assert proposed.refs()[BOOKS] == before


def test_what_a_copy_is_too_old_for_is_added_to_it(quay: Town) -> None:
    quay.done("submit")
    git(quay.writer.root, "fetch", "-q", "origin")
    quay.done("tick")
    lose(quay)

    rebuilt(quay, runner=quay.writer)

    (submission,) = quay.submissions()
    assert (submission["state"], submission["batch"][:8]) == ("COLLECTED", "batches/")
    quay.done("tick")
    assert len(quay.gemini.paid) == 2


def test_books_pushed_back_to_before_a_batch_was_named_stop_all_paying(quay: Town) -> None:
    done = quay.runner().process("gitops", "submit")
    assert done.code == 0, done.text
    intent = git(quay.bare, "rev-list", "--max-parents=0", TRACKING)
    git(quay.bare, "update-ref", BOOKS, intent)  # it says that nothing was sent, and its process has gone

    said = quay.gitops("submit")

    assert said.code == 5, said.text
    assert "chargen state rebuild" in said.err
    rebuilt(quay)
    quay.done("submit")
    quay.done("tick")
    (submission,) = quay.submissions()
    assert (submission["state"], len(submission["requests"])) == ("COLLECTED", 2)
    assert len(quay.gemini.paid) == 2


def test_books_pushed_back_to_before_pictures_were_kept_stop_all_paying(proposed: Town) -> None:
    commits = git(proposed.bare, "rev-list", "--reverse", TRACKING).splitlines()
    runner = proposed.runner()
    lose(proposed)
    first = git(
        runner.root,
        "commit-tree",
        "-m",
        "empty",
        git(runner.root, "hash-object", "-t", "tree", "-w", "/dev/null"),
    )
    git(runner.root, "push", "-q", "origin", f"{first}:{BOOKS}")
    assert len(commits) > 1

    said = proposed.gitops("submit", "--mode", "live")

    assert said.code == 5, said.text
    assert "pictures are kept that the books do not know" in said.err
    rebuilt(proposed)
    proposed.done("submit", "--mode", "live")
    assert len(proposed.gemini.paid) == 2


def test_local_books_move_to_a_new_remote_with_their_pictures(quay: Town) -> None:
    root = quay.writer.root
    quay.monkeypatch.chdir(root)
    git(root, "remote", "remove", "origin")
    assert quay.writer("batch", "run", "--yes").code == 0
    git(root, "add", "-A")
    git(root, "commit", "-qm", "pictures")
    git(root, "remote", "add", "origin", f"file://{quay.bare}")
    git(root, "push", "-q", "origin", "HEAD:main")
    books = git(root, "rev-parse", "refs/chargen/books")

    assert quay.writer("batch", "run", "--yes").code == 5
    rebuilt(quay, runner=quay.writer)

    assert quay.refs()[BOOKS] == books
    assert [ref for ref in quay.refs() if ref.startswith("refs/chargen/results/")]
    quay.done("submit")
    assert len(quay.gemini.paid) == 2


def test_a_key_with_batches_of_several_worlds_is_asked_which(quay: Town) -> None:
    quay.monkeypatch.delenv("GITHUB_REPOSITORY_ID")
    quay.done("submit")
    (submission,) = quay.submissions()
    world = submission["display_name"].split("/")[1].partition("-")[2]
    other = quay.folder / "other"
    (other / "quay").mkdir(parents=True)
    (other / "quay/imagery.yaml").write_text(
        "kind: location\nslug: quay\nscenes: [{id: dusk, subject: fog}]\n"
    )
    quay.monkeypatch.chdir(other)
    said = quay.writer("batch", "submit", "--yes")
    assert said.code == 0, said.text
    lose(quay)

    asked = state(quay, "rebuild", "--yes")
    rebuilt(quay, "--world", world)

    assert asked.code == 64, asked.text
    assert "--world ID, one of" in asked.err
    assert [item["batch"] for item in quay.submissions()] == [submission["batch"]]


def test_a_live_run_killed_after_its_pictures_were_kept_is_settled_with_them(quay: Town) -> None:
    quay.writer.edit("chargen.yaml", "limits:", "provider: {mode: live}\nlimits:")
    quay.push()
    assert killed(quay, "submit", nth=4, when="before")  # claimed, live, kept; not booked
    quay.done("submit")
    assert len(quay.gemini.paid) == 2, "its results may still come from where it ran"

    (submission,) = quay.submissions()
    assert state(quay, "unlock", submission["id"], "--yes").code == 0  # as when its lease runs out
    quay.done("tick")

    assert len(quay.gemini.paid) == 2
    assert len(quay.open_pulls()) == 1
