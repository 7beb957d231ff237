"""Numbers with their nouns. Pure."""

from __future__ import annotations


def counted(number: int, noun: str, plural: str = "") -> str:
    """`1 request`, `2 requests`, `3 batches`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def lasting(seconds: float) -> str:
    """`40 s`, `12 min`, `3 h 20 min`, `2 days 4 h`: as much of a time as a person wants to hear."""
    whole = max(0, int(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, hours = whole // 60 % 60, whole // 3600
    if hours < 1:
        return f"{minutes} min"
    if hours < 48:
        return f"{hours} h {minutes} min" if minutes else f"{hours} h"
    return f"{hours // 24} days {hours % 24} h" if hours % 24 else f"{hours // 24} days"
