"""
plan: compiled shots x recorded rows x books -> actions with reasons and cost. Pure.

The same tree, books, options and version give the same plan. Shots are judged after the shots they refer to.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from chargen.core.address import Address, selects
from chargen.core.books import Books
from chargen.core.budget import hold_back, later, priced, why_held, within
from chargen.core.case import Case
from chargen.core.compiled import CompiledShot
from chargen.core.in_place import problems_in_the_way
from chargen.core.moved import unknown_moves
from chargen.core.plan import STUCK, Action, Item, Options, Plan, Reason
from chargen.core.problem import Problem, Severity, warning
from chargen.core.turns import in_order, needs, without_cycle
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
    shots = {address: without_cycle(world, shots, shot) for address, shot in shots.items()}
    docket = _Docket(world, shots, books, options)
    for address in in_order(shots):
        docket.found[address] = judge(_case(docket, address))
    items = [
        item for address in sorted(shots) for item in docket.found[address] if _selected(options, address)
    ]
    items = [_wait_for_unread(item, books) for item in items]
    cap = options.max_cost_usd if options.max_cost_usd is not None else world.config.budget.run_usd
    items, shared = _share(world, items)
    items = [priced(item, options) for item in items]
    held, held_usd = why_held(world, items, options, cap)
    items = [hold_back(item) for item in items] if held else within(cap, items)
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
                    *_found(docket, shared),
                    *problems_in_the_way(items),
                    *(_stuck_problem(docket, item, reason) for item, reason in stuck),
                ]
            )
        ),
        cap_usd=cap,
        held=held,
        held_usd=held_usd,
        later_usd=later(items, {item.job_id for item, _ in stuck}, options),
    )


def _found(docket: _Docket, shared: list[Problem]) -> list[Problem]:
    """What is wrong with the world, its shots and what they share; notes are not a plan's."""
    of_shots = (problem for shot in docket.shots.values() for problem in shot.problems)
    found = [*docket.world.problems, *of_shots, *shared, *unknown_moves(docket.world, docket.books)]
    return [problem for problem in found if problem.severity is not Severity.NOTE]


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
    return replace(item, action=Action.SKIP, reason=Reason.IN_FLIGHT, detail=detail, held_by=books.unread)


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


def _waits_for(docket: _Docket, shot: CompiledShot) -> str:
    """The root that keeps a shot waiting: a shot it refers to whose picture is not settled, or what that one waits for."""
    for address in needs(docket.shots, shot.address):
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
