"""What decides whether something is paid for again: literal digests that never change by themselves."""

from __future__ import annotations

import hashlib
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.digest import (
    SECTIONS,
    ReferenceDigest,
    canonical,
    canonical_json,
    prompt_hash,
    request_hash,
    same,
    section_digests,
    sha256,
    short,
    source_digest,
    submission_id,
)

IR: dict[str, Any] = {
    "subject": {"text": "the whole minehead, no people", "characters": [{"name": "Véyra"}]},
    "setting": {"text": "benched terraces"},
    "mood": {"name": "ominous", "palette": {"dominant": ["slate grey"]}},
    "composition": {"shot_type": "extreme-wide", "camera": {"angle": "low"}},
    "continuity": {"donts": ["green vegetation", "pristine surfaces"]},
    "references": [{"id": "overview", "role": "place", "must_match": True}],
}
PROVIDER = {
    "model": "gemini-nano-banana-2.1",
    "size": "1K",
    "aspect": "16:9",
    "safety": {"harassment": "off"},
    "seed": "variant",
    "variant": 1,
}
HERO = ReferenceDigest("veyra", "character", "sha256:" + "a" * 64, "fit1536")
PLACE = ReferenceDigest("overview", "place", "sha256:" + "b" * 64, "fit1536")


# ---- literal digests: when one of these fails, everybody is billed again ---------------------------------------------


def test_canonical_json_is_pinned() -> None:
    value: dict[str, Any] = {
        "b": ["zwei\n  Wörter ", None, "", [], {}],
        "a": {"leer": None, "x": 0, "nein": False},
        "ä": 'e\u0301 "quoted" \u2028 end',
    }

    assert (
        canonical_json(value)
        == '{"a":{"nein":false,"x":0},"b":["zwei Wörter"],"ä":"é \\"quoted\\" end"}'.encode()
    )


def test_the_prompt_hash_is_pinned() -> None:
    assert prompt_hash(IR) == "sha256:0fd826ab7046d408f9c2d73143ef49a291f04db32e1e2a2c874988293eab529f"


def test_the_source_digest_is_pinned() -> None:
    source = {"kind": "location", "shot": {"subject": "the whole minehead"}, "style": {"medium": "ink"}}

    assert source_digest(source) == "sha256:7e73c3da649cb5993b96bc36381d1f9fb3bb256804cdbb632f738ac29348e5ad"


def test_the_section_digests_are_pinned() -> None:
    assert section_digests(IR) == ("ceba63f8", "226b4d2b", "d3fd104f", "f177003c", "c1dd4359", "1d3032ff")


def test_the_request_hash_is_pinned() -> None:
    assert (
        request_hash(prompt_hash(IR), PROVIDER, [HERO, PLACE])
        == "sha256:73cd4601e9e40314d9894e605c6f82526c7a27ff1c27aa218ffe8634fe836496"
    )
    assert (
        request_hash(prompt_hash(IR), PROVIDER, [HERO, PLACE], note="less fog")
        == "sha256:6263f5144aa6d04f80219ea5094bbbbeea3d670954543d2cbeac1ae4c82a75cd"
    )


def test_the_submission_id_is_pinned() -> None:
    hashes = [f"sha256:{digit * 64}" for digit in "ba"]

    assert submission_id(hashes, 1) == "d0304eadce8763baff0a"
    assert submission_id(hashes[::-1], 1) == submission_id(hashes, 1)
    assert submission_id(hashes, 2) != submission_id(hashes, 1)


def test_a_hash_is_the_sha256_of_the_canonical_json() -> None:
    body = b'{"subject":{"text":"a pier"}}'

    assert prompt_hash({"subject": {"text": " a\npier "}}) == f"sha256:{hashlib.sha256(body).hexdigest()}"


# ---- what changes nothing, and what must ----------------------------------------------------------------------------

TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
LEAF = st.one_of(TEXT, st.integers(-9, 9), st.booleans(), st.none())
JSON = st.recursive(
    LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=8
)
RECORD = st.dictionaries(TEXT.filter(str.strip), JSON, max_size=4)


@given(RECORD, st.randoms(use_true_random=False))
def test_the_order_of_keys_changes_nothing(record: dict[str, Any], random: Any) -> None:
    def shuffled(value: Any) -> Any:
        if isinstance(value, dict):
            keys = list(value)
            random.shuffle(keys)
            return {key: shuffled(value[key]) for key in keys}
        return [shuffled(item) for item in value] if isinstance(value, list) else value

    assert source_digest(shuffled(record)) == source_digest(record)


