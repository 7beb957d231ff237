"""No test may skip where CHARGEN_NOTHING_SKIPS is set, as it is in CI: what skips there is tested nowhere."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDS_ROOT: Final = "needs root"


def refused(reasons: dict[str, str], *, root: bool) -> Iterator[str]:
    """A line for each test that skipped, but for those that need root where nobody has it."""
    for test, reason in sorted(reasons.items()):
        if root or not reason.startswith(NEEDS_ROOT):
            yield f"{test} skipped: {reason}"


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
    lines = list(refused(_reasons(reporter), root=os.geteuid() == 0))
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
