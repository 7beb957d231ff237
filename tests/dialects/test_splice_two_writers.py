"""
Two writers: rows are added on one copy of a file while its writer goes on with another.

The rows are spliced anew into the writer's text, wherever a shot stands by then; both are there.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargen.dialects.splice import RowEdit, outside, splice
from chargen.dialects.yaml_text import read_yaml
from tests.yaml_files import Writer
from tests.yaml_pieces import PLACEHOLDERS, WORDS

if TYPE_CHECKING:
    from collections.abc import Sequence

Image = tuple[int, int]  # its number, and the seed of its words


def image(number: int, seed: int) -> list[str]:
    """The lines of one wanted image, as the writer of this seed writes it."""
    chosen = random.Random(seed)
    writer = Writer(chosen.choice)
    writer.gap(2)
    fields = chosen.sample(WORDS, 2)
    writer.wanted(2, ("images", 0), f"custom_id: img-{number}", fields, tail=PLACEHOLDERS)
    return writer.lines


def chapter(prose: str, images: Sequence[Image], end: str) -> str:
    lines = ["shared: &shared a shared text", "look: &look {tone: dark}", f"thesis: {prose}", "images:"]
    for number, seed in images:
        lines += image(number, seed)
    return end.join([*lines, ""])


def row(number: int) -> dict[str, str]:
    return {"custom_id": f"img-{number}", "job_id": f"chapter.one.s.img-{number}.v1", "title": "its: title"}


def index_of(data: Any, number: int) -> int:
    return [image["custom_id"] for image in data["images"]].index(f"img-{number}")


def with_rows(text: str, numbers: Sequence[int]) -> str:
    """The text with a row for each of these images that it has; the bytes of its writer unchanged."""
    data = read_yaml(text, path="f.yaml").data
    known = {image["custom_id"] for image in data["images"]}
    edits = [
        RowEdit(("images", index_of(data, number)), row(number))
        for number in numbers
        if f"img-{number}" in known
    ]
    new = splice(text, edits, path="f.yaml")
    assert outside(text, new.old_spans) == outside(new.text, new.new_spans)
    return new.text


def images_of(text: str) -> dict[str, dict[str, Any]]:
    return {image["custom_id"]: image for image in read_yaml(text, path="f.yaml").data["images"]}


def without_ours(image: dict[str, Any]) -> dict[str, Any]:
    """What the writer says of an image: all but our rows, and no difference between no list and an empty one."""
    rows = [item for item in image.get("generated_images") or [] if "job_id" not in item]
    return {**image, "generated_images": rows}


SEEDS = st.integers(0, 10_000)
IMAGES = st.lists(
    st.tuples(st.integers(0, 6), SEEDS), min_size=1, max_size=5, unique_by=lambda image: image[0]
)


@given(IMAGES, st.data())
@settings(deadline=None, max_examples=100, suppress_health_check=list(HealthCheck))
def test_splicing_anew_gives_the_writer_s_words_and_the_rows(
    before: list[Image], data: st.DataObject
) -> None:
    """The writer edits prose and images, reorders, adds and deletes some."""
    rows = data.draw(st.lists(st.sampled_from([number for number, _ in before]), min_size=1, unique=True))
    kept = data.draw(st.permutations(before).map(lambda order: order[: len(before) - 1] or order))
    edited = [(number, data.draw(st.just(seed) | SEEDS)) for number, seed in kept]
    added = [(number + 10, seed) for number, seed in data.draw(IMAGES)]
    end = data.draw(st.sampled_from(["\n", "\r\n"]))
    branch = with_rows(chapter("a name", before, end), rows)
    theirs = chapter('"a home: # at last"', data.draw(st.permutations(edited + added)), end)

    both = with_rows(theirs, rows)

    on_branch, words = images_of(branch), images_of(theirs)
    for name, found in images_of(both).items():
        assert without_ours(found) == without_ours(words[name])
        ours = [item for item in found.get("generated_images") or [] if "job_id" in item]
        wanted = [item for item in on_branch.get(name, {}).get("generated_images") or [] if "job_id" in item]
        assert ours == wanted
    assert with_rows(both, rows) == both


def test_a_row_that_was_merged_moves_with_its_image_and_is_replaced_there() -> None:
    before = with_rows("images:\n- custom_id: img-1\n- custom_id: img-2\n", [1])
    moved = "images:\n- custom_id: img-2\n" + before[len("images:\n") : before.index("- custom_id: img-2")]

    new = splice(moved, [RowEdit(("images", 1), {**row(1), "title": "anew"})], path="f.yaml").text

    assert new == moved.replace('"its: title"', "anew")
    assert new.count("job_id") == 1
