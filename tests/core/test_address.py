"""Names that last: addresses, job ids, slugs, and the globs that select them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chargen.core.address import PART, Address, parse_address, parse_job_id, selects, slugify

ONE = Address("location", "blackvein-lode", "minehead", "establishing")
NAMES = st.from_regex(PART, fullmatch=True)


@given(NAMES, NAMES, NAMES, NAMES, st.integers(1, 9999))
def test_names_come_back_as_they_went(kind: str, slug: str, scene: str, shot: str, variant: int) -> None:
    address = Address(kind, slug, scene, shot)

    assert parse_address(str(address)) == address
    assert parse_job_id(address.job_id(variant)) == (address, variant)


@pytest.mark.parametrize(
    "text", ["", "a/b/c", "a/b/c/d/e", "a/b//d", "A/b/c/d", "a/../c/d", "a/b/c/-d", "a/b/c/d\n", "a/b/c/d.e"]
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not an address"):
        parse_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "a.b.c.d", "a.b.c.d.v0", "a.b.c.d.v01", "a.b.c.d.1", "a.b.c.v1", "a.b.c.d.v12345", "a.b.c.d.v1\n"],
)
def test_what_is_no_job_id_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a"):
        parse_job_id(text)


@given(st.text(max_size=200))
def test_any_name_becomes_a_part_that_stays_itself(name: str) -> None:
    slug = slugify(name)

    assert PART.fullmatch(slug)
    assert slugify(slug) == slug


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("minehead", "minehead"),
        ("Ansa’s Hands", "ansas-hands"),
        ("Véyra_2 (Thornwake)", "veyra_2-thornwake"),
        ("-x-", "x"),
        ("../../etc", "etc"),
    ],
)
def test_a_name_is_slugged_as_people_expect(name: str, slug: str) -> None:
    assert slugify(name) == slug


def test_names_that_cannot_be_slugged_stay_apart() -> None:
    assert slugify("日本") != slugify("中国")
    assert slugify("x" * 100) != slugify("x" * 101)
    assert len(slugify("x" * 100)) == 63


@pytest.mark.parametrize(
    ("glob", "selected"),
    [
        ("location/blackvein-lode/minehead/establishing", True),
        ("location/blackvein-lode", True),
        ("location/blackvein-lode/", True),
        ("location", True),
        ("*", True),
        ("location/*/establishing", True),
        ("*/establishing", True),
        ("location/black", False),
        ("location/blackvein-lode/minehead/est", False),
        ("Location", False),
        ("character/*", False),
        ("", False),
    ],
)
def test_globs_select_addresses(glob: str, *, selected: bool) -> None:
    assert selects(glob, ONE) is selected


def test_a_picture_s_file_keeps_its_name() -> None:
    assert ONE.file_name("png") == "minehead.establishing.png"
    assert ONE.entity == "location/blackvein-lode"
