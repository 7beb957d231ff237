"""
plan: compiled shots x recorded rows x books -> actions with reasons and cost. Pure.

The same tree, books, options and version give the same plan. Shots are judged after the shots they refer to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chargen.core.address import Address, selects
from chargen.core.books import Books
from chargen.core.case import Case
from chargen.core.compiled import CompiledShot
from chargen.core.counted import counted
from chargen.core.in_place import CANNOT_GO_THERE, IN_THE_WAY
from chargen.core.moved import unknown_moves
from chargen.core.plan import STUCK, Action, Item, Options, Plan, Reason
from chargen.core.price import estimate
from chargen.core.problem import Problem, Severity, warning
from chargen.core.verdict import judge
from chargen.core.world import World
from chargen.errors import Place


@dataclass
class _Docket:
    """The shots in the order they are judged, and what was found so far."""

    world: World
    shots: Mapping[Address, CompiledShot]
    books: Books
    options: Options
    found: dict[Address, list[Item]] = field(default_factory=dict)


def make_plan(
    world: World, shots: Mapping[Address, CompiledShot], books: Books, options: Options, *, version: str
) -> Plan:
    """The plan for a world as it lies and the books as they stand."""
    shots = {address: _without_cycle(world, shots, shot) for address, shot in shots.items()}
    docket = _Docket(world, shots, books, options)
    for address in _in_order(shots):
        docket.found[address] = judge(_case(docket, address))
    items = [
        item for address in sorted(shots) for item in docket.found[address] if _selected(options, address)
    ]
    items = [_wait_for_unread(item, books) for item in items]
    cap = options.max_cost_usd if options.max_cost_usd is not None else world.config.budget.run_usd
    items, shared = _share(world, items)
    items = [_priced(item, options) for item in items]
    held, held_usd = _held(world, items, options, cap)
    items = [_hold_back(item) for item in items] if held else _within(cap, items)
    found = [*world.problems, *(problem for shot in shots.values() for problem in shot.problems), *shared]
    found += unknown_moves(world, books)
    problems = [problem for problem in found if problem.severity is not Severity.NOTE]
    stuck = list(_stuck(docket, items))
    return Plan(
        tree=world.digest,
        books=books.tip,
        version=version,
        options=options,
        items=tuple(sorted([*items, *_unmade(world, options)], key=lambda item: item.address)),
        problems=tuple(
            dict.fromkeys(
                [
                    *problems,
                    *_in_the_way(items),
                    *(_stuck_problem(docket, item, reason) for item, reason in stuck),
                ]
            )
        ),
        cap_usd=cap,
        held=held,
        held_usd=held_usd,
        later_usd=_later(items, {item.job_id for item, _ in stuck}, options),
    )


def _unmade(world: World, options: Options) -> Iterator[Item]:
    """What is wanted and cannot be made, so that every wanted picture is an item."""
    for unmade in world.unmade():
        if _selected(options, unmade.address):
            why = f"{unmade.problem.place}: {unmade.problem.message}"
            yield Item(unmade.address, 1, Action.SKIP, Reason.PROBLEM, why, unmade=unmade)


def _wait_for_unread(item: Item, books: Books) -> Item:
    """Nothing is made while a batch is under way of which nobody knows what it asked for: it may bring just this."""
    if item.action is not Action.GENERATE or not books.unread:
        return item
    names = ", ".join(submission.id for submission in books.unread)
    detail = f"nobody knows what submission {names} asked for until it is collected"
    return replace(item, action=Action.SKIP, reason=Reason.IN_FLIGHT, detail=detail)


def _selected(options: Options, address: Address) -> bool:
    return not options.only or any(selects(glob, address) for glob in options.only)


def _case(docket: _Docket, address: Address) -> Case:
    shot = docket.shots[address]
    return Case(
        world=docket.world,
        books=docket.books,
        shot=shot,
        forced_variants=_forced(docket, shot),
        waits_for=_waits_for(docket, shot),
    )


def _forced(docket: _Docket, shot: CompiledShot) -> tuple[int, ...]:
    """The variants that `--force` asks for again, less those a resumed run has ordered before."""
    options, address = docket.options, shot.address
    if not _selected(options, address) or not any(selects(glob, address) for glob in options.force):
        return ()
    every = range(1, (options.variants or shot.variants) + 1)
    return tuple(
        variant for variant in every if options.order_id(address.job_id(variant)) not in docket.books.orders
    )


def _in_order(shots: Mapping[Address, CompiledShot]) -> Iterator[Address]:
    """Addresses, each after those its references name; a cycle comes in any order and is reported by `_without_cycle`."""
    done: set[Address] = set()
    for start in sorted(shots):
        stack = [(start, iter(_needs(shots, start)))]
        on_stack = {start}
        while stack and start not in done:
            here, rest = stack[-1]
            following = next((other for other in rest if other not in done and other not in on_stack), None)
            if following is None:
                stack.pop()
                done.add(here)
                yield here
            else:
                on_stack.add(following)
                stack.append((following, iter(_needs(shots, following))))


def _needs(shots: Mapping[Address, CompiledShot], address: Address) -> list[Address]:
    named = (sent.used.shot for sent in shots[address].references)
    return [other for other in named if other is not None and other in shots]


def _without_cycle(world: World, shots: Mapping[Address, CompiledShot], shot: CompiledShot) -> CompiledShot:
    """The shot, with an error when its references lead back to it: it could never be made."""
    seen: set[Address] = set()
    ahead = _needs(shots, shot.address)
    while ahead:
        other = ahead.pop()
        if other == shot.address:
            place = world.locate(shot.shot.origin)
            return shot.with_problem(
                Problem(
                    place,
                    f"the references of {shot.address} lead back to it",
                    "break the circle",
                    rule="circular-reference",
                )
            )
        if other not in seen:
            seen.add(other)
            ahead.extend(_needs(shots, other))
    return shot


def _waits_for(docket: _Docket, shot: CompiledShot) -> str:
    """The root that keeps a shot waiting: a shot it refers to whose picture is not settled, or what that one waits for."""
    for address in _needs(docket.shots, shot.address):
        items = docket.found.get(address, [])
        if _settled(docket, address, items):
            continue
        waiting = next((item for item in items if item.reason is Reason.WAITING), None)
        return waiting.detail if waiting else str(address)
    return ""


def _settled(docket: _Docket, address: Address, items: list[Item]) -> bool:
    """Whether a shot has an accepted picture that matches (or that a person holds to), and nothing is under way for it."""
    if not items or any(item.action is not Action.SKIP for item in items):
        return False
    reason = items[0].reason
    if reason in (Reason.UNCHANGED, Reason.EDITED):
        return True
    if reason not in (Reason.LOCKED, Reason.PAUSED):
        return False
    case = Case(docket.world, docket.books, docket.shots[address])
    if case.picture is None or not case.picture.sha256:
        return False
    wanted = replace(case, shot=replace(case.shot, status="wanted"))
    return reason is Reason.LOCKED or judge(wanted)[0].reason in (Reason.UNCHANGED, Reason.EDITED)


def _share(world: World, items: list[Item]) -> tuple[list[Item], list[Problem]]:
    """Two shots with one request are one job, fanned out."""
    first: dict[str, Item] = {}
    shared: list[Item] = []
    problems: list[Problem] = []
    for item in items:
        if item.action is not Action.GENERATE or first.setdefault(item.request_hash, item) is item:
            shared.append(item)
            continue
        owner = first[item.request_hash].job_id
        shared.append(replace(item, shares=owner))
        problems.append(_shared_problem(world, item, owner))
    return shared, problems


def _shared_problem(world: World, item: Item, owner: str) -> Problem:
    place = world.locate(item.compiled.shot.origin) if item.compiled else Place("")
    message = f"{item.job_id} asks for just what {owner} asks for: one picture serves both"
    return warning(place, message, rule="shared-request")


def _priced(item: Item, options: Options) -> Item:
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
        prompt_characters=len(item.compiled.prompt(item.note)),
        references=len(item.compiled.references),
    )
    return cost * (item.compiled.variants if item.reason is Reason.WAITING else 1)


def _later(items: list[Item], stuck: set[str], options: Options) -> Decimal:
    """What a run that goes on comes to once the pictures that others wait for are there."""
    follows = (item for item in items if item.reason is Reason.WAITING and item.job_id not in stuck)
    return sum((_estimate(item, options) for item in follows), Decimal(0))


def _held(world: World, items: list[Item], options: Options, cap: Decimal) -> tuple[str, Decimal]:
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


def _hold_back(item: Item) -> Item:
    """An item that is priced and not bought."""
    if item.action is not Action.GENERATE:
        return item
    return replace(item, action=Action.SKIP, reason=Reason.OVER_BUDGET, detail=item.why)


def _within(cap: Decimal, items: list[Item]) -> list[Item]:
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


def _in_the_way(items: list[Item]) -> Iterator[Problem]:
    """A file of the writer's where a picture should go is an error of that shot."""
    for item in items:
        path, parted, words = item.detail.partition(": ")
        if item.reason is Reason.PROBLEM and parted and words.startswith((IN_THE_WAY, CANNOT_GO_THERE)):
            hint = f"move it away, or lock {item.address}"
            yield Problem(Place(path), words, hint, rule="picture-in-the-way")


def _stuck(docket: _Docket, items: list[Item]) -> Iterator[tuple[Item, Reason]]:
    """The items whose wait no run will end, with what keeps the shot they wait for."""
    over = {str(item.address) for item in items if item.reason is Reason.OVER_BUDGET}
    roots = {str(address): found[0] for address, found in docket.found.items() if found}
    for item in items:
        if item.reason is Reason.WAITING:
            root = roots.get(item.detail)
            held = root.reason if root is not None else None
            reason = Reason.OVER_BUDGET if item.detail in over else held
            undecided = root is not None and root.reason is Reason.PROPOSED and ", closed" in root.detail
            if reason is not None and (reason in STUCK or undecided):
                yield item, reason


def _stuck_problem(docket: _Docket, item: Item, reason: Reason) -> Problem:
    place = docket.world.locate(item.compiled.shot.origin) if item.compiled else Place("")
    state = (
        "was given up"
        if reason is Reason.GAVE_UP
        else "has a problem"
        if reason is Reason.PROBLEM
        else "is in a pull request that was closed"
        if reason is Reason.PROPOSED
        else f"is {reason}"
    )
    return warning(place, f"{item.address} waits for {item.detail}, which {state}", rule="waits-in-vain")
