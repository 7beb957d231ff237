"""The words of `chargen doctor`: how bad, what is wrong, what to do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from chargen.core.books import Books, Identity
from chargen.core.checkup import (
    Finding,
    Level,
    Lfs,
    about_clock,
    about_git,
    about_lfs,
    about_packages,
    about_pictures,
    about_python,
    about_world,
    exit_code,
    finding_lines,
    some,
    span,
    totals,
)
from chargen.core.checkup_books import about_books
from chargen.core.checkup_inventory import Inventory, about_inventories
from chargen.core.checkup_remote import (
    ACTIONS_USED,
    ActionsPolicy,
    about_actions,
    about_key,
    about_models,
    about_opening_pulls,
    about_remote,
    about_schedule,
    about_token,
    about_workflows,
)
from chargen.core.provider_reply import ProviderTrouble, Trouble
from chargen.core.submission import State
from chargen.errors import ExitCode
from tests.worlds import PIER, a_request, a_submission, books_of, one_shot, shot_of

PAGE = "https://github.com/acme/world"
HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 23, 4, tzinfo=UTC)


def test_a_finding_is_a_line_and_the_steps_below_it() -> None:
    found = Finding("key", Level.ERROR, "not\nset", "get one\nset it")

    assert finding_lines(found) == [
        "x   key             not set",
        "                    get one",
        "                    set it",
    ]


def test_nothing_of_theirs_moves_the_terminal() -> None:
    (line,) = finding_lines(Finding("push", Level.OK, "\x1b[2J::error::boo"))

    assert "\x1b" not in line
    assert not line.startswith("::")


@pytest.mark.parametrize(
    ("findings", "expected"),
    [
        ([], ExitCode.DONE),
        ([Finding("a", Level.WARNING, ""), Finding("b", Level.UNKNOWN, "")], ExitCode.DONE),
        ([Finding("a", Level.ERROR, ""), Finding("b", Level.OK, "")], ExitCode.FAILED),
        ([Finding("a", Level.ERROR, ""), Finding("b", Level.ERROR, "", code=ExitCode.CONFIGURATION)], ExitCode.CONFIGURATION),
        ([Finding("a", Level.WARNING, "", code=ExitCode.CONFIGURATION)], ExitCode.DONE),
    ],
)  # fmt: skip
def test_only_errors_count(findings: list[Finding], expected: ExitCode) -> None:
    assert exit_code(findings) is expected


def test_the_last_line_counts() -> None:
    levels = [Level.OK, Level.ERROR, Level.ERROR, Level.WARNING, Level.UNKNOWN]

    assert totals([Finding("a", level, "") for level in levels]) == (
        "5 checks: 2 errors, 1 warning, 1 not known."
    )
    assert totals([Finding("a", Level.OK, "")] * 2) == "2 checks: all well."


def test_long_lists_are_cut() -> None:
    assert some(["a", "b", "c"]) == "a, b, c"
    assert some(["a", "b", "c", "d"]) == "a, b, c and 1 more"


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(1, "1 second"), (119, "119 seconds"), (150, "2 minutes"), (7200, "2 hours"), (200_000, "2 days")],
)
def test_a_time_in_the_unit_people_would_use(seconds: float, expected: str) -> None:
    assert span(seconds) == expected


def test_a_library_that_is_not_there() -> None:
    found = about_packages("1.0", {"google-genai": "3.4.0", "PyGithub": ""})

    assert (found.level, found.code) == (Level.ERROR, ExitCode.CONFIGURATION)
    assert found.said == "1.0, google-genai 3.4.0, PyGithub is not installed"
    assert found.do.endswith("pip install PyGithub")


@pytest.mark.parametrize(
    ("version", "expected"), [((3, 11, 0), Level.OK), ((3, 14, 1), Level.OK), ((3, 10, 9), Level.ERROR)]
)
def test_python(version: tuple[int, int, int], expected: Level) -> None:
    assert about_python(version).level is expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("git version 2.39.5 (Apple Git-154)", (Level.OK, "2.39.5")),
        ("git version 2.30.0.windows.1", (Level.OK, "2.30.0.windows.1")),
        ("git version 2.29.9", (Level.ERROR, "2.29.9 is too old")),
        ("git version 1.99.0", (Level.ERROR, "1.99.0 is too old")),
        ("what?", (Level.UNKNOWN, "its version is not known: what?")),
    ],
)
def test_git(said: str, expected: tuple[Level, str]) -> None:
    found = about_git(said)

    assert (found.level, found.said) == expected


@pytest.mark.parametrize(
    ("counts", "level", "step"),
    [
        ((3, 0, 0), Level.OK, ""),
        ((3, 0, 1), Level.WARNING, "chargen validate"),
        ((3, 1, 1), Level.ERROR, "chargen validate"),
        ((0, 0, 0), Level.WARNING, "--root"),
    ],
)
def test_the_world(counts: tuple[int, int, int], level: Level, step: str) -> None:
    found = about_world("/w", *counts)

    assert found.level is level
    assert step in found.do


def test_pictures_that_nobody_names_are_said_and_are_no_trouble() -> None:
    found = about_pictures(2, [], ["a.png", "b.png"], [])

    assert (found.level, found.do) == (Level.OK, "")
    assert found.said == "2 rows with a picture; 2 pictures that no row names (a.png, b.png)"


def test_many_pictures_that_nothing_names_are_counted_by_their_owners() -> None:
    found = about_pictures(0, [], list("abcd"), [], owners=["location/quay", *["character/ada"] * 3])

    assert (
        found.said == "no row has one yet; 4 pictures that no row names (character/ada: 3, location/quay: 1)"
    )


def test_inventories_are_told_by_entity_the_worst_first() -> None:
    many = {f"location/l{n:02}": Inventory(3, ["x.yaml:1:1 (a.png)"]) for n in range(13)}
    found = about_inventories(
        {**many, "location/pier": Inventory(9, ["y.yaml:2:5 (b.png)", "y.yaml:3:5 (c.png)"])}
    )

    steps = found.do.splitlines()
    assert (found.level, found.said) == (Level.WARNING, "48 pictures listed by 14 files; 15 of them missing")
    assert steps[0] == "location/pier: 2 of 9, first y.yaml:2:5 (b.png)"
    assert steps[-2] == "and 2 more files like these"
    assert about_inventories({}).level is Level.OK
    assert about_inventories({"character/ada": Inventory(2)}).said == "2 pictures listed by 1 file, all there"


def test_rows_without_files_and_files_in_the_way_are_trouble() -> None:
    found = about_pictures(0, ["a.png"], [], ["b.png"])

    assert found.level is Level.WARNING
    assert "1 row whose file is missing (a.png)" in found.said
    assert "git checkout" in found.do.splitlines()[0]
    assert "move or rename" in found.do.splitlines()[1]


LFS = Lfs(wanted=True, installed=True, set_up=True, given=["a.png"], kept=[], pointers=[])


@pytest.mark.parametrize(
    ("lfs", "level", "step"),
    [
        (LFS, Level.OK, ""),
        (replace(LFS, wanted=False, given=[], installed=False, set_up=False), Level.OK, ""),
        (replace(LFS, installed=False, set_up=False), Level.ERROR, "install git-lfs"),
        (replace(LFS, set_up=False), Level.ERROR, "git lfs install"),
        (replace(LFS, wanted=False, given=[], pointers=["a.png"]), Level.WARNING, "git lfs pull"),
        (replace(LFS, kept=["b.webp", "c.webp"]), Level.WARNING, "git lfs track '*.webp'"),
        (replace(LFS, wanted=False, kept=["b.webp"]), Level.OK, ""),
    ],
)
def test_lfs(lfs: Lfs, level: Level, step: str) -> None:
    found = about_lfs(lfs)

    assert found.level is level
    assert found.do.startswith(step)
    assert bool(found.do) == bool(step)


@pytest.mark.parametrize(
    ("off", "level"),
    [(0, Level.OK), (60, Level.OK), (-61, Level.WARNING), (599, Level.WARNING), (-601, Level.ERROR)],
)
def test_the_clock_is_judged_by_the_server_it_is_farthest_from(off: float, level: Level) -> None:
    found = about_clock({"Gemini": 0.2, "GitHub": off})

    assert found.level is level
    assert level is Level.OK or found.said.endswith(f"{'ahead of' if off > 0 else 'behind'} GitHub's")


def test_a_clock_nobody_judged() -> None:
    assert about_clock({}).level is Level.UNKNOWN


def books(*states: State) -> Books:
    request = a_request(shot_of({PIER: one_shot()}))
    return books_of(*(a_submission(request, number=i, state=state) for i, state in enumerate(states, 1)))


@pytest.mark.parametrize(("branch", "named"), [("trunk", "branch trunk of"), ("", "branch of")])
def test_a_default_branch_that_is_not_there(branch: str, named: str) -> None:
    found = about_remote(
        repository="r", url=f"{PAGE}.git", branch=branch, commit="", others=["main", "words"]
    )

    assert found.level is Level.ERROR
    assert found.said == f"the default {named} {PAGE}.git does not exist; it has main, words"


def test_quiet_books() -> None:
    found = about_books(books(State.COLLECTED, State.SUBMITTED), [], NOW)

    assert (found.level, found.do) == (Level.OK, "")
    assert found.said == "2 submissions, 1 open; 0.05 USD spent or reserved in 2026-11"


def test_a_quarantined_submission_and_the_commands_that_end_it() -> None:
    name = f"{1:020x}"

    found = about_books(books(State.QUARANTINED), [name], NOW)

    assert found.level is Level.ERROR
    assert f"chargen state adopt {name} batches/..." in found.do
    assert f"chargen state forget {name}" in found.do
    assert "collect" not in found.do


@pytest.mark.parametrize("later", [timedelta(0), timedelta(hours=24)])
def test_a_batch_with_the_provider_needs_no_owner(later: timedelta) -> None:
    found = about_books(books(State.SUBMITTED), [f"{1:020x}"], NOW + later)

    assert (found.level, found.do) == (Level.OK, "")


def test_a_batch_open_for_more_than_a_day() -> None:
    found = about_books(books(State.SUBMITTED, State.COLLECTED), [], NOW + timedelta(hours=24, seconds=2))

    assert found.level is Level.WARNING
    assert "1 batch open for more than a day (batches/1)" in found.said
    assert "chargen batch collect" in found.do


def test_a_live_run_whose_process_has_gone_waits_to_be_settled() -> None:
    live = replace(books(State.SUBMITTED).submissions[f"{1:020x}"], mode="live", batch="")

    found = about_books(books_of(live), [live.id], NOW + timedelta(days=2))

    assert (found.level, found.do) == (Level.WARNING, "settle them: chargen batch collect")
    assert "more than a day" not in found.said


def test_a_submission_whose_owner_has_gone() -> None:
    found = about_books(books(State.INTENT), [f"{1:020x}"], NOW)

    assert (found.level, found.do) == (Level.WARNING, "settle them: chargen batch collect")


@pytest.mark.parametrize(("here", "level"), [(1, Level.OK), (0, Level.OK), (2, Level.ERROR)])
def test_books_of_another_repository(here: int, level: Level) -> None:
    found = about_books(replace(books(), identity=Identity("w", 1)), [], NOW, here)

    assert found.level is level
    assert ("chargen state adopt" in found.do) is (level is Level.ERROR)


def trouble(kind: Trouble, status: str = "") -> ProviderTrouble:
    return ProviderTrouble(kind, "said so", status=status)


@pytest.mark.parametrize(
    ("given", "level"),
    [
        (None, Level.OK),
        (trouble(Trouble.REFUSED, "NOT_FOUND"), Level.OK),
        (trouble(Trouble.DENIED), Level.ERROR),
        (trouble(Trouble.REFUSED, "FAILED_PRECONDITION"), Level.ERROR),
        (trouble(Trouble.DAILY_QUOTA), Level.WARNING),
        (trouble(Trouble.THROTTLED), Level.WARNING),
        (trouble(Trouble.UNAVAILABLE), Level.ERROR),
        (trouble(Trouble.TRANSPORT), Level.ERROR),
    ],
)
def test_the_key(given: ProviderTrouble | None, level: Level) -> None:
    found = about_key(given, "https://gemini.test")

    assert found.level is level
    assert bool(found.do) is (level is not Level.OK)
    assert level is Level.OK or "said so" in found.said


def test_models() -> None:
    gone = {"one": None, "two": trouble(Trouble.REFUSED, "NOT_FOUND")}

    assert about_models({"one": None}).level is Level.OK
    assert about_models(gone).said == "Gemini has no two"
    assert "chargen.yaml" in about_models(gone).do
    assert about_models({"one": trouble(Trouble.UNAVAILABLE)}).level is Level.UNKNOWN


@pytest.mark.parametrize(("may", "level"), [(True, Level.OK), (None, Level.OK), (False, Level.ERROR)])
def test_a_token(*, may: bool | None, level: Level) -> None:
    found = about_token("acme/world", "ada", may_push=may, scopes=None)

    assert found.level is level
    assert ("contents: write" in found.do) is (may is False)


@pytest.mark.parametrize(
    ("allowed", "level"), [(True, Level.OK), (None, Level.UNKNOWN), (False, Level.ERROR)]
)
def test_opening_pull_requests(*, allowed: bool | None, level: Level) -> None:
    found = about_opening_pulls(allowed=allowed, page=PAGE, repository="acme/world")

    assert found.level is level
    assert allowed or found.do.startswith(f"{PAGE}/settings/actions")


@pytest.mark.parametrize(
    ("states", "level", "step"),
    [
        (("active", "active"), Level.OK, ""),
        (("", ""), Level.WARNING, "chargen init, commit, push to main"),
        (("active", ""), Level.WARNING, "chargen init writes what is missing"),
        (("active", "disabled_manually"), Level.WARNING, "gh workflow enable b.yml"),
    ],
)
def test_workflows(states: tuple[str, str], level: Level, step: str) -> None:
    found = about_workflows(dict(zip(["a.yml", "b.yml"], states, strict=True)), "main")

    assert found.level is level
    assert found.do.startswith(step)


@pytest.mark.parametrize(
    ("state", "ago", "level"),
    [
        ("active", HOUR, Level.OK),
        ("active", 2 * HOUR, Level.OK),
        ("active", 2.1 * HOUR, Level.WARNING),
        ("active", None, Level.WARNING),
        ("disabled_inactivity", HOUR, Level.ERROR),
        ("disabled_manually", HOUR, Level.ERROR),
    ],
)
def test_the_schedule(state: str, ago: timedelta | None, level: Level) -> None:
    found = about_schedule(state, ago, HOUR)

    assert found.level is level
    assert bool(found.do) is (level is not Level.OK)


def test_a_schedule_nobody_can_read_is_never_late() -> None:
    assert about_schedule("active", 100 * HOUR, None).level is Level.OK


USED = [*ACTIONS_USED, "toolmakers/chargen/.github/workflows/world-tick.yml@abc"]
OURS = "toolmakers/chargen/.github/workflows/*@*"


@pytest.mark.parametrize(
    ("policy", "missing"),
    [
        (ActionsPolicy(enabled=True), []),
        (ActionsPolicy(True, "selected", patterns=(OURS,)), []),
        (ActionsPolicy(True, "selected", patterns=("toolmakers/*",)), []),
        (ActionsPolicy(True, "selected"), [OURS]),
        (ActionsPolicy(True, "selected", False, (OURS, "actions/checkout@*")), ["actions/create-github-app-token@*"]),
        (ActionsPolicy(True, "local_only"), ["actions/checkout@*", "actions/create-github-app-token@*", OURS]),
    ],
)  # fmt: skip
def test_which_actions_may_run(policy: ActionsPolicy, missing: list[str]) -> None:
    found = about_actions(policy, USED, PAGE)

    assert found.level is (Level.ERROR if missing else Level.OK)
    assert found.do.splitlines()[1:] == ([", ".join(missing)] if missing else [])


def test_actions_that_are_off_or_unread() -> None:
    assert about_actions(ActionsPolicy(enabled=False), USED, PAGE).level is Level.ERROR
    assert about_actions(None, USED, PAGE).level is Level.UNKNOWN
