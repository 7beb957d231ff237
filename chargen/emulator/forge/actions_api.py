"""Which actions a repository lets run, and the names of its secrets, as its settings say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.emulator.forge import bodies
from chargen.emulator.forge.call import Reply
from chargen.emulator.forge.refusals import Refusal, missing

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


def get_secret(call: Call) -> Reply:
    """That a secret is there, and since when; nobody is told what it says. Refusal where it is not there."""
    name = call.values["secret_name"].upper()
    if name not in call.repository.secrets:
        raise missing()
    since = bodies.stamp(call.repository.secrets[name])
    return Reply({"name": name, "created_at": since, "updated_at": since})
