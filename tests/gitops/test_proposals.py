"""What becomes of pull requests: kept up to date, ended by people, added to and never forced over; nothing paid again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.commands.conftest import picture
from tests.gitops.conftest import TRACKING, git

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from tests.gitops.conftest import Town

BRANCH = "chargen/location/quay.1"
WIDE = "location/quay/noon/wide"
ROPE = "location/quay/noon/rope"
FILES = {
    "quay/imagery.yaml",
    "quay/images/noon.rope.png",
    "quay/images/noon.wide.png",
}


def writes(town: Town) -> list[str]:
    """The calls that changed something on the forge, so far."""
    return [f"{one.method} {one.path}" for one in town.github.exchanges if one.method != "GET"]


def test_a_pull_request_brings_the_pictures_and_their_rows_and_nothing_else(proposed: Town) -> None:
    (pull,) = proposed.open_pulls().values()
    changed = git(proposed.bare, "diff", "--name-only", f"main...{pull.branch}").splitlines()

    assert pull.branch == BRANCH
    assert set(changed) == FILES
    assert pull.title == "Pictures for location/quay: 2 shots"
    assert (pull.body or "").count("<img ") == 2
    kept = next(ref for ref in proposed.refs().items() if ref[0].startswith("refs/chargen/results/"))
    assert f"/blob/{kept[1]}/" in (pull.body or "")
    assert "# at its quietest" in proposed.show(f"{BRANCH}:quay/imagery.yaml")


def test_with_nothing_new_a_tick_writes_nothing_anywhere(proposed: Town) -> None:
    refs, calls = proposed.refs(), writes(proposed)

    proposed.done("tick")
    proposed.done("submit")
    proposed.done("refresh")

    assert proposed.refs() == refs
    assert writes(proposed) == calls
    assert len(proposed.gemini.paid) == 2


def test_a_merged_pull_request_leaves_an_empty_plan(proposed: Town) -> None:
    proposed.merge_all()
    proposed.done("tick")
    refs = proposed.refs()

    proposed.done("tick")

    assert proposed.refs() == refs
    assert proposed.whys() == {WIDE: "unchanged", ROPE: "unchanged"}
    assert '"standing": "merged"' in proposed.show(f"{TRACKING}:proposals/location/quay.json")


def test_closed_by_a_person_who_may_write_it_is_rejected_and_not_paid_for_again(proposed: Town) -> None:
    (pull,) = proposed.open_pulls().values()
    proposed.github.set_permission("ada", "write")
    proposed.github.close(pull.number, by="ada")

    proposed.done("tick")
    proposed.done("tick")

    assert proposed.whys() == {WIDE: "rejected", ROPE: "rejected"}
    assert not proposed.open_pulls()
    assert len(proposed.gemini.paid) == 2

    proposed.github.reopen(pull.number, by="ada")
    proposed.done("tick")
    assert proposed.whys() == {WIDE: f"proposed: #{pull.number}", ROPE: f"proposed: #{pull.number}"}


def test_closed_by_anybody_else_it_is_kept_and_listed(proposed: Town) -> None:
    (pull,) = proposed.open_pulls().values()
    proposed.github.set_permission("eve", "read")
    proposed.github.close(pull.number, by="eve")

    proposed.done("tick")

    assert proposed.whys()[WIDE] == f"proposed: #{pull.number}, closed: reopen it, or --force makes another"
    assert not proposed.open_pulls()
    assert len(proposed.gemini.paid) == 2


def test_prose_that_is_edited_meanwhile_and_rows_are_both_there(proposed: Town) -> None:
    proposed.writer.edit("quay/imagery.yaml", "# at its quietest", "# loud by now")
    proposed.push()

    proposed.done("tick")

    text = proposed.show(f"{BRANCH}:quay/imagery.yaml")
    assert "# loud by now" in text
    assert text.count("custom_id") == 2
    assert git(proposed.bare, "merge-base", "main", BRANCH) == git(proposed.bare, "rev-parse", "main")
    assert len(proposed.gemini.paid) == 2


def test_a_shot_whose_words_change_leaves_the_pull_request_until_its_next_picture(proposed: Town) -> None:
    (before,) = proposed.open_pulls().values()
    proposed.writer.edit("quay/imagery.yaml", "a coil of rope", "a frayed rope")
    proposed.push()

    proposed.done("tick")
    assert "noon.rope.png" not in "".join(proposed.files(BRANCH))
    assert "frayed" not in (proposed.open_pulls()[BRANCH].body or "")

    proposed.done("tick")
    (pull,) = proposed.open_pulls().values()
    assert (pull.number, pull.title) == (before.number, "Pictures for location/quay: 2 shots")
    assert "noon.rope.png" in "".join(proposed.files(BRANCH))
    assert len(proposed.gemini.paid) == 3


def test_with_nothing_left_to_propose_a_pull_request_is_withdrawn_and_that_is_no_rejection(
    proposed: Town,
) -> None:
    quiet = "mood: calm"
    proposed.writer.edit("quay/imagery.yaml", quiet, "mood: ominous")
    proposed.push()
    proposed.done("refresh")
    assert not proposed.open_pulls()

    proposed.writer.edit("quay/imagery.yaml", "mood: ominous", quiet)
    proposed.push()
    proposed.done("refresh")

    assert list(proposed.open_pulls()) == ["chargen/location/quay.2"]
    assert len(proposed.gemini.paid) == 2


def test_a_person_s_commits_are_only_added_to(proposed: Town) -> None:
    retouched = picture("purple")
    git(proposed.writer.root, "fetch", "-q", "origin", BRANCH)
    git(proposed.writer.root, "checkout", "-q", "-b", "retouch", "FETCH_HEAD")
    proposed.writer.write("quay/images/noon.wide.png", retouched)
    git(proposed.writer.root, "commit", "-qam", "less glare")
    git(proposed.writer.root, "push", "-q", "origin", f"HEAD:{BRANCH}")
    theirs = git(proposed.writer.root, "rev-parse", "HEAD")
    git(proposed.writer.root, "checkout", "-q", "main")

    proposed.done("tick")
    assert proposed.refs()[f"refs/heads/{BRANCH}"] == theirs
    proposed.done("submit", "--force", ROPE)
    proposed.done("tick")

    head = proposed.refs()[f"refs/heads/{BRANCH}"]
    assert head != theirs
    assert git(proposed.bare, "rev-parse", f"{head}^") == theirs
    shown = git(proposed.bare, "rev-parse", f"{head}:quay/images/noon.wide.png")
    assert shown == git(proposed.bare, "rev-parse", f"{theirs}:quay/images/noon.wide.png")
    refs = proposed.refs()
    proposed.done("tick")
    assert proposed.refs() == refs


def test_pictures_beyond_a_pull_request_s_room_go_into_the_next_and_wait_for_room(quay: Town) -> None:
    quay.writer.edit("chargen.yaml", "limits:", "review: {max_pictures: 1, max_open: 1}\nlimits:")
    quay.push()
    quay.done("submit")
    said = quay.done("tick")

    assert list(quay.open_pulls()) == [BRANCH]
    assert "1 picture wait" in said.err

    quay.merge_all()
    quay.done("tick")
    assert list(quay.open_pulls()) == ["chargen/location/quay.2"]
    quay.merge_all()
    quay.done("tick")
    assert quay.whys() == {WIDE: "unchanged", ROPE: "unchanged"}


def test_once_a_person_spoke_a_pull_request_gets_no_further_shots(quay: Town) -> None:
    quay.done("submit", "--only", WIDE)
    quay.done("collect")
    quay.done("refresh")
    (pull,) = quay.open_pulls().values()
    quay.github.comment(pull.number, "what a sky", by="ada")

    quay.done("submit")
    quay.done("collect")
    quay.done("refresh")

    assert sorted(quay.open_pulls()) == [BRANCH, "chargen/location/quay.2"]
    assert quay.open_pulls()[BRANCH].title.endswith("1 shot")


def test_the_forge_s_refusal_is_told_and_the_next_tick_goes_on(quay: Town) -> None:
    quay.done("submit")
    quay.github.settings(actions_may_open_pulls=False)

    said = quay.gitops("tick")

    assert said.code == 1
    assert "Allow GitHub Actions to create and approve pull requests" in said.err
    assert f"refs/heads/{BRANCH}" in quay.refs()

    quay.github.settings(actions_may_open_pulls=True)
    quay.done("tick")
    assert list(quay.open_pulls()) == [BRANCH]


def test_an_answer_that_was_lost_makes_no_second_pull_request(quay: Town) -> None:
    quay.done("submit")
    quay.github.fault("lost-answer:on=pull-create")

    quay.gitops("tick")
    quay.done("tick")

    assert len(quay.github.pulls()) == 1
    assert f'"number": {quay.github.pulls()[0].number}' in quay.show(
        f"{TRACKING}:proposals/location/quay.json"
    )


def test_other_candidates_of_a_shot_are_shown_and_not_merged(quay: Town) -> None:
    quay.writer.edit("quay/imagery.yaml", "subject: the whole quay}", "subject: the whole quay, variants: 2}")
    quay.push()
    quay.done("submit")
    quay.done("tick")

    (pull,) = quay.open_pulls().values()
    assert "1 other candidate, kept and not taken by merging" in (pull.body or "")
    assert (pull.body or "").count("<img ") == 3
    changed = git(quay.bare, "diff", "--name-only", f"main...{pull.branch}").splitlines()
    assert set(changed) == FILES
    assert len(quay.gemini.paid) == 3


def other_trouble(town: Town) -> None:
    """Words that cannot be read, for a push."""
    town.writer.edit("quay/imagery.yaml", "shots:", "shotz:")
    town.push("a typo")


def test_a_typo_in_the_words_leaves_the_pull_request_as_it_is(proposed: Town) -> None:
    (before,) = proposed.open_pulls().values()
    head = proposed.refs()[f"refs/heads/{BRANCH}"]
    other_trouble(proposed)

    said = proposed.done("tick")

    assert "left as they are" in said.err
    assert proposed.open_pulls()[BRANCH].number == before.number
    assert proposed.refs()[f"refs/heads/{BRANCH}"] == head


def test_a_folder_that_is_no_world_withdraws_nothing(proposed: Town) -> None:
    proposed.writer.write("notes/readme.md", "nothing here")
    proposed.push()

    proposed.gitops("refresh", "--root=notes")

    assert list(proposed.open_pulls()) == [BRANCH]


def test_a_picture_that_cannot_be_fetched_now_stays_proposed(proposed: Town) -> None:
    (result,) = (ref for ref in proposed.refs() if ref.startswith("refs/chargen/results/"))
    kept = proposed.refs()[result]
    proposed.writer.edit("quay/imagery.yaml", "# at its quietest", "# quiet")
    proposed.push()
    git(proposed.bare, "update-ref", "-d", result)

    said = proposed.gitops("refresh")
    assert said.code != 0
    assert list(proposed.open_pulls()) == [BRANCH]
    assert len(proposed.files(BRANCH)) == len(proposed.files("main")) + 2

    git(proposed.bare, "update-ref", result, kept)
    proposed.done("refresh")
    assert "# quiet" in proposed.show(f"{BRANCH}:quay/imagery.yaml")
    assert len(proposed.github.pulls()) == 1


def test_reopening_one_and_closing_another_keeps_what_was_reopened(proposed: Town) -> None:
    proposed.github.set_permission("ada", "write")
    (first,) = proposed.open_pulls().values()
    proposed.github.close(first.number, by="ada")
    proposed.done("submit", "--force", WIDE, run_id=9)
    proposed.done("tick")
    proposed.done("tick")
    (second,) = proposed.open_pulls().values()

    proposed.github.reopen(first.number, by="ada")
    proposed.github.close(second.number, by="ada")
    proposed.done("tick")

    assert proposed.whys() == {WIDE: f"proposed: #{first.number}", ROPE: f"proposed: #{first.number}"}
    assert list(proposed.open_pulls()) == [BRANCH]


def test_closed_reopened_and_merged_between_two_looks_is_accepted(proposed: Town) -> None:
    proposed.github.set_permission("ada", "write")
    (pull,) = proposed.open_pulls().values()
    proposed.github.close(pull.number, by="ada")
    proposed.done("tick")
    proposed.github.reopen(pull.number, by="ada")
    proposed.github.merge(pull.number, by="ada")

    proposed.done("tick")

    assert '"standing": "merged"' in proposed.show(f"{TRACKING}:proposals/location/quay.json")
    assert not [path for path in proposed.files(TRACKING) if path.startswith("decisions/")]


def test_a_body_that_could_not_be_edited_is_told_by_the_next_tick(proposed: Town) -> None:
    proposed.writer.edit("quay/imagery.yaml", "a coil of rope", "a frayed rope")
    proposed.push()
    proposed.done("submit")
    proposed.done("collect")
    proposed.github.fault("502:on=pull-edit,times=20")
    proposed.gitops("refresh")
    assert "frayed" not in (proposed.open_pulls()[BRANCH].body or "")

    proposed.github.state.faults.clear()
    proposed.done("refresh")

    assert "frayed" in (proposed.open_pulls()[BRANCH].body or "")


def test_newer_words_do_not_reach_a_branch_of_older_ones_unseen(proposed: Town) -> None:
    (pull,) = proposed.open_pulls().values()
    git(proposed.writer.root, "fetch", "-q", "origin", BRANCH)
    git(proposed.writer.root, "checkout", "-q", "-b", "note", "FETCH_HEAD")
    proposed.writer.write("notes.txt", "mine")
    proposed.writer.write("quay/notes.md", "mine")
    git(proposed.writer.root, "add", "-A")
    git(proposed.writer.root, "commit", "-qm", "a note")
    git(proposed.writer.root, "push", "-q", "origin", f"HEAD:{BRANCH}")
    git(proposed.writer.root, "checkout", "-q", "main")
    proposed.writer.edit("quay/imagery.yaml", "a coil of rope", "a frayed rope")
    proposed.push()
    proposed.done("submit")
    said = proposed.done("tick")

    assert f"#{pull.number} has commits of a person" in said.err
    assert "merge main into chargen/location/quay.1" in said.err
    proposed.github.set_permission("ada", "write")
    proposed.github.close(pull.number, by="ada")
    proposed.done("tick")
    rejected = proposed.show(f"{TRACKING}:decisions/location/quay.json")
    new = next(
        r
        for s in proposed.submissions()
        for r in s["requests"]
        if s["attempt"] and "rope" in r["job_ids"][0] and r["outcome"]["sha256"] not in rejected
    )
    assert new, "the picture nobody saw is not rejected"


def test_a_branch_that_somebody_else_made_is_not_taken_for_ours(quay: Town) -> None:
    quay.done("submit")
    git(quay.writer.root, "push", "-q", "origin", f"HEAD:refs/heads/{BRANCH}")
    theirs = quay.refs()[f"refs/heads/{BRANCH}"]
    quay.done("tick")

    assert list(quay.open_pulls()) == ["chargen/location/quay.2"]
    assert quay.refs()[f"refs/heads/{BRANCH}"] == theirs


def test_a_picture_made_anew_shows_old_and_new_words(proposed: Town) -> None:
    proposed.merge_all()
    proposed.pull()
    proposed.writer.edit("quay/imagery.yaml", "subject: the whole quay", "subject: half the quay")
    proposed.push("less of it")
    proposed.done("submit")

    proposed.done("tick")

    (pull,) = proposed.open_pulls().values()
    assert "- **subject.text**: the whole quay → half the quay" in (pull.body or "")


def test_words_that_nobody_has_any_more_are_left_out(proposed: Town) -> None:
    proposed.merge_all()
    proposed.pull()
    git(proposed.bare, "update-ref", "-d", f"refs/pull/{proposed.github.pulls()[0].number}/head")
    git(proposed.bare, "update-ref", "-d", f"refs/heads/{BRANCH}")
    proposed.writer.edit("quay/imagery.yaml", "subject: the whole quay", "subject: half the quay")
    proposed.push("less of it")
    proposed.done("submit")

    proposed.done("tick")

    (pull,) = proposed.open_pulls().values()
    assert "prompt changed: subject" in (pull.body or "")
    assert "the whole quay →" not in (pull.body or "")


def test_a_shot_that_was_blocked_is_named_beside_those_that_came(
    quay: Town, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quay.gemini.fault("image-safety:match=rope,times=forever")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    quay.done("submit")

    quay.done("tick")

    (pull,) = quay.open_pulls().values()
    summary = (tmp_path / "summary.md").read_text()
    assert f"**Worth a look:**\n\n- `{ROPE}`: blocked by safety filter" in (pull.body or "")
    assert "COLLECTED, 1 of 2 pictures\n  - `location.quay.noon.rope.v1`: blocked: " in summary
