"""The small world read fast is the world that the real steps read."""

from __future__ import annotations

import pytest

from chargen.core.digest import sha256
from chargen.core.row import write_digests
from chargen.dialects.row_edit import RowEdit
from chargen.dialects.splice import splice
from chargen.pipeline.compile import compile_world
from chargen.pipeline.discover import discover
from tests.fakes import FakeTree
from tests.simulation.tree import CHAIN, MIRA, PIER, Repository, decode, first_files, splice_plainly, world_of
from tests.worlds import a_picture

CONFIG = {"provider": {"mode": "batch"}, "limits": {"retries": 1}}
LETTERS = {"wide": "A", "near": "B", "far": "AL", "face": "B2", "twin": "B"}
IMAGE = "locations/pier/images/dawn.wide.png"


def accepted() -> dict[str, bytes]:
    """The world once the first shot of the chain has its picture."""
    files, picture = first_files(CONFIG, LETTERS), a_picture()
    _, shots = world_of(files, "first")
    shot = next(item for address, item in shots.items() if address.shot == "wide")
    row = {
        "custom_id": shot.address.job_id(1),
        "file_path": "images/dawn.wide.png",
        "sha256": sha256(picture),
        "prompt_hash": shot.prompt_hash,
        "digests": write_digests(shot.ask()),
        "model": shot.provider.model,
        "size": "1K",
        "aspect_ratio": "16:9",
    }
    edit = RowEdit(at=shot.shot.at, row=row)
    text = splice_plainly(files[PIER].decode(), [edit], path=PIER).text
    return {**files, PIER: text.encode(), IMAGE: picture}


@pytest.mark.parametrize("files", [first_files(CONFIG, LETTERS), accepted()], ids=["first", "accepted"])
def test_what_is_remembered_of_words_and_what_is_laid_on_top_is_what_the_steps_read(
    files: dict[str, bytes],
) -> None:
    real = discover(FakeTree(files))
    expected = compile_world(real)

    world, shots = world_of(files, real.digest)

    assert [*shots] == [*expected]
    for address, shot in expected.items():
        assert (shots[address].ask(), shots[address].wishes()) == (shot.ask(), shot.wishes())
        assert (shots[address].shot.rows, shots[address].shot.at) == (shot.shot.rows, shot.shot.at)
        assert shots[address].status == shot.status
    assert world.digests[PIER] == real.digests[PIER]
    assert world.picture(IMAGE).sha256 == real.picture(IMAGE).sha256


def test_a_plain_splice_says_what_the_real_one_says() -> None:
    files = first_files(CONFIG, LETTERS)
    _, shots = world_of(files, "")
    edits = [
        RowEdit(at=shot.shot.at, row={"custom_id": address.job_id(1)})
        for address, shot in shots.items()
        if address.shot in CHAIN
    ]

    plain = splice_plainly(files[PIER].decode(), edits, path=PIER).text

    assert decode(plain) == decode(splice(files[PIER].decode(), edits, path=PIER).text)


def test_a_merge_takes_what_either_side_changed() -> None:
    files = first_files(CONFIG, LETTERS)
    repository = Repository(files)
    other = first_files(CONFIG, {**LETTERS, "twin": "E"})
    ours = repository.commit((repository.base,), {**files, PIER: accepted()[PIER]}, human=True)
    theirs = repository.commit((repository.base,), {**files, MIRA: other[MIRA]}, human=True)

    assert repository.merged(ours, theirs) == {**files, PIER: ours.files[PIER], MIRA: other[MIRA]}


def test_a_merge_of_two_wordings_conflicts() -> None:
    files = first_files(CONFIG, LETTERS)
    repository = Repository(files)
    sides = [
        repository.commit((repository.base,), first_files(CONFIG, {**LETTERS, "wide": letter}), human=True)
        for letter in "BC"
    ]

    assert repository.merged(*sides) is None
