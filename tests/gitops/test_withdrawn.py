"""A proposal that nothing is left of: its pull request is closed by us, and a person's closing that crosses is heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.edges.github import GitHubForge
from tests.gitops.conftest import TRACKING
from tests.gitops.test_proposals import BRANCH, WIDE, writes

if TYPE_CHECKING:
    from tests.gitops.conftest import Town

CALM, OMINOUS = "mood: calm", "mood: ominous"


def reword(town: Town, before: str, after: str) -> None:
    """Other words for both shots, pushed."""
    town.writer.edit("quay/imagery.yaml", before, after)
    town.push()


def withdrawing(town: Town) -> int:
    """A refresh that has booked the withdrawal, and whose call to close the pull request fails; its number."""
    (pull,) = town.open_pulls().values()
    reword(town, CALM, OMINOUS)
    town.github.fault("502:on=pull-edit,times=20")
    assert town.gitops("refresh").code == 1
    town.github.state.faults.clear()
    assert BRANCH in town.open_pulls()
    return pull.number


def test_a_person_s_closing_that_crosses_with_a_withdrawal_rejects_what_was_shown(proposed: Town) -> None:
    number = withdrawing(proposed)
    proposed.github.set_permission("ada", "write")
    proposed.github.close(number, by="ada")

    proposed.done("refresh")
    reword(proposed, OMINOUS, CALM)

    assert proposed.whys()[WIDE] == "rejected"
    proposed.done("tick")
    assert len(proposed.gemini.paid) == 2
    assert not proposed.open_pulls()


def test_an_outsider_s_closing_that_crosses_with_it_is_nobody_s_word(proposed: Town) -> None:
    number = withdrawing(proposed)
    proposed.github.set_permission("eve", "read")
    proposed.github.close(number, by="eve")

    proposed.done("refresh")
    reword(proposed, OMINOUS, CALM)
    proposed.done("refresh")

    assert list(proposed.open_pulls()) == ["chargen/location/quay.2"]


def test_a_merge_that_crosses_with_it_is_a_merge(proposed: Town) -> None:
    number = withdrawing(proposed)
    proposed.github.merge(number)
    proposed.pull()

    proposed.done("refresh")
    reword(proposed, OMINOUS, CALM)

    assert proposed.whys()[WIDE] == "unchanged"


def test_a_second_pull_request_of_what_a_person_closed_is_closed_and_decides_nothing(proposed: Town) -> None:
    (pull,) = proposed.open_pulls().values()
    proposed.github.set_permission("ada", "write")
    proposed.github.close(pull.number, by="ada")
    with GitHubForge(proposed.github.actions_token(), "acme/world", base_url=proposed.github.url) as forge:
        late = forge.open_pull(BRANCH, "main", "Pictures", "from a run that was stalled meanwhile")

    proposed.done("refresh")

    assert late.number != pull.number
    assert not proposed.open_pulls()
    assert proposed.whys()[WIDE] == "rejected"


def test_a_withdrawal_that_was_cut_short_is_ended_once_by_a_later_run(proposed: Town) -> None:
    withdrawing(proposed)

    proposed.done("refresh")
    assert not proposed.open_pulls()
    proposed.done("refresh")
    refs, calls = proposed.refs(), writes(proposed)

    proposed.done("refresh")

    assert (proposed.refs(), writes(proposed)) == (refs, calls)


def test_a_withdrawal_of_what_the_forge_does_not_know_is_over_and_is_told_once(proposed: Town) -> None:
    number = withdrawing(proposed)
    del proposed.github.repository().pulls[number]

    first, again = proposed.done("refresh"), proposed.done("refresh")

    assert f"{BRANCH}: the forge knows no pull request #{number}" in first.text
    assert "the forge knows no" not in again.text
    assert '"standing": "withdrawn"' in proposed.show(f"{TRACKING}:proposals/location/quay.json")


def test_a_withdrawn_pull_request_that_the_forge_knows_after_all_is_closed(proposed: Town) -> None:
    number = withdrawing(proposed)
    pulls = proposed.github.repository().pulls
    lost = pulls.pop(number)
    proposed.done("refresh")
    pulls[number] = lost

    proposed.done("refresh")

    assert not proposed.open_pulls()


def test_who_opens_that_one_again_is_heard(proposed: Town) -> None:
    number = withdrawing(proposed)
    pulls = proposed.github.repository().pulls
    lost = pulls.pop(number)
    proposed.done("refresh")
    pulls[number] = lost
    proposed.done("refresh")
    proposed.github.set_permission("ada", "write")
    proposed.github.reopen(number, by="ada")

    proposed.done("refresh")
    proposed.done("refresh")

    assert list(proposed.open_pulls()) == [BRANCH]
    assert '"standing": "reopened"' in proposed.show(f"{TRACKING}:proposals/location/quay.json")
