"""Which actions a repository lets run, as its settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.emulator.forge.call import Reply
from chargen.emulator.forge.refusals import Refusal

if TYPE_CHECKING:
    from chargen.emulator.forge.call import Call


def get_actions_permissions(call: Call) -> Reply:
    """Whether Actions are switched on, and for which actions."""
    home = call.repository
    body: dict[str, object] = {"enabled": home.actions != "none", "sha_pinning_required": False}
    if home.actions != "none":
        body["allowed_actions"] = home.actions
    if home.actions == "selected":
        body["selected_actions_url"] = f"{call.state.url}{call.path}/selected-actions"
    return Reply(body)


def get_selected_actions(call: Call) -> Reply:
    """What a repository that selects its actions has selected. Refusal where it does not select."""
    home = call.repository
    if home.actions != "selected":
        raise Refusal(409, "Conflict")
    return Reply(
        {
            "github_owned_allowed": home.github_owned_actions,
            "verified_allowed": False,
            "patterns_allowed": list(home.action_patterns),
        }
    )
