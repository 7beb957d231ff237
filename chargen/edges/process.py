"""Who we are among the processes of this machine, and whether another one still lives."""

from __future__ import annotations

import os
import secrets
import socket
from pathlib import Path

from chargen.core.submission import Owner


def host_name() -> str:
    """This machine's name."""
    return socket.gethostname()


def boot_id() -> str:
    """
    This boot of this machine, and the pid namespace that our process ids count in; empty where the system cannot say.

    Two containers share a boot, and a pid of one means nothing in the other.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        return f"{boot}/{Path('/proc/self/ns/pid').readlink()}"
    except OSError:  # pragma: no cover  # not Linux
        return ""


def is_alive(pid: int) -> bool:
    """Whether a process of this machine runs; one that has ended and only waits to be reaped does not."""
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    try:
        status = Path(f"/proc/{pid}/stat").read_bytes()
    except OSError:  # pragma: no cover  # not Linux, or it ended this moment
        return True
    return not status.rpartition(b")")[2].lstrip().startswith(b"Z")


def nonce() -> str:
    """A word nobody else has."""
    return secrets.token_hex(8)


def this_process(run_url: str = "") -> Owner:
    """Us, as the owner of what we claim: a new nonce with each call."""
    return Owner(nonce(), host_name(), boot_id(), os.getpid(), run_url)


def is_gone(owner: Owner) -> bool:
    """Whether an owner was a process of this machine and boot that has ended; elsewhere only its lease can tell."""
    return _is_here(owner) and not is_alive(owner.pid)


def is_at_work(owner: Owner) -> bool:
    """Whether an owner is a process of this machine and boot that runs; of one elsewhere nobody here can tell."""
    return _is_here(owner) and is_alive(owner.pid)


def _is_here(owner: Owner) -> bool:
    return owner.pid > 0 and (owner.host, owner.boot) == (host_name(), boot_id())
