"""Which pictures are sent along, in which order, and what stands in their way."""

from __future__ import annotations

from typing import Any

import pytest

from tests.worlds import PIER, PNG, WIDE, a_picture, one_shot, row_of, shot_of, shots_of

MARA = """\
    kind: character
    references:
      - {id: face, path: face.png, must_match: true}
      - {id: coat, path: coat.png, must_match: true}
      - {id: other, path: other.png}
    scenes: [{id: p, subject: her}]
"""
PICTURES = {
    path: a_picture(path)
    for path in (
        "style.png",
        "locations/pier/own.png",
        "locations/pier/scene.png",
        "locations/pier/entity.png",
        "locations/bay/bay.png",
        "characters/mara/face.png",
        "characters/mara/coat.png",
        "characters/mara/other.png",
    )
}
BAY = "kind: location\nreferences: [{id: bay, path: bay.png, must_match: true}]\nscenes: []\n"
ALL: dict[str, Any] = {
    **PICTURES,
    "chargen.yaml": "style: {references: [{id: style, path: style.png}]}",
    "characters/mara/imagery.yaml": MARA,
    "locations/bay/imagery.yaml": BAY,
    PIER: one_shot(
        "characters: [mara]\nlocation: bay\nreferences: [{path: own.png}]\n",
        scene="references: [{path: scene.png}]\n",
        entity="references: [{path: entity.png}]\n",
    ),
}


def ids(files: Any, address: str = WIDE) -> list[str]:
    return [sent.used.id for sent in shot_of(files, address).references]


def problems(files: Any) -> list[str]:
    return [str(problem) for problem in shots_of(files)[WIDE].problems]


def test_the_order_of_references_is_fixed() -> None:
    assert ids(ALL) == ["mara/face", "mara/coat", "style.1", "style.2", "style.3", "bay/bay", "style"]
    assert [item["id"] for item in shot_of(ALL).ir.sections["references"]] == ids(ALL)


def test_of_two_with_one_name_the_nearest_is_sent() -> None:
    files = {**ALL, PIER: ALL[PIER].replace("{path: entity.png}", "{id: style, path: entity.png}")}

    assert ids(files) == ["mara/face", "mara/coat", "style.1", "style.2", "style", "bay/bay"]
    assert shot_of(files).references[4].path == "locations/pier/entity.png"


def test_a_file_that_is_renamed_is_the_same_reference() -> None:
    files = {**ALL, PIER: ALL[PIER].replace("own.png", "renamed.png")}
    files["locations/pier/renamed.png"] = PICTURES["locations/pier/own.png"]

    assert shot_of(files).request_hash(1) == shot_of(ALL).request_hash(1)


def test_a_picture_named_twice_is_sent_once() -> None:
    files = {**ALL, PIER: ALL[PIER].replace("{path: entity.png}", "{id: again, path: ./own.png}")}

    assert ids(files) == ["mara/face", "mara/coat", "style.1", "style.2", "bay/bay", "style"]


def test_more_than_the_model_takes_is_an_error_and_no_guess() -> None:
    words = "references: [" + ", ".join(f"{{id: r{n}, path: own.png?{n}}}" for n in range(16)) + "]\n"
    files: dict[str, Any] = {PIER: one_shot(words)}
    files |= {f"locations/pier/own.png?{n}": a_picture(str(n)) for n in range(16)}

    shot = shot_of(files)

    assert shot.obstacle is not None
    assert shot.obstacle.message == "16 references, but gemini-nano-banana-2.1 takes 14"


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("{path: gone.png, must_match: true}", "{place}: error: reference 'gone.png': no such file"),
        (
            "{path: ../../../etc/x.png}",
            "{place}: error: reference '../../../etc/x.png': leads out of the world",
        ),
        ("{path: /etc/x.png}", "{place}: error: reference '/etc/x.png': leads out of the world"),
        (
            "{path: notes.md}",
            "{place}: error: reference 'notes.md': not an image (PNG, JPEG and WebP are read)",
        ),
        ("{path: a.png, ref: location/x/y/z}", "a reference names either a path or a ref"),
        ("{id: nothing}", "a reference names either a path or a ref"),
        ("{ref: location/pier/dawn}", "'location/pier/dawn' is not an address"),
        (
            "{ref: location/pear, must_match: true}",
            "no location/pear in this world (did you mean 'location/pier'?)",
        ),
        (
            "{ref: location/pier/dawn/wider, must_match: true}",
            "no shot location/pier/dawn/wider in this world (did you mean 'location/pier/dawn/wide'?)",
        ),
        ("{ref: location/pier/dawn/wide}", "location/pier/dawn/wide refers to itself"),
    ],
)
def test_what_stands_in_the_way_is_an_error_with_its_place(reference: str, said: str) -> None:
    files = {PIER: one_shot(f"references: [{reference}]\n"), "locations/pier/notes.md": "words"}

    (problem,) = problems(files)

    assert problem.startswith(f"{PIER}:8:")
    assert said.replace("{place}", problem.split(": ")[0]) in problem
    assert shot_of(files).obstacle is not None


