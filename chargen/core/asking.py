"""Changed references that a person is asked about before anything is paid: some have gone, or say `when_changed: ask`. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.core.digest import differences
from chargen.core.plan import Item, Reason
from chargen.core.references import is_short_of_references
from chargen.core.world_config import WhenChanged

if TYPE_CHECKING:
    from chargen.core.case import Case


def short_of_references(case: Case) -> list[Item] | None:
    """All that changed is that references of the accepted picture are gone: to pay for one made without them is nobody's wish."""
    row = case.shot.shot.row
    if row is None or not is_short_of_references(case.world, case.shot.shot):
        return None
    found = {item.what: item.names for item in differences(case.shot.ask(), row.ask, case.regenerate_on)}
    here = {sent.used.id for sent in case.shot.references}
    gone = [name for name in found.get("reference", ()) if name not in here]
    only_words = found.get("prompt", ("references",)) == ("references",)
    if (
        not gone
        or found.keys() - {"prompt", "reference"}
        or not only_words
        or len(gone) != len(found["reference"])
    ):
        return None
    return case.skip(Reason.ASK, f"{', '.join(gone)} is not there; --force makes it without")


def asks_first(case: Case) -> list[Item] | None:
    """Only references to other shots changed, and each of them says `when_changed: ask`."""
    row = case.shot.shot.row
    if row is None:
        return None
    found = differences(case.shot.ask(), row.ask, case.regenerate_on)
    changed = {name for item in found for name in item.names}
    asking = {
        sent.used.id
        for sent in case.shot.references
        if sent.used.shot is not None and sent.used.when_changed is WhenChanged.ASK
    }
    if all(item.what == "reference" for item in found) and changed <= asking:
        return case.skip(Reason.ASK, ", ".join(sorted(changed)))
    return None
