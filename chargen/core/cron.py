"""How often a cron line fires, for telling a schedule that has died from one that is slow. Pure."""

from __future__ import annotations

import itertools
import re
from datetime import date, timedelta
from typing import Final

_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_NAMES: Final = "jan feb mar apr may jun jul aug sep oct nov dec", "sun mon tue wed thu fri sat"
_PART: Final = re.compile(r"(?:\*|(\d+)(?:-(\d+))?)(?:/(\d+))?")
_FROM: Final = date(2024, 1, 1)  # a leap year: 29 February fires too
_DAYS: Final = 800


def longest_pause(line: str) -> timedelta | None:
    """The longest time between two firings of `minute hour day month weekday`; None for what is no such line."""
    fields = line.lower().split()
    if len(fields) != len(_RANGES):
        return None
    sets = [_field(_numbered(text, at), *_RANGES[at]) for at, text in enumerate(fields)]
    if not all(sets):
        return None
    minutes, hours, days, months, weekdays = sets
    moments = [timedelta(hours=hour, minutes=minute) for hour in sorted(hours) for minute in sorted(minutes)]
    free = fields[2].startswith("*"), fields[4].startswith("*")
    firing = [
        day
        for day in (_FROM + timedelta(days=number) for number in range(_DAYS))
        if day.month in months and _is_day(day, days, weekdays, free)
    ]
    within = [later - earlier for earlier, later in itertools.pairwise(moments)]
    over = moments[0] - moments[-1]
    between = [later - earlier + over for earlier, later in itertools.pairwise(firing)]
    return max([*within, *between]) if between else None


def _is_day(day: date, days: set[int], weekdays: set[int], free: tuple[bool, bool]) -> bool:
    """Where day and weekday are both narrowed, either will do (POSIX crontab)."""
    by_day, by_weekday = day.day in days, bool({day.isoweekday() % 7, day.isoweekday()} & weekdays)
    return (by_day and by_weekday) if any(free) else (by_day or by_weekday)


def _numbered(text: str, at: int) -> str:
    """Months and weekdays as numbers, where they are written as words."""
    if at < 3:
        return text
    first = 1 if at == 3 else 0
    for number, name in enumerate(_NAMES[at - 3].split(), first):
        text = text.replace(name, str(number))
    return text


def _field(text: str, low: int, high: int) -> set[int]:
    """The numbers a field stands for; none for what is no field."""
    found: set[int] = set()
    for part in text.split(","):
        match = _PART.fullmatch(part)
        if not match:
            return set()
        first, last, step = match.groups()
        start = low if first is None else int(first)
        end = int(last) if last else high if first is None or step else start
        found.update(range(start, end + 1, max(1, int(step or 1))))
    return found if found and low <= min(found) and max(found) <= high else set()
