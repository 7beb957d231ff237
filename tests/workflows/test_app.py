"""Acting as a GitHub App: everything that writes does so with the App's token, as the run's own may only read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.workflows.act import WORLD
from tests.workflows.town import KEY

if TYPE_CHECKING:
    from tests.workflows.town import Town

APP = "tales-app[bot]"
READS = {"contents": "read", "pull_requests": "read", "metadata": "read"}
WRITES = {"contents": "write", "pull_requests": "write", "metadata": "read"}


def test_submit_and_tick_write_as_the_app(town: Town) -> None:
    town.hub.variables["CHARGEN_APP_CLIENT_ID"] = "Iv1.tales"
    town.github.set_permission(APP, "write", WORLD)
    app = town.github.token(APP, permissions=WRITES, repository=WORLD)
    reads = town.github.actions_token(READS, WORLD)
    secrets = {"GEMINI_API_KEY": KEY, "CHARGEN_APP_PRIVATE_KEY": "of-the-app"}

    pushed = town.run("push", "chargen-submit.yml", token=reads, secrets=secrets, CHARGEN_APP_TOKEN=app)
    ticked = town.run("schedule", "chargen-tick.yml", token=reads, secrets=secrets, CHARGEN_APP_TOKEN=app)

    assert (pushed.code, ticked.code) == (0, 0), pushed.log + ticked.log
    assert town.states() == ["COLLECTED"]
    assert [pull.login for pull in town.pulls().values()] == [APP]


def test_the_token_of_a_run_that_may_only_read_is_not_enough(town: Town) -> None:
    before = town.refs()

    run = town.run("push", "chargen-submit.yml", token=town.github.actions_token(READS, WORLD))

    assert (run.code, town.refs()) == (1, before), run.log
