"""The time that leases and months go by: Gemini's, where this machine's clock is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chargen.commands.telling import say
from chargen.core.checkup import CLOCK_WARNING_S
from chargen.core.counted import lasting

if TYPE_CHECKING:
    from chargen.commands.wiring import Session

_OFF: Final = timedelta(seconds=CLOCK_WARNING_S)


def keep_time(session: Session) -> None:
    """
    Ask Gemini for the time, once a command, and go by it where our clock is more than a minute off.

    With a wrong clock a lease of somebody at work looks lapsed, and our own looks so to everybody else. Where nobody tells
    the time, ours is what there is.
    """
    from chargen.commands.reaching import server_time

    clock = session.clock
    if clock.checked or not session.environment.gemini_api_key:
        return
    told = server_time(session.environment)
    if told is None:
        return
    ahead = clock.now() - told
    clock.checked = True
    if abs(ahead) > _OFF:
        clock.ahead = ahead
        which = "ahead of" if ahead > timedelta(0) else "behind"
        off = lasting(abs(ahead).total_seconds())
        say(
            f"this machine's clock is {off} {which} Gemini's: what is booked goes by Gemini's; set the clock right"
        )
