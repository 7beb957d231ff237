"""What memoryquill pictures are called: by their own ids, never by their place, and told apart where two have one name."""

from __future__ import annotations

import itertools
import json
import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.address import PART
from tests.memoryquill import MILL, ODO_IDEAS, addresses, chapter, findings, mill, odo
from tests.worlds import shots_of, world_of

if TYPE_CHECKING:
    from tests.worlds import Files


def zones(*items: str) -> Files:
    """A location of these zones, each a flow mapping."""
    return mill("zones:\n" + "".join(f"  - {{{item}}}\n" for item in items))


def by_words(files: Files) -> dict[str, str]:
    """Each subject's address."""
    return {str(found.ir.sections["subject"]["text"]): str(at) for at, found in shots_of(files).items()}


HAY, OATS, RYE = (
    "slug: loft, description: hay",
    "slug: loft, description: oats",
    "slug: loft, description: rye",
)


def test_two_of_one_name_are_told_apart_and_reported_at_both() -> None:
    found = by_words(zones(HAY, OATS))

    assert all(re.fullmatch("location/mill/loft-[0-9a-f]{6}/main", name) for name in found.values())
    assert len(set(found.values())) == 2
    assert findings(zones(HAY, OATS)) == [
        f"{MILL}:{line}:5: warning: zone 'loft' is there twice (also on line {7 - line}): this one is called "
        f"{found[words].split('/')[2]} (give each its own slug, title or custom_id)"
        for line, words in ((3, "hay"), (4, "oats"))
    ]


def test_neither_their_order_nor_a_third_changes_what_they_are_called() -> None:
    two = by_words(zones(HAY, OATS))

    for order in itertools.permutations((HAY, OATS, RYE)):
        assert by_words(zones(*order)).items() >= two.items()


def test_those_of_the_same_words_are_told_apart_by_the_rest() -> None:
    one, other = f"{HAY}, scene_mood: calm", f"{HAY}, scene_mood: grim"

    def moods(files: Files) -> dict[str, str]:
        return {found.ir.sections["mood"]["name"]: str(at) for at, found in shots_of(files).items()}

    assert moods(zones(one, other)) == moods(zones(other, one))
    assert len(set(moods(zones(one, other)).values())) == 2


def test_a_picture_that_was_made_keeps_its_name() -> None:
    plain, made = HAY, f"{HAY}, generated_at: '2026-11-23', file_path: a.png, provider_metadata: {{a: b}}"
    other = f"{HAY}, scene_mood: grim"

    assert addresses(zones(plain, other)) == addresses(zones(made, other))


def test_identical_twins_are_two_shots() -> None:
    found = addresses(zones(HAY, HAY))

    assert found[1] == found[0].replace("/main", "-2/main")


def test_a_name_that_another_has_already_is_not_given() -> None:
    name = by_words(zones(HAY, OATS))["hay"].split("/")[2]

    assert len(set(addresses(zones(HAY, OATS, f"slug: {name}, description: x")))) == 3


def test_an_overview_and_a_zone_called_overview_are_told_apart() -> None:
    files = mill("overview: {description: all}\nzones: [{slug: overview, description: a model of it}]\n")

    assert len(set(addresses(files))) == 2


def test_names_that_meet_only_as_slugs_are_told_apart() -> None:
    assert (
        len(set(addresses(zones("title: The Loft!, description: a", "slug: the-loft, description: b")))) == 2
    )


def test_scenes_of_one_title_get_custom_ids_of_their_own() -> None:
    files = odo(
        ideas="scenes:\n- {title: Rest, scene: a}\n- {title: Rest, scene: b}\n- {title: Work, scene: c}\n"
    )
    own = {str(shot.address).split("/")[2]: shot.own_id for shot in world_of(files).shots()}

    assert own == {name: f"odo-{name}" for name in own}
    assert len(set(own.values())) == 3
    assert [found.split(": ")[0] for found in findings(files)] == [f"{ODO_IDEAS}:2:3", f"{ODO_IDEAS}:3:3"]


def test_a_picture_that_nothing_describes_takes_no_name_away() -> None:
    assert addresses(zones(HAY, "slug: loft")) == ["location/mill/loft/main"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("mill-loft", "loft"),
        ("mill", "mill"),
        ("mill-", "mill-"),
        ("mill--loft", "loft"),
        ("mill-_loft", "loft"),
        ("Mill Loft", "loft"),
        ("millet-field", "millet-field"),
        ("Fähre & Kahn", "fahre-kahn"),
        ("'7'", "7"),
        ("7", "7"),
    ],
)
def test_an_id_is_a_part_of_an_address_without_the_entitys_slug(said: str, name: str) -> None:
    assert addresses(zones(f"slug: {said}, description: x")) == [f"location/mill/{name}/main"]


def test_an_id_that_is_too_long_is_cut_with_a_digest_and_stays_told_from_another() -> None:
    long = "the-" * 30
    found = addresses(zones(f"slug: {long}a, description: x", f"slug: {long}b, description: y"))

    assert len(set(found)) == 2
    assert all(len(name.split("/")[2]) <= 63 for name in found)


def test_two_long_ids_of_one_name_are_told_apart_within_the_length() -> None:
    long = "the-" * 15 + "end"
    found = addresses(
        zones(
            f"slug: {long}, description: x", f"slug: {long}, description: x", f"slug: {long}, description: y"
        )
    )

    assert len(set(found)) == 3
    assert all(PART.fullmatch(part) for name in found for part in name.split("/"))


@given(
    st.lists(
        st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=90),
        min_size=1,
        max_size=5,
    ),
    st.randoms(),
)
def test_whatever_they_are_called_every_picture_has_an_address_of_its_own_in_any_order(
    names: list[str], random: object
) -> None:
    items = [
        {"custom_id": name, "scene_id": "s", "description": f"picture {i}"} for i, name in enumerate(names)
    ]

    def of(order: list[dict[str, str]]) -> dict[str, str]:
        return by_words(chapter("images: " + json.dumps(order, ensure_ascii=True) + "\n"))

    found = of(items)
    random.shuffle(items)  # type: ignore[attr-defined]

    assert of(items) == found
    assert len(set(found.values())) == len(names)
    assert all(PART.fullmatch(part) for name in found.values() for part in name.split("/"))
