"""Bugs of what is proposed, and of what is made of people's answers to it, as mutants.py plants them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from chargen.commands import gitops_refresh, observing, refreshing
from chargen.commands.branching import bring
from chargen.pipeline import decide
from tests.simulation.mutant import Mutant

if TYPE_CHECKING:
    from collections.abc import Mapping


def _never(*_: Any, **__: Any) -> None:
    return None


def _everybody_may(proposal_: Any, pull: Any, closer_may_write: bool = False) -> Any:  # noqa: FBT001, FBT002
    return decide.Seen(proposal_, pull, True)


def _only_closings(decisions: Any, seen: Any, what: Any) -> Any:
    return _CONSEQUENCES(decisions, seen, what) if what == "close" else ()


_CONSEQUENCES = decide._consequences


def _bring_over_people(self: refreshing.Refresh, wanted: Any) -> None:
    """A person's commits are taken for ours."""
    head = self.branches.head(wanted.branch)
    if not wanted.shots:
        self._withdraw(wanted)
        return
    wanted = replace(wanted, shared=False)
    brought = bring(self, wanted, head)
    if not brought.problems:
        pushed = self._push(wanted, brought, head)
        if pushed.pushed and pushed.shots:
            self._pull(pushed, brought)


def _withdraw_unsaid(self: refreshing.Refresh, wanted: Any) -> None:
    """Closed, and nothing is written of it."""
    if wanted.number:
        self.forge.close_pull(wanted.number)
    self.done.withdrawn.append(wanted)


def _all_of_withdrawn(listed: Any, proposal: Any) -> Any:
    return [pull for pull in listed if pull.number == proposal.number and not proposal.open]


OF_PROPOSALS: Final[Mapping[str, Mutant]] = {
    "everybody may close": Mutant(
        "an outsider's closing rejects",
        ((observing, "Seen", _everybody_may),),
        seed=33,
        rule="decided_as_people_did",
    ),
    "reopening ignored": Mutant(
        "what was rejected stays so",
        ((decide, "_consequences", _only_closings),),
        seed=222,
        rule="decided_as_people_did",
    ),
    "acceptance ignored": Mutant(
        "a closing rejects what is accepted",
        ((gitops_refresh, "learn_accepted", _never),),
        seed=338,
        rule="decided_as_people_did",
    ),
    "withdrawal unbooked": Mutant(
        "a pull request that nothing is left of is closed, and nothing written of it",
        ((refreshing.Refresh, "_withdraw", _withdraw_unsaid),),
        seed=11494,
        rule="nobody_waits_for_nothing",
    ),
    "crossing closing unheard": Mutant(
        "whoever closed what we meant to close, it was we",
        ((decide.Seen, "_was_first", False),),
        seed=139968,
        rule="decided_as_people_did",
    ),
    "late pull request left": Mutant(
        "a pull request that was opened when all was decided stays open",
        ((observing, "_in_vain", lambda *_: []),),
        seed=201299,
        rule="what_is_withdrawn_is_closed",
    ),
    "opened again in vain": Mutant(
        "a pull request that we closed once is closed whenever a person opens it",
        ((observing, "_in_vain", _all_of_withdrawn),),
        seed=435,
        rule="what_is_withdrawn_is_closed",
    ),
    "opened again unsaid": Mutant(
        "nobody is told what became of a pull request that was opened again",
        ((gitops_refresh, "alarm_pulls", _never),),
        seed=435,
        rule="what_is_withdrawn_is_closed",
    ),
    "people overwritten": Mutant(
        "a person's commit is pushed away",
        ((refreshing.Refresh, "_bring", _bring_over_people),),
        seed=9,
        rule="people_s_commits_stay",
    ),
}
