"""`match`: whether a picture that was paid for still answers a shot. A false no pays again, a false yes shows the wrong thing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chargen.core.digest import Ask, Difference, ReferenceDigest, differences, match

SECTIONS = ("11111111", "22222222", "33333333", "44444444", "55555555", "66666666")
HERO = ReferenceDigest("veyra/sheet", "character", "sha256:" + "a" * 64, "fit1536")
PLACE = ReferenceDigest("overview", "place", "sha256:" + "b" * 64, "fit1536")
WANTED = Ask(
    prompt_hash="sha256:" + "1" * 64,
    source="sha256:" + "2" * 64,
    epoch=7,
    sections=SECTIONS,
    references=(HERO, PLACE),
    aspect_ratio="16:9",
    provider={"model": "new", "size": "1K"},
)
OTHER = "sha256:" + "9" * 64


def test_the_same_matches() -> None:
    assert match(WANTED, replace(WANTED))


@pytest.mark.parametrize(
    ("epoch", "prompt", "source", "expected"),
    [
        (7, WANTED.prompt_hash, WANTED.source, True),
        (7, WANTED.prompt_hash, OTHER, True),  # a word of the source that compiles to nothing
        (7, OTHER, WANTED.source, False),  # one compiler does not say two things of one source
        (7, OTHER, OTHER, False),
        (6, OTHER, WANTED.source, True),  # a new compiler re-bills nobody
        (8, OTHER, WANTED.source, True),  # nor does an older one
        (6, OTHER, OTHER, False),
        (6, WANTED.prompt_hash, OTHER, True),
        (0, OTHER, "", False),  # a row without digests
    ],
)
def test_the_prompt_answers_by_its_hash_or_by_its_source_from_another_epoch(
    epoch: int, prompt: str, source: str, *, expected: bool
) -> None:
    recorded = replace(WANTED, epoch=epoch, prompt_hash=prompt, source=source)

    assert match(WANTED, recorded) is expected


def test_what_a_row_keeps_short_matches_as_well() -> None:
    row = replace(
        WANTED,
        source=WANTED.source[7:15],
        references=tuple(ReferenceDigest(item.id, "", item.sha256[7:15]) for item in (HERO, PLACE)),
    )

    assert match(WANTED, row)
    assert match(WANTED, replace(row, epoch=6, prompt_hash=OTHER))
    assert not match(WANTED, replace(row, epoch=6, prompt_hash=OTHER, source="99999999"))


@pytest.mark.parametrize(
    ("references", "named"),
    [
        ((HERO,), ("overview",)),  # one more now
        ((HERO, PLACE, ReferenceDigest("gone", "place", OTHER)), ("gone",)),
        ((HERO, replace(PLACE, sha256=OTHER)), ("overview",)),
        ((HERO, replace(PLACE, sha256="")), ("overview",)),  # unknown is not the same
        ((HERO, replace(PLACE, role="style")), ("overview",)),
        (
            (replace(HERO, sha256=PLACE.sha256), replace(PLACE, sha256=HERO.sha256)),
            ("veyra/sheet", "overview"),
        ),
        ((), ("veyra/sheet", "overview")),
    ],
)
def test_references_answer_by_id_bytes_and_role(
    references: tuple[ReferenceDigest, ...], named: tuple[str, ...]
) -> None:
    assert differences(WANTED, replace(WANTED, references=references)) == (Difference("reference", named),)


def test_another_aspect_ratio_is_another_picture() -> None:
    found = differences(WANTED, replace(WANTED, aspect_ratio="1:1"))

    assert found == (Difference("aspect", ("1:1", "16:9")),)


def test_a_new_model_or_size_asks_for_nothing_unless_the_world_says_so() -> None:
    recorded = replace(WANTED, provider={"model": "old", "size": "2K"})

    assert match(WANTED, recorded)
    assert differences(WANTED, recorded, ["model"]) == (Difference("model", ("old", "new")),)
    assert differences(WANTED, recorded, ["size"]) == (Difference("size", ("2K", "1K")),)
    assert match(WANTED, replace(WANTED), ["model", "size"])


def test_changed_sections_are_named_where_they_were_kept() -> None:
    changed = ("11111111", "2222222x", "33333333", "44444444", "5555555x", "66666666")
    recorded = replace(WANTED, prompt_hash=OTHER, sections=changed)

    assert differences(WANTED, recorded) == (Difference("prompt", ("setting", "continuity")),)
    assert differences(WANTED, replace(recorded, sections=changed[:5])) == (Difference("prompt", ()),)


def test_everything_that_differs_is_told() -> None:
    recorded = replace(
        WANTED, prompt_hash=OTHER, references=(HERO,), aspect_ratio="1:1", provider={"model": "old"}
    )

    assert [item.what for item in differences(WANTED, recorded, ["model", "size"])] == [
        "prompt",
        "reference",
        "aspect",
        "model",
        "size",
    ]
