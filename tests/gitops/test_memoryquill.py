"""A memoryquill world through the workflows: ordered on a push, proposed on review branches, merged, and then at rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chargen.dialects.yaml_text import read_yaml
from tests.commands.conftest import picture
from tests.memoryquill_world import EDDA, EDDA_IDEAS, FERRY, PORTRAIT

if TYPE_CHECKING:
    from tests.gitops.conftest import Town

RIVER, HER = "locations/ferry/imagery.yaml", "characters/edda-quill/imagery.yaml"


def test_rows_come_to_the_right_file_of_a_review_branch_and_a_merge_leaves_nothing_to_do(quay: Town) -> None:
    ideas = "characters/edda-quill/image-ideas.yaml"
    quay.writer.write(RIVER, FERRY)
    quay.writer.write(HER, EDDA)
    quay.writer.write(ideas, EDDA_IDEAS)
    quay.writer.write(PORTRAIT, picture("tan"))
    quay.push()

    assert quay.gitops("submit").code == 1  # one part that nothing describes
    quay.done("tick")
    branches = quay.open_pulls()

    river = read_yaml(quay.show(f"chargen/location/ferry.1:{RIVER}"), path=RIVER).data
    her = read_yaml(quay.show(f"chargen/character/edda-quill.1:{HER}"), path=HER).data
    assert sorted(branches) == [
        "chargen/character/edda-quill.1", "chargen/location/ferry.1", "chargen/location/quay.1"
    ]  # fmt: skip
    assert [row["custom_id"] for row in river["overview"]["generated_images"]] == ["ferry-overview"]
    assert [row["job_id"] for row in river["parts"][0]["generated_images"]] == [
        "location.ferry.the-rope.main.v1"
    ]
    assert len(her["generated_images"]) == 4
    assert quay.show(f"chargen/character/edda-quill.1:{ideas}") == EDDA_IDEAS.rstrip("\n")

    quay.merge_all()
    again = quay.gitops("submit")

    assert again.code == 1
    undescribed = "problem: locations/ferry/imagery.yaml:24:5: nothing describes this part, the-far-bank"
    assert set(quay.whys().values()) == {"unchanged", undescribed}
    quay.done("tick")
    assert quay.open_pulls() == {}
