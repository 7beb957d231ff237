"""What a plan's items cost at most, and which of them the caps leave out. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from chargen.core.counted import counted
from chargen.core.plan import Action, Item, Options, Reason
from chargen.core.price import characters_as_priced, estimate

if TYPE_CHECKING:
    from chargen.core.world import World


def priced(item: Item, options: Options) -> Item:
    """An item with its cost; one that shares another's picture costs nothing."""
    if item.action is not Action.GENERATE or item.shares:
        return item
    return replace(item, cost_usd=_estimate(item, options))


def _estimate(item: Item, options: Options) -> Decimal:
    """What an item costs at most; one that waits, for all its variants."""
    if item.compiled is None:
        return Decimal(0)
    provider = item.compiled.provider
    cost = estimate(
        provider.model,
        provider.size,
        options.mode,
        prompt_characters=characters_as_priced(item.compiled.prompt(item.note)),
        references=len(item.compiled.references),
    )
    return cost * (item.compiled.variants if item.reason is Reason.WAITING else 1)


def later(items: list[Item], stuck: set[str], options: Options) -> Decimal:
    """What a run that goes on comes to once the pictures that others wait for are there."""
    follows = (item for item in items if item.reason is Reason.WAITING and item.job_id not in stuck)
    return sum((_estimate(item, options) for item in follows), Decimal(0))


def why_held(world: World, items: list[Item], options: Options, cap: Decimal) -> tuple[str, Decimal]:
    """Why a plan made for a push is held back whole, and what it would cost at most; empty when it is not."""
    wanted = [item for item in items if item.action is Action.GENERATE and not item.shares]
    cost = sum((item.cost_usd for item in wanted), Decimal(0))
    new, most = sum(item.reason is Reason.NEW for item in wanted), world.config.budget.new_shots_per_push
    why = []
    if options.hold and cost > cap:
        why.append(f"a run may spend {cap} USD")
    if options.hold and new > most:
        why.append(f"a push may bring {counted(most, 'new picture')}, not {new}")
    return " and ".join(why), cost if why else Decimal(0)


def hold_back(item: Item) -> Item:
    """An item that is priced and not bought."""
    if item.action is not Action.GENERATE:
        return item
    return replace(item, action=Action.SKIP, reason=Reason.OVER_BUDGET, detail=item.why)


def within(cap: Decimal, items: list[Item]) -> list[Item]:
    """Items in their order until the cap is reached; from the first that does not fit, all are over budget."""
    spent, full, kept = Decimal(0), False, []
    for item in items:
        if item.action is Action.GENERATE:
            full = full or spent + item.cost_usd > cap
            if full:
                kept.append(
                    replace(
                        item,
                        action=Action.SKIP,
                        reason=Reason.OVER_BUDGET,
                        detail=f"cap {cap} USD",
                        cost_usd=Decimal(0),
                    )
                )
                continue
            spent += item.cost_usd
        kept.append(item)
    return kept