@given(st.lists(TEXT, max_size=5), st.sampled_from([" ", "\n", "\n    ", "\t", " \r\n ", "\u00a0", "\u2028"]))
def test_rewrapping_a_text_changes_nothing(words: list[str], blank: str) -> None:
    assert prompt_hash({"subject": {"text": blank + blank.join(words) + blank}}) == prompt_hash(
        {"subject": {"text": " ".join(words)}}
    )


@given(TEXT, TEXT)
def test_the_spelling_of_accents_changes_nothing(key: str, text: str) -> None:
    composed, decomposed = (
        {unicodedata.normalize(form, key): unicodedata.normalize(form, text)} for form in ("NFC", "NFD")
    )

    assert canonical_json(composed) == canonical_json(decomposed)


@given(RECORD, st.sampled_from([None, "", "  \n", [], {}, [None, ""], {"deep": {"er": []}}]))
def test_a_new_field_that_says_nothing_changes_nothing(record: dict[str, Any], nothing: Any) -> None:
    more = {**record, "something new": nothing}
    record.pop("something new", None)

    assert source_digest(more) == source_digest(record)


@given(JSON)
def test_canonical_form_is_its_own_canonical_form(value: Any) -> None:
    assert canonical(canonical(value)) == canonical(value)


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    if isinstance(value, dict):
        return [leaf for key, item in value.items() for leaf in _leaves(item, (*path, key))]
    if isinstance(value, list):
        return [leaf for i, item in enumerate(value) for leaf in _leaves(item, (*path, i))]
    return [path]


def _changed(value: Any, path: tuple[Any, ...]) -> Any:
    if not path:
        return f"{value} changed"
    first, *rest = path
    if isinstance(value, dict):
        return {**value, first: _changed(value[first], tuple(rest))}
    return [_changed(item, tuple(rest)) if i == first else item for i, item in enumerate(value)]


@pytest.mark.parametrize("leaf", _leaves(IR), ids=str)
def test_every_word_counts(leaf: tuple[Any, ...]) -> None:
    changed = _changed(IR, leaf)

    assert prompt_hash(changed) != prompt_hash(IR)
    differ = [
        name for name, a, b in zip(SECTIONS, *map(section_digests, (IR, changed)), strict=True) if a != b
    ]
    assert differ == [leaf[0]]


@pytest.mark.parametrize("leaf", _leaves(PROVIDER), ids=str)
def test_every_setting_that_is_sent_is_in_the_request_hash(leaf: tuple[Any, ...]) -> None:
    assert request_hash("p", _changed(PROVIDER, leaf), []) != request_hash("p", PROVIDER, [])


def test_references_count_by_role_bytes_scale_and_order() -> None:
    sent = request_hash("p", PROVIDER, [HERO, PLACE])
    others = [
        [PLACE, HERO],
        [HERO],
        [HERO, ReferenceDigest("overview", "style", PLACE.sha256, "fit1536")],
        [HERO, ReferenceDigest("overview", "place", HERO.sha256, "fit1536")],
        [HERO, ReferenceDigest("overview", "place", PLACE.sha256, "fit2048")],
    ]

    assert len({sent, *(request_hash("p", PROVIDER, other) for other in others)}) == 6
    renamed = [HERO, ReferenceDigest("another id", "place", PLACE.sha256, "fit1536")]
    assert request_hash("p", PROVIDER, renamed) == sent, (
        "a reference's id is in the prompt, not in what is sent"
    )


def test_false_and_zero_are_said() -> None:
    assert canonical({"a": False, "b": 0, "c": None}) == {"a": False, "b": 0}


@pytest.mark.parametrize("value", [1.0, float("nan"), b"bytes", {1, 2}, object()])
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(TypeError, match="no canonical form"):
        canonical_json({"deep": [value]})


def test_an_ir_has_six_sections_and_no_more() -> None:
    assert SECTIONS == ("subject", "setting", "mood", "composition", "continuity", "references")
    with pytest.raises(ValueError, match="weather"):
        prompt_hash({**IR, "weather": {"rain": "yes"}})


# ---- short digests --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("sha256:" + "a" * 64, "sha256:" + "a" * 64, True),
        ("sha256:" + "a" * 64, "a" * 8, True),
        ("a" * 8, "sha256:" + "a" * 64, True),
        ("a" * 8, "a" * 8, True),
        ("sha256:" + "a" * 63 + "b", "sha256:" + "a" * 64, False),
        ("a" * 7 + "b", "sha256:" + "a" * 64, False),
        ("a" * 7, "a" * 7, False),  # too short to say anything
        ("", "sha256:" + "a" * 64, False),
        ("", "", False),
    ],
)
def test_digests_agree_as_far_as_the_shorter_one_goes(one: str, other: str, *, agree: bool) -> None:
    assert same(one, other) is agree


def test_a_short_digest_is_eight_digits_without_its_tag() -> None:
    assert short(sha256(b"")) == "e3b0c442"
