"""What `chargen init` leaves for a person to do. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.pull import SETTING
from chargen.core.scaffold import EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from chargen.core.scaffold import Home, Step


def next_steps(home: Home, owner: str, todo: Sequence[Step], *, is_clone: bool, made: bool) -> list[str]:
    """What is left for a person, in the order in which it is missed; `made`: pictures were, on books that only this clone has."""
    example = home.path(EXAMPLE)
    lines = (
        (not is_clone, "Make this folder a repository (git init) with one on GitHub as its origin."),
        (True, "Look at what there is: chargen validate, then chargen batch plan. Neither costs anything."),
        (
            any(step.path.startswith(example) for step in todo),
            f"{example} is an example: change or delete it, or its one picture is ordered too.",
        ),
        (
            True,
            (
                "Give the repository the key: Settings > Secrets and variables > Actions, a secret named"
                " GEMINI_API_KEY (or: gh secret set GEMINI_API_KEY)."
            ),
        ),
        (
            True,
            (
                "Let it open pull requests: Settings > Actions > General > Workflow permissions, tick"
                f' "{SETTING}". Without it you pay and see nothing.'
            ),
        ),
        (
            made,
            (
                "You have made pictures here already: once there is an origin, run chargen state rebuild. It brings"
                " the books there, so that nothing is paid for again."
            ),
        ),
        (not owner, "Say in CODEOWNERS who must agree to spending: until then its two lines are comments."),
        (
            True,
            (
                f"Commit and push to {home.branch}. That orders every picture the words call for, within the budget"
                " of chargen.yaml."
            ),
        ),
        (
            True,
            (
                "Wait, or run the workflow `chargen tick` by hand: finished pictures come as a pull request, once"
                " an hour."
            ),
        ),
    )
    return [line for wanted, line in lines if wanted]
