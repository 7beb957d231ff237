"""Memory of large things, such as pictures, back to the system as soon as it is let go of."""

from __future__ import annotations

import contextlib
import ctypes
from typing import Final

_MMAP_THRESHOLD: Final = -3  # glibc's M_MMAP_THRESHOLD
_LARGE: Final = 1 << 20


def give_back_large_pieces() -> None:
    """
    Have the C library map every megabyte and more by itself; where it is not glibc, nothing.

    By default glibc raises that threshold to what was freed last, and each thread's arena then keeps a picture's worth.
    """
    with contextlib.suppress(AttributeError, OSError, TypeError):
        ctypes.CDLL(None).mallopt(_MMAP_THRESHOLD, _LARGE)
