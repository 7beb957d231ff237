"""Run folders: named by time and number, safe to make at once, easy to name."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from chargen.edges.clock import SystemClock, stamp
from chargen.edges.run_folder import RunFolder, create_run, latest_run, list_runs, make_state_folder, open_run
from chargen.errors import ConfigurationError, UsageError, WorkFailed

if TYPE_CHECKING:
    from collections.abc import Callable

REPOSITORY = Path(__file__).resolve().parents[2]


class At(SystemClock):
    """A clock that stands."""

    def __init__(self, *moment: int) -> None:
        self.moment = datetime(*moment, tzinfo=UTC)  # type: ignore[arg-type,misc]

    def now(self) -> datetime:
        return self.moment


NOON = At(2025, 12, 19, 14, 22, 31)


def test_a_run_is_named_by_time_and_number(tmp_path: Path) -> None:
    run = create_run(tmp_path, NOON)

    assert run.run_id == "2025-12-19_14-22-31Z_run-001"
    assert run.path == tmp_path / ".chargen/runs/2025-12-19_14-22-31Z_run-001"
    assert run.path.is_dir()


def test_numbers_go_on_over_all_runs_whatever_the_clock_says(tmp_path: Path) -> None:
    create_run(tmp_path, NOON)
    earlier = create_run(tmp_path, At(2020, 1, 1))
    (tmp_path / ".chargen/runs/2026-01-01_00-00-00Z_run-1041").mkdir()

    later = create_run(tmp_path, At(2020, 1, 1))

    assert [earlier.number, later.run_id] == [2, "2020-01-01_00-00-00Z_run-1042"]
    assert [run.number for run in list_runs(tmp_path)] == [1, 2, 1041, 1042]
    assert latest_run(tmp_path) == later


def test_before_the_first_run_there_is_none(tmp_path: Path) -> None:
    assert list_runs(tmp_path) == []
    assert latest_run(tmp_path) is None
    with pytest.raises(UsageError) as caught:
        open_run(tmp_path, "run-001")
    assert "no run was made here yet" in caught.value.hint


def test_what_is_no_run_is_not_listed(tmp_path: Path) -> None:
    run = create_run(tmp_path, NOON)
    runs = run.path.parent
    (runs / "notes").mkdir()
    (runs / "2025-12-19_14-22-31Z_run-009").write_text("a file")
    (runs / "2025-12-19_14-22-31Z_run-010").symlink_to(tmp_path)

    assert list_runs(tmp_path) == [run]


@pytest.mark.parametrize("name", ["2025-12-19_14-22-31Z_run-002", "run-002", "run-2", "2"])
def test_a_run_is_opened_by_its_id_or_number(tmp_path: Path, name: str) -> None:
    create_run(tmp_path, NOON)

    assert open_run(tmp_path, name if create_run(tmp_path, NOON) else "").number == 2


@pytest.mark.parametrize("name", ["2025-12-19_14-22-31Z_run-011", "run-7", "../..", ""])
def test_an_unknown_run_is_a_usage_error_with_the_nearest(tmp_path: Path, name: str) -> None:
    create_run(tmp_path, NOON)

    with pytest.raises(UsageError, match="no run") as caught:
        open_run(tmp_path, name)

    assert "2025-12-19_14-22-31Z_run-001" in caught.value.hint


def test_git_never_sees_any_of_it(repository: Path, git: Callable[..., str]) -> None:
    run = create_run(repository, NOON)
    run.plan.write_text("{}")

    assert git(repository, "status", "--porcelain") == ""
    assert (repository / ".chargen/.gitignore").read_text() == "*\n"


def test_the_files_of_a_run_have_their_places() -> None:
    run = RunFolder(Path("/w/.chargen/runs/2025-12-19_14-22-31Z_run-001"))
    places = (run.plan, run.jobs, run.logs, run.requests, run.shard(0), run.result("location.a.b.c.v1"))

    assert [str(place.relative_to(run.path)) for place in places] == [
        "plan.json",
        "jobs.sqlite",
        "logs.txt",
        "requests",
        "requests/shard-000.jsonl",
        "results/location.a.b.c.v1",
    ]


@pytest.mark.parametrize("job_id", ["../../../etc", "location.a.b.c", "location.a.b.c.v1/..", ""])
def test_a_result_folder_needs_a_job_id(job_id: str) -> None:
    with pytest.raises(ValueError, match=r"is not an? "):
        RunFolder(Path("/w")).result(job_id)


@pytest.mark.parametrize("link", [".chargen", ".chargen/runs"])
def test_a_link_committed_to_the_world_does_not_say_where_to_write(tmp_path: Path, link: str) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / link).parent.mkdir(exist_ok=True)
    (tmp_path / link).symlink_to(tmp_path / "elsewhere")

    with pytest.raises(ConfigurationError, match="is a symlink"):
        create_run(tmp_path, NOON)

    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_file_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / ".chargen").write_text("")

    with pytest.raises(WorkFailed, match="cannot write"):
        make_state_folder(tmp_path)


def test_runs_made_at_once_have_numbers_of_their_own(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from chargen.edges.clock import SystemClock\n"
        "from chargen.edges.run_folder import create_run\n"
        "for _ in range(10): create_run(Path(sys.argv[1]), SystemClock())\n"
    )
    env = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    makers = [subprocess.Popen([sys.executable, "-c", program, tmp_path], env=env) for _ in range(4)]

    assert [maker.wait() for maker in makers] == [0] * 4
    assert [run.number for run in list_runs(tmp_path)] == list(range(1, 41))


def test_time_is_written_in_utc() -> None:
    moment = datetime.fromisoformat("2026-11-23T05:12:09.9+01:00")

    assert stamp(moment) == "2026-11-23T04:12:09Z"
    assert SystemClock().now().tzinfo is UTC
    assert SystemClock().monotonic() <= SystemClock().monotonic()
    SystemClock().sleep(-1)


def test_a_run_s_number_is_beyond_those_that_other_clones_took(tmp_path: Path) -> None:
    create_run(tmp_path, NOON)

    run = create_run(tmp_path, NOON, known=["2026-11-23_12-00-00Z_run-007", "something else"])

    assert run.number == 8