@pytest.mark.parametrize(
    ("reference", "said"),
    [
        ("{path: gone.png}", "reference 'gone.png': no such file: made without it (check the path"),
        (
            "{ref: location/pier/dawn/wider}",
            "no shot location/pier/dawn/wider in this world: made without it (did you mean 'location/pier/dawn/wide'?)",
        ),
        ("{ref: location/pear}", "no location/pear in this world (did you mean 'location/pier'?)"),
        ("{ref: location/pier}", "location/pier has no reference picture of its own: made without it"),
    ],
)
def test_a_dangling_reference_that_need_not_match_is_a_warning_and_left_out(
    reference: str, said: str
) -> None:
    files = {PIER: one_shot(f"references: [{reference}]\n")}

    (problem,) = problems(files)

    assert problem.startswith(f"{PIER}:8:")
    assert f": warning: {said}" in problem
    shot = shot_of(files)
    assert shot.obstacle is None
    assert shot.references == ()
    assert shot.prompt_hash == shot_of({PIER: one_shot("")}).prompt_hash


def test_an_entity_stands_for_its_must_match_pictures() -> None:
    mara = "kind: character\nreferences: [{id: face, path: face.png, role: person, must_match: true}, {path: coat.png}]\n"
    files: dict[str, Any] = {
        "characters/mara/imagery.yaml": mara,
        "characters/mara/face.png": PNG,
        "characters/mara/coat.png": PNG,
        PIER: one_shot("references: [{ref: character/mara, note: her boat}]\n"),
    }

    (sent,) = shot_of(files).references

    assert (sent.path, sent.used.id, sent.used.note) == ("characters/mara/face.png", "mara/face", "her boat")
    assert not sent.used.must_match
    assert sent.used.role == "person"


@pytest.mark.parametrize(
    "error", [PermissionError(13, "Permission denied"), IsADirectoryError(21, "Is a directory")]
)
def test_a_reference_that_cannot_be_read_is_an_error_too(error: OSError) -> None:
    (problem,) = problems({PIER: one_shot("references: [{path: o.png}]\n"), "locations/pier/o.png": error})

    assert str(error.strerror) in problem


def test_a_reference_to_another_shot_is_its_accepted_picture() -> None:
    def world(row: str) -> dict[str, Any]:
        return {
            PIER: one_shot(row),
            "chapters/one/imagery.yaml": f"kind: chapter\nscenes: [{{id: s, subject: x, references: [{{ref: {WIDE}}}]}}]",
            "locations/pier/images/dawn.wide.png": a_picture(),
        }

    bare = shot_of(world(""), "chapter/one/s/main")
    shown = shot_of(world(row_of(shot_of(world("")), a_picture())), "chapter/one/s/main")

    assert not bare.complete
    assert bare.obstacle is None, "it waits; that is no error"
    assert shown.complete
    assert (
        shown.references[0].sha256
        == shot_of(
            {
                PIER: one_shot("references: [{path: images/dawn.wide.png}]\n"),
                "locations/pier/images/dawn.wide.png": a_picture(),
            }
        )
        .references[0]
        .sha256
    )
    assert bare.prompt_hash == shown.prompt_hash, "the picture is in the request, not in the words"


def test_a_pointer_counts_as_the_picture_it_stands_for() -> None:
    digest = "a" * 64
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize 12\n"

    shot = shot_of({PIER: one_shot("references: [{path: o.png}]\n"), "locations/pier/o.png": pointer})

    assert shot.references[0].sha256 == f"sha256:{digest}"
    assert shot.obstacle is None
    assert [problem.message for problem in shot.problems] == [
        "reference 'o.png' is only a Git LFS pointer here"
    ]


@pytest.mark.parametrize("must", ["", ", must_match: true"])
def test_a_shot_that_cannot_be_made_is_not_said_to_be_missing(must: str) -> None:
    mill = "entity_type: location\nzones:\n- slug: loft\n"
    files = {"locations/mill/imagery.yaml": mill}
    files[PIER] = one_shot(f"references: [{{ref: location/mill/loft/main{must}}}]\n")

    (told,) = problems(files)

    assert "error: location/mill/loft/main is wanted, and cannot be made: nothing describes this zone" in told
    assert told.endswith("(mend locations/mill/imagery.yaml:3:3 first)")
