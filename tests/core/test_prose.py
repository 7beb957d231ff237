"""How much prose reaches a prompt, what of it is in a digest, and names that no file has."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from chargen.core.prose import within_budget
from tests.worlds import PIER, Files, one_shot, plan_of, shot_of, world_of

MARA = "characters/mara/imagery.yaml"
HER = "kind: character\nscenes: [{id: p, subject: her}]\n"
PROFILE = """\
---
age: 58
---
# Look

A grey braid, an oilskin coat, and salt in every seam.

# Secrets

Never told.
"""


def files(context: str, profile: str = PROFILE) -> dict[str, Any]:
    return {
        "chargen.yaml": f"context: {{character: {context}}}",
        MARA: HER,
        "characters/mara/profile.md": profile,
    }


def digests(context: str, profile: str = PROFILE) -> tuple[str, str]:
    shot = shot_of(files(context, profile), "character/mara/p/main")
    return shot.source_digest, shot.prompt_hash


def warnings(these: Files) -> list[str]:
    return [
        f"{found.place}: {found.rule}: {found.message} ({found.hint})" for found in world_of(these).problems
    ]


def test_a_typo_beyond_the_budget_is_in_no_digest() -> None:
    context = "{sections: [Look], budget: 20}"

    assert digests(context) == digests(context, PROFILE.replace("seam", "saem"))
    assert digests(context) != digests(context, PROFILE.replace("grey", "white"))


def test_what_is_left_out_whole_is_in_no_digest_either() -> None:
    context = "{front_matter: [age], sections: [Look, Secrets], budget: 20}"
    shot = shot_of(files(context), "character/mara/p/main")

    assert digests(context) == digests(context, PROFILE.replace("Never", "Often"))
    assert (
        shot.source.data["canon"]["prose"]
        == [
            {"name": "age", "text": "58"},
            {"name": "Look", "text": "A grey braid, an"},
            {"name": "Secrets", "text": ""},
        ][:2]
    )
    assert [(cut.name, cut.kept, cut.length) for cut in shot.ir.trimmed] == [
        ("Look", 16, 54),
        ("Secrets", 0, 11),
    ]
    assert [str(shot.source.origin(cut.source)) for cut in shot.ir.trimmed] == [
        "Origin(file='characters/mara/profile.md', path=(), line=4)",
        "Origin(file='characters/mara/profile.md', path=(), line=8)",
    ]


def test_prose_within_its_budget_has_the_source_digest_it_always_had() -> None:
    source, prompt = digests("{sections: [Look]}")

    assert (source[:23], prompt[:23]) == ("sha256:d22c87cde235dbbd", "sha256:017050a2141ea8e7")
    assert digests("{sections: [Look], budget: 54}") == (source, prompt)
    assert digests("{sections: [Look]}", PROFILE.replace(", and", ",\nand")) == (source, prompt)


def test_prose_of_a_character_in_the_picture_is_cut_to_the_budget_of_characters() -> None:
    other = {**files("{sections: [Look], budget: 12}"), PIER: one_shot("characters: [mara]\n")}

    shot = shot_of(other)

    assert shot.source.data["characters"][0]["canon"]["prose"] == [{"name": "Look", "text": "A grey"}]
    assert [(cut.name, cut.kept, cut.length) for cut in shot.ir.trimmed] == [("Look", 6, 54)]


@given(st.lists(st.text(max_size=30), max_size=4), st.integers(-2, 60))
def test_a_budget_is_kept_and_keeping_it_twice_changes_nothing(texts: list[str], budget: int) -> None:
    kept = within_budget(texts, budget)

    assert sum(len(" ".join(text.split())) for text in kept) <= max(budget, 0)
    assert within_budget(kept, budget) == kept


def test_a_change_of_prose_that_nothing_names_plans_to_nothing() -> None:
    """Not even the digest of the tree moves: the file is not read."""
    told = {MARA: HER, "characters/mara/profile.md": PROFILE}

    assert plan_of(told) == plan_of({**told, "characters/mara/profile.md": "# Look\n\nBald.\n"})


def test_a_change_beside_what_is_named_asks_for_nothing_new() -> None:
    context = "{sections: [Look], front_matter: [age]}"
    before, after = (
        plan_of(files(context, profile)).items
        for profile in (PROFILE, PROFILE.replace("Never told.", "Told."))
    )

    assert [item.request_hash for item in before] == [item.request_hash for item in after]


def test_a_section_that_no_file_has_is_told_once_with_the_nearest() -> None:
    two = {**files("{sections: [Looks, Look], front_matter: [aeg]}"), "characters/ode/imagery.yaml": HER}

    assert warnings(two) == [
        "chargen.yaml:1:34: unknown-section: no character has a section 'Looks' (did you mean 'Look'?)",
        "chargen.yaml:1:63: unknown-front-matter: no character has 'aeg' in its front matter (did you mean 'age'?)",
    ]


def test_a_section_that_one_of_them_has_is_known_though_it_says_nothing() -> None:
    two = {**files("{sections: [secrets]}", "# Secrets\n"), "characters/ode/imagery.yaml": HER}

    assert warnings(two) == []


def test_where_no_file_is_named_so_that_is_what_is_said() -> None:
    (said,) = warnings(files("{sections: [Look], files: [bio.md, '*.txt']}"))

    assert said == (
        "chargen.yaml:1:34: unknown-section: no character has a section 'Look' "
        "(no file beside the imagery.yaml of a character that is named bio.md, *.txt has any)"
    )


def test_a_kind_that_is_not_there_misses_nothing() -> None:
    assert warnings({"chargen.yaml": "context: {chapter: {sections: [Look]}}", MARA: HER}) == []


def test_nothing_follows_what_was_cut() -> None:
    """What would be left of the budget is less than a sentence of the next text."""
    assert within_budget(["the hat is red and wide", "In a red coat of his father"], 20) == [
        "the hat is red and",
        "",
    ]
