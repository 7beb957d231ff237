"""`scripts/simulate`: play schedules, say what was tried, and make what breaks a rule short enough to read."""

from __future__ import annotations

import argparse
import contextlib
import gc
import multiprocessing
import os
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING

from tests.simulation.mutants import MUTANTS, planted
from tests.simulation.schedule import Schedule, decode_schedule, schedule_of
from tests.simulation.session import stand_ins
from tests.simulation.shrink import shrunk
from tests.simulation.simulation import Simulation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.simulation.machine import Fault

_CHUNK = 250
_CHUNKS_OF_A_PROCESS = 40  # then another begins: what one remembers of words and worlds grows
_SHOWN = 5  # broken schedules that are made short and told


@dataclass
class Tried:
    """What some schedules came to."""

    count: int = 0
    tally: Counter[str] = field(default_factory=Counter)
    broken: list[tuple[int, str]] = field(default_factory=list)

    def add(self, other: Tried) -> None:
        """Take in what others came to."""
        self.count += other.count
        self.tally.update(other.tally)
        self.broken += other.broken


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it. The exit code: 1 when a rule was broken."""
    asked = _parser().parse_args(arguments)
    if asked.replay is not None or asked.trace:
        schedule = decode_schedule(asked.trace) if asked.trace else schedule_of(asked.replay)
        with stand_ins(), planted(asked.mutant):
            return _replay(schedule)
    began = time.monotonic()
    tried = Tried()
    for part in _play(range(asked.seed, asked.seed + asked.schedules), asked.jobs, asked.mutant):
        tried.add(part)
        for seed, said in part.broken:  # at once: a long run is not waited for
            sys.stderr.write(f"seed {seed}: {said}\n")
        _progress(tried, asked.schedules, time.monotonic() - began)
    _say(_told(tried, time.monotonic() - began))
    mutant = f" --mutant '{asked.mutant}'" if asked.mutant else ""
    with stand_ins(), planted(asked.mutant):
        for seed, said in sorted(tried.broken)[:_SHOWN]:
            _say(f"\nseed {seed}: {said}\n  again: scripts/simulate{mutant} --replay {seed}")
            _say(f"  short: scripts/simulate{mutant} --trace '{shrunk(schedule_of(seed)).encode()}'")
    return 1 if tried.broken else 0


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="scripts/simulate", description=__doc__)
    parser.add_argument("--schedules", type=int, default=20_000, metavar="N", help="how many [20000]")
    parser.add_argument(
        "--seed", type=int, default=0, metavar="S", help="of the first; the next ones follow [0]"
    )
    cores = len(os.sched_getaffinity(0))
    parser.add_argument("--jobs", type=int, default=cores, metavar="J", help=f"processes [{cores}]")
    parser.add_argument("--replay", type=int, metavar="SEED", help="play one schedule, and tell it")
    parser.add_argument(
        "--trace", default="", metavar="JSON", help="play one that was made short, and tell it"
    )
    parser.add_argument(
        "--mutant", default="", choices=["", *MUTANTS], metavar="NAME", help="plant a bug first"
    )
    return parser


def _replay(schedule: Schedule) -> int:
    """Tell one schedule: what it says, what happened, what it broke."""
    rough = "rough" if schedule.rough else "calm"
    _say(f"seed {schedule.seed}, {rough}, begins {schedule.began or 'empty'}")
    _say(f"config {schedule.config}, shots {schedule.letters}")
    for number, act in enumerate(schedule.acts):
        said = "; ".join((f"{act.what} {act.on} {act.number}, turns {act.turns}", *map(_fault, act.faults)))
        _say(f"  {number}: {said}")
    outcome = Simulation(schedule).run()
    _say("\n".join(outcome.log))
    _say("\n".join(outcome.broken) or "nothing was broken")
    return 1 if outcome.broken else 0


def _fault(fault: Fault) -> str:
    long = f" of {fault.seconds} s" if fault.seconds else ""
    return f"{fault.what}{long} {'after' if fault.after else 'before'} {fault.port} {fault.nth}"


def _play(seeds: range, jobs: int, mutant: str) -> Iterator[Tried]:
    chunks = [(seeds[i : i + _CHUNK], mutant) for i in range(0, len(seeds), _CHUNK)]
    if jobs == 1:
        with stand_ins():
            yield from map(_some, chunks)
        return
    with multiprocessing.get_context("fork").Pool(
        jobs, _prepare, maxtasksperchild=_CHUNKS_OF_A_PROCESS
    ) as pool:
        yield from pool.imap_unordered(_some, chunks)


_kept = contextlib.ExitStack()  # of a process that only simulates


def _prepare() -> None:
    _kept.enter_context(stand_ins())
    gc.freeze()


def _some(chunk: tuple[range, str]) -> Tried:
    seeds, mutant = chunk
    tried = Tried()
    gc.disable()  # what a schedule leaves behind goes at the end of a chunk
    with planted(mutant):
        for number, seed in enumerate(seeds):
            outcome = Simulation(schedule_of(seed)).run()
            tried.count += 1
            tried.tally.update(outcome.tally)
            tried.broken += [(seed, said) for said in outcome.broken[:1]]
            if number % 50 == 49:
                gc.collect()
                gc.freeze()  # what is remembered is not looked at again
    return tried


def _progress(tried: Tried, wanted: int, seconds: float) -> None:
    if sys.stderr.isatty():
        rate, end = tried.count / max(seconds, 0.1), "\n" if tried.count == wanted else "\r"
        sys.stderr.write(f"{tried.count} of {wanted}, {rate:.0f} a second, {len(tried.broken)} broken{end}")


def _told(tried: Tried, seconds: float) -> str:
    """What was tried: how often each act, fault, move and reason came up."""
    lines = []
    for kind, names in groupby(sorted(tried.tally), key=lambda name: name.partition(":")[0]):
        counts = ", ".join(f"{name.partition(': ')[2] or name} {tried.tally[name]}" for name in names)
        lines.append(f"{kind}: {counts}" if ": " in counts or kind not in counts else counts)
    rules = Counter(said.partition(":")[0] for _, said in tried.broken)
    lines.append(f"{tried.count} schedules in {seconds:.0f} s, {len(tried.broken)} of them broke a rule")
    lines += [f"  {rule}: {count}" for rule, count in rules.most_common()]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
