"""No test may skip where CHARGEN_NOTHING_SKIPS is set, as it is in CI: what skips there is tested nowhere."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDS_ROOT: Final = "needs root"
_MOUNT: Final = 1 << 21  # CAP_SYS_ADMIN (capabilities(7)): root in a container may be without it


def refused(reasons: dict[str, str], *, may_mount: bool) -> Iterator[str]:
    """A line for each test that skipped, but for those that need root's right to mount where nobody has it."""
    for test, reason in sorted(reasons.items()):
        if may_mount or not reason.startswith(NEEDS_ROOT):
            yield f"{test} skipped: {reason}"


def may_mount() -> bool:
    """Whether this process has the right to mount a disk; False where the system has no /proc to ask."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return False
    held = next((line.split()[1] for line in lines if line.startswith("CapEff:")), "0")
    return bool(int(held, 16) & _MOUNT)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the session that skipped anything; with xdist, the workers' reports are in the controller's hands."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if (
        not os.environ.get("CHARGEN_NOTHING_SKIPS")
        or reporter is None
        or hasattr(session.config, "workerinput")
    ):
        return
    lines = list(refused(_reasons(reporter), may_mount=may_mount()))
    for line in lines:
        reporter.ensure_newline()
        reporter.write_line(line, red=True)
    if lines and session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _reasons(reporter: pytest.TerminalReporter) -> dict[str, str]:
    """Why each test or module skipped."""
    return {
        report.nodeid: report.longrepr[2].removeprefix("Skipped: ")
        for report in reporter.stats.get("skipped", ())
        if isinstance(report.longrepr, tuple)
    }
