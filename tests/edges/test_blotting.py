"""A secret that a service repeats is blotted out of its bytes, wherever it or a piece ends."""

from __future__ import annotations

import io
from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from chargen.edges.blotting import REDACTED, BlottedFile, Blotting

KEY = "AIza+some/word=nobody&else~has"


@given(st.lists(st.sampled_from(["x", "AIza", KEY, quote(KEY), quote(KEY, safe="")])), st.integers(1, 40))
def test_no_cut_saves_a_secret(parts: list[str], size: int) -> None:
    data = " ".join(parts).encode()
    pieces = [data[at : at + size] for at in range(0, len(data), size)]

    said = b"".join(Blotting(KEY).pieces(pieces))

    assert said.decode() == " ".join(REDACTED if len(part) > 4 else part for part in parts)


@given(st.binary(max_size=300), st.integers(1, 50))
def test_other_bytes_come_out_as_they_went_in(data: bytes, size: int) -> None:
    out = io.BytesIO()
    file = BlottedFile(out, KEY)

    written = [file.write(data[at : at + size]) for at in range(0, len(data), size)]
    file.finish()

    assert (sum(written), out.getvalue()) == (len(data), data)


def test_a_short_word_is_no_secret_as_a_picture_may_hold_it() -> None:
    assert Blotting("iVBORw0").whole(b"iVBORw0KGgo") == b"iVBORw0KGgo"
    assert Blotting("").whole(b"anything") == b"anything"
