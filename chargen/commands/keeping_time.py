"""The time that leases and months go by: Gemini's, where this machine's clock is wrong."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from chargen.commands.telling import say
from chargen.core.checkup import CLOCK_WARNING_S
from chargen.core.counted import lasting
from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from chargen.commands.wiring import Session

_OFF: Final = timedelta(seconds=CLOCK_WARNING_S)
_FAR_OFF: Final = timedelta(days=1)


def keep_time(session: Session) -> bool:
    """
    Ask Gemini for the time, once a command, and go by it where our clock is more than a minute off; whether it is vouched for.

    With a wrong clock a lease of somebody at work looks lapsed, and our own looks so to everybody else. Where nobody tells
    the time, ours is what there is. ConfigurationError when the two are more than a day apart: one of them is nobody's.
    """
    from chargen.commands.reaching import server_time

    clock = session.clock
    if clock.checked or not session.environment.gemini_api_key:
        return bool(clock.checked)
    told = server_time(session.environment)
    if told is None:
        return False
    ahead = clock.now() - told
    if abs(ahead) > _FAR_OFF:
        message = (
            f"this machine says it is {clock.now():%Y-%m-%d %H:%M} UTC, and Gemini {told:%Y-%m-%d %H:%M}"
        )
        hint = "nothing was booked: set the clock right, or look at what answers in Gemini's place"
        raise ConfigurationError(message, hint=hint)
    clock.checked = True
    if abs(ahead) > _OFF:
        clock.ahead = ahead
        which = "ahead of" if ahead > timedelta(0) else "behind"
        off = lasting(abs(ahead).total_seconds())
        say(
            f"this machine's clock is {off} {which} Gemini's: what is booked goes by Gemini's; set the clock right"
        )
    return True
