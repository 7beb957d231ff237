"""What is shown of two lists or two long texts: all that differs, and no wall of what does not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.contrast import contrast_lists, contrast_texts

ITEMS = st.lists(st.sampled_from("abc"), max_size=6)


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("abc", "abd", (("c", "d"), "2 more as before")),
        ("ab", "abc", ((None, "c"), "2 more as before")),
        ("abc", "b", (("a; c", None), "1 more as before")),
        ("aab", "ab", (("a", None), "2 more as before")),
        ("ab", "cd", (("a; b", "c; d"), "")),
        ("ab", "ba", (("a; b", "b; a"), "in another order")),
    ],
)
def test_of_a_list_what_differs_is_shown_and_the_rest_counted(old: str, new: str, shown: object) -> None:
    assert contrast_lists(list(old), list(new)) == shown


@given(ITEMS, ITEMS)
def test_what_is_shown_and_what_is_counted_are_the_whole_list(old: list[str], new: list[str]) -> None:
    (went, came), rest = contrast_lists(old, new)

    if rest != "in another order":
        same = int(rest.split()[0]) if rest else 0
        assert [len(text.split("; ")) if text else 0 for text in (went, came)] == [
            len(old) - same,
            len(new) - same,
        ]


def test_a_short_text_is_shown_whole_and_a_long_one_where_it_differs() -> None:
    words = " ".join(f"word{i}" for i in range(200))

    old, new = contrast_texts(words, words.replace("word100", "another"))

    assert contrast_texts("a still sea", "a wild sea") == ("a still sea", "a wild sea")
    assert old is not None
    assert new is not None
    assert (old[:2], old[-2:], len(old) < 200) == ("… ", " …", True)
    assert old.replace("word100", "another") == new
    assert "word99 another word101" in new


@given(st.text("ab ", max_size=400), st.text("xy ", max_size=20), st.text("ab ", max_size=400))
def test_what_differs_is_never_cut(before: str, middle: str, behind: str) -> None:
    shown = contrast_texts(before + behind, before + middle + behind)[1]

    assert shown is not None
    assert middle.strip() in shown
