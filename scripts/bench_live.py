"""
How close a live run comes to the rate it is allowed, and whether it is ever over: seen by the server.

Plays `chargen batch run` as a process, with the real HTTP, books and files, against a service that takes 0.05 to 20 s.
Exits 1 when any sliding minute held more than was allowed, or less than 98 % of it was used.
"""

from __future__ import annotations

import argparse
import bisect
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from bench_service import Manner, serving

ENOUGH = 0.98
REPOSITORY = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Seen:
    """What one run looked like."""

    workers: int
    allowed: int
    arrivals: list[float]
    seconds: float
    peak_mb: float
    cpu_s: float

    @property
    def gaps(self) -> list[float]:
        """The time from each request to the one that is the limit's number later: under 60 s is over the limit."""
        return [
            later - first for first, later in zip(self.arrivals, self.arrivals[self.allowed :], strict=False)
        ]

    @property
    def achieved(self) -> float:
        """The rate that was held, of the rate that was allowed, over whole minutes' worth; 0 where there is none."""
        minutes = (len(self.arrivals) - 1) // self.allowed
        return 60 * minutes / (self.arrivals[minutes * self.allowed] - self.arrivals[0]) if minutes else 0.0

    @property
    def worst(self) -> int:
        """The most requests in any sliding minute."""
        return max(bisect.bisect_left(self.arrivals, first + 60) - i for i, first in enumerate(self.arrivals))


def main() -> int:
    """Measure, print, judge."""
    asked = _arguments()
    manner = Manner(
        asked.fastest, asked.slowest, asked.size, asked.failing / 100, asked.throttled / 100, asked.retry
    )
    print(
        f"answers take {manner.fastest_s:g} to {manner.slowest_s:g} s, {asked.size}; "
        f"{asked.failing:g} % fail and are asked again, {asked.throttled:g} % are throttled"
    )
    print("workers  allowed/min    sent  achieved  worst minute  closest      time  peak memory    cpu")
    good = True
    for workers in asked.workers or (1, 8, 50, 200):
        rate = asked.rate or max(1, round(workers * 60 / (manner.fastest_s + manner.slowest_s)))
        seen = measure(manner, workers, rate, asked.requests or round(rate * asked.minutes) + 1)
        good = told(seen) and good
    return 0 if good or asked.throttled else 1


def told(seen: Seen) -> bool:
    """Print one line; whether the limit was held and used."""
    over = seen.worst - seen.allowed
    closest = f"{min(seen.gaps):.2f} s" if seen.gaps else "-"
    print(
        f"{seen.workers:7}  {seen.allowed:11}  {len(seen.arrivals):6}  {seen.achieved:8.2%}  {seen.worst:12}"
        f"  {closest:>7}  {seen.seconds:6.0f} s  {seen.peak_mb:8.0f} MB  {seen.cpu_s:3.0f} s"
        + (f"  OVER by {over}" if over > 0 else ""),
        flush=True,
    )
    return over <= 0 and (not seen.gaps or seen.achieved >= ENOUGH)


def measure(manner: Manner, workers: int, rate: int, requests: int) -> Seen:
    """One live run of so many requests, in a world made for it."""
    with serving(manner) as service, tempfile.TemporaryDirectory(prefix="chargen-bench-") as folder:
        _write_world(Path(folder), requests, rate, manner.size)
        environment = {
            **os.environ,
            "GEMINI_API_KEY": "bench",
            "GOOGLE_GEMINI_BASE_URL": service.url,
            "PYTHONPATH": str(REPOSITORY),
        }
        command = [sys.executable, "-m", "chargen", "batch", "run", "--mode", "live", "--yes", "--local"]
        began = time.monotonic()
        process = subprocess.Popen(
            [*command, "--no-apply", "--quiet", "--root", folder, "--workers", str(workers)],
            env=environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        said = process.stderr.read() if process.stderr else b""
        _, _, used = os.wait4(process.pid, 0)
        arrivals = service.arrivals()
        if len(arrivals) < requests:
            raise SystemExit(f"only {len(arrivals)} requests came:\n{said.decode(errors='replace')}")
        seconds = time.monotonic() - began
        return Seen(workers, rate, arrivals, seconds, used.ru_maxrss / 1024, used.ru_utime + used.ru_stime)


def _write_world(root: Path, requests: int, rate: int, size: str) -> None:
    limits = f"{{requests_per_minute: {rate}, images_per_minute: {rate}, tokens_per_minute: 1000000000}}"
    (root / "chargen.yaml").write_text(
        f"provider: {{size: {size}, aspect_ratio: '1:1'}}\nlimits: {limits}\n"
        "budget: {run_usd: 1000000, month_usd: 1000000}\n"
    )
    place = root / "locations" / "quay"
    place.mkdir(parents=True)
    shots = "".join(f"  - {{id: hour-{i}, subject: view {i} of the quay}}\n" for i in range(requests))
    (place / "imagery.yaml").write_text(f"kind: location\nslug: quay\nscenes:\n{shots}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench live", description=__doc__)
    parser.add_argument(
        "--workers", type=int, action="append", help="may be given again; default: 1, 8, 50, 200"
    )
    parser.add_argument("--minutes", type=float, default=3.0, help="of requests at the full rate; default: 3")
    parser.add_argument(
        "--rate",
        type=int,
        help="a minute; default: half of what so many workers can do, so that the limit decides",
    )
    parser.add_argument("--requests", type=int, help="in place of --minutes")
    parser.add_argument("--fastest", type=float, default=0.05, help="answer, in seconds; default: 0.05")
    parser.add_argument("--slowest", type=float, default=20.0, help="answer, in seconds; default: 20")
    parser.add_argument("--size", default="1K", help="of the pictures: 1K, 2K, 4K")
    parser.add_argument("--failing", type=float, default=2.0, help="percent that answer 503; default: 2")
    parser.add_argument("--throttled", type=float, default=0.0, help="percent that answer 429; default: 0")
    parser.add_argument("--retry", type=float, default=7.0, help="seconds a 429 asks for; default: 7")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
