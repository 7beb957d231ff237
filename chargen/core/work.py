"""A plan's items as paid work: one request each, shared ones folded together, orders named. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from chargen.core.address import Address, selects
from chargen.core.books import Order
from chargen.core.compiled import CompiledShot
from chargen.core.plan import Action, Item, Options, Plan, Reason
from chargen.core.price import characters_as_priced, estimate_tokens
from chargen.core.request import InlineImage, build_request
from chargen.core.submission import Request

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Work:
    """One request to pay for, and the shot it is made from."""

    request: Request
    shot: CompiledShot
    variant: int
    orders: tuple[Order, ...] = ()
    expired: str = ""  # the submission whose batch ran out of time with it: it goes into a smaller one

    @property
    def job_id(self) -> str:
        """The job that names it."""
        return self.request.job_ids[0]

    @property
    def model(self) -> str:
        """The model it goes to."""
        return self.shot.provider.model

    def body(self, images: Sequence[InlineImage]) -> Mapping[str, Any]:
        """The request body, for a batch line and for a live call alike."""
        prompt = self.shot.prompt(self.request.note)
        return build_request(
            self.shot.provider,
            prompt,
            images,
            variant=self.variant,
            order=next(iter(self.request.orders), ""),
        )


def work_of(plan: Plan, *, at: str) -> tuple[Work, ...]:
    """The work a plan calls for, in its order; forced items get orders whose ids a resumed run would give again."""
    found: dict[str, Work] = {}
    for item in plan.of(Action.GENERATE):
        if item.shares:
            found[item.shares] = _joined(found[item.shares], item, plan.options, at)
        else:
            found[item.job_id] = _work(item, plan.options, at)
    return tuple(found.values())


def orders_for(options: Options, shots: Mapping[Address, CompiledShot], *, at: str) -> tuple[Order, ...]:
    """The orders that `force` places, one a job, in the order of addresses; their ids begin with `order_prefix`."""
    chosen = [
        shot
        for address, shot in sorted(shots.items())
        if any(selects(glob, address) for glob in options.force)
        and (not options.only or any(selects(glob, address) for glob in options.only))
    ]
    job_ids = (
        shot.address.job_id(variant)
        for shot in chosen
        for variant in range(1, (options.variants or shot.variants) + 1)
    )
    return tuple(Order(options.order_id(name), "force", name, at, reason=options.reason) for name in job_ids)


def _orders(item: Item, options: Options, at: str) -> tuple[Order, ...]:
    """The wishes an item answers: one that is on the books, and this command's own where it is forced."""
    own = (
        Order(options.order_id(item.job_id), "force", item.job_id, at, reason=options.reason)
        if item.reason is Reason.FORCED and options.force  # else the books had it forced before
        else None
    )
    return tuple(order for order in (item.order, own) if order is not None)


def _joined(first: Work, item: Item, options: Options, at: str) -> Work:
    orders = _orders(item, options, at)
    request = replace(
        first.request,
        job_ids=(*first.request.job_ids, item.job_id),
        also=(*first.request.also, *(order.id for order in orders)),
    )
    return replace(first, request=request, orders=(*first.orders, *orders))


def _work(item: Item, options: Options, at: str) -> Work:
    assert item.compiled is not None  # noqa: S101  # a generate item always has its shot
    orders = _orders(item, options, at)
    request = Request(
        request_hash=item.request_hash,
        job_ids=(item.job_id,),
        ask=item.compiled.ask(),
        reserved_usd=item.cost_usd,
        order=orders[0].id if orders else "",
        also=tuple(order.id for order in orders[1:]),
        note=item.note,
        tokens=estimate_tokens(
            characters_as_priced(item.compiled.prompt(item.note)), len(item.compiled.references)
        ),
    )
    return Work(request, item.compiled, item.variant, orders, expired=item.expired)


def affordable(work: Sequence[Work], left_usd: Decimal) -> tuple[tuple[Work, ...], tuple[Work, ...]]:
    """The work that fits into what the month has left, in order, and the rest."""
    spent = Decimal(0)
    for i, item in enumerate(work):
        spent += item.request.reserved_usd
        if spent > left_usd:
            return tuple(work[:i]), tuple(work[i:])
    return tuple(work), ()
