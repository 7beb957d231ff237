"""Pictures into the tree, then their rows: only over bytes of our own, again the same, one file's trouble its own."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.books import Books, Candidate, Decision
from chargen.core.digest import sha256, short
from chargen.core.plan import Options
from chargen.core.submission import State
from chargen.dialects.yaml_text import read_yaml
from chargen.errors import WorkFailed
from chargen.pipeline.apply import Applied, apply
from chargen.pipeline.compile import compile_world
from chargen.pipeline.discover import discover
from chargen.pipeline.plan import make_plan
from tests.fakes import FakeFiles, FakePictures, FakeTree
from tests.worlds import (
    PIER,
    WIDE,
    a_picture,
    a_request,
    a_submission,
    an_outcome,
    books_of,
    one_shot,
    shot_of,
    shots_of,
    whys,
)

if TYPE_CHECKING:
    from chargen.core.submission import Submission

IMAGE = "locations/pier/images/dawn.wide.png"
V1 = "location.pier.dawn.wide.v1"


@dataclass
class Place:
    """A world's files, the books about it, and the pictures that are kept."""

    files: FakeFiles
    books: Books
    kept: dict[str, bytes] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def fetch(self, candidate: Candidate) -> bytes:
        self.fetched.append(candidate.job_id)
        try:
            return self.kept[candidate.outcome.sha256]
        except KeyError:
            raise FileNotFoundError(candidate.job_id) from None

    def go(self, *addresses: str) -> Applied:
        world = discover(FakeTree(self.files.contents))
        shots = compile_world(world)
        wanted = [item for item in shots if not addresses or str(item) in addresses]
        return apply(
            world, shots, self.books, wanted, files=self.files, pictures=FakePictures(), fetch=self.fetch
        )

    def whys(self) -> dict[str, str]:
        world = discover(FakeTree(self.files.contents))
        return whys(make_plan(world, compile_world(world), self.books, Options(), version="1"))

    def rows(self, *path: Any) -> Any:
        data = read_yaml(self.files.contents[PIER], path=PIER).data
        return data["scenes"][0]["shots"][0].get("generated_images")


def bought(
    text: str, *pictures: bytes, config: str = "", stored: bool = False, **request: Any
) -> tuple[Place, list[Submission]]:
    """A world of one shot, and pictures that were paid for it, oldest first."""
    files = {PIER: text.encode()} | ({"chargen.yaml": config.encode()} if config else {})
    shot = shot_of({path: data.decode() for path, data in files.items()})
    submissions = [
        a_submission(a_request(shot, outcome=an_outcome(picture=data), **request), number=n)
        for n, data in enumerate(pictures, start=1)
    ]
    kept = {sha256(data): data for data in pictures}
    return Place(FakeFiles(files), books_of(*submissions), kept), submissions


def test_a_picture_and_its_row_come_into_the_tree() -> None:
    text = "# mine\n" + one_shot("title: The  pier\n")
    place, (submission,) = bought(text, a_picture())
    shot = shot_of({PIER: text})

    found = place.go()

    assert found.problems == []
    assert place.files.contents[IMAGE] == a_picture()
    assert place.files.writes == [IMAGE, PIER], "the picture first, then the row that names it"
    (row,) = place.rows()
    assert row == {
        "custom_id": V1,
        "file_path": "images/dawn.wide.png",
        "file_name": "dawn.wide.png",
        "title": "The pier",
        "sha256": sha256(a_picture()),
        "prompt_hash": shot.prompt_hash,
        "digests": f"1 source:{short(shot.source_digest)} {' '.join(shot.sections)}",
        "generated_at": "2026-11-23T04:12:09Z",
        "provider": "google",
        "model": "gemini-nano-banana-2.1",
        "size": "1K",
        "aspect_ratio": "16:9",
        "run_id": "run-001",
        "provider_metadata": {
            "mode": "batch",
            "batch": "batches/1",
            "request_hash": submission.requests[0].request_hash,
            "cost_usd": "0.02",
        },
    }
    assert place.files.contents[PIER].decode().startswith(text.rstrip("\n")), (
        "not a byte of the writer's changed"
    )
    assert place.whys() == {V1: "skip: unchanged"}


def test_again_is_nothing_to_do() -> None:
    place, _ = bought(one_shot(), a_picture())
    place.go()
    before, place.files.writes, place.fetched = dict(place.files.contents), [], []

    found = place.go()

    assert (found.changes, found.problems) == ([], [])
    assert (place.files.writes, place.fetched) == ([], [])
    assert place.files.contents == before


def test_a_row_keeps_its_references_and_the_reviewer_s_note() -> None:
    files: dict[str, Any] = {
        PIER: one_shot("references: [{id: o, path: images/o.png, role: place}]\n"),
        "locations/pier/images/o.png": a_picture("o"),
    }
    shot = shot_of(files)
    request = a_request(shot, outcome=an_outcome(), order="x", note="less fog")
    place = Place(
        FakeFiles({path: data.encode() if isinstance(data, str) else data for path, data in files.items()}),
        books_of(a_submission(request)),
        {sha256(a_picture()): a_picture()},
    )

    place.go()

    (row,) = place.rows()
    assert row["revision_notes"] == "less fog"
    assert row["digests"].endswith(f" references:o={short(sha256(a_picture('o')))}")
    assert place.whys() == {V1: "skip: unchanged"}


def test_what_policy_asks_for_is_in_the_row() -> None:
    words = "alt_text: a pier\ntags: [cast, sea]\n"
    place, _ = bought(one_shot(words), a_picture(), config="rows: [prompt_used, alt_text, tags]")

    place.go()

    (row,) = place.rows()
    assert (row["alt_text"], row["tags"]) == ("a pier", ["cast", "sea"])
    assert "Subject: the whole pier" in row["prompt_used"]


@pytest.mark.parametrize(("format_", "extension"), [("webp", "webp"), ("jpeg", "jpg")])
def test_a_world_may_store_another_format(format_: str, extension: str) -> None:
    place, _ = bought(one_shot(), a_picture(), config=f"storage: {{format: {format_}}}")

    place.go()

    (row,) = place.rows()
    stored = place.files.contents[f"locations/pier/images/dawn.wide.{extension}"]
    assert row["file_path"] == f"images/dawn.wide.{extension}"
    assert row["sha256"] == sha256(stored) != sha256(a_picture())
    assert place.go().changes == []
    assert place.whys() == {V1: "skip: unchanged"}


# ---- whose bytes lie there ------------------------------------------------------------------------------------------


def test_a_new_picture_replaces_our_old_one_and_its_row() -> None:
    place, _ = bought(one_shot("mood: calm\n"), a_picture("calm"))
    place.go()
    text = place.files.contents[PIER].decode().replace("mood: calm", "mood: dark")
    place.files.contents[PIER] = text.encode()
    new = a_request(shot_of({PIER: text}), outcome=an_outcome(picture=a_picture("dark")), variant=2)
    place.books = books_of(*place.books.submissions.values(), a_submission(new, number=2))
    place.kept[sha256(a_picture("dark"))] = a_picture("dark")

    found = place.go()

    assert place.files.contents[IMAGE] == a_picture("dark"), "at the same path, so that a review can compare"
    (row,) = place.rows()
    assert row["custom_id"] == "location.pier.dawn.wide.v2"
    assert [item.outcome.sha256 for item in found.stale] == [], "the one that was shown is not named"


def test_a_retouched_picture_is_never_overwritten() -> None:
    place, _ = bought(one_shot("mood: calm\n"), a_picture("calm"))
    place.go()
    text = place.files.contents[PIER].decode().replace("mood: calm", "mood: dark")
    new = a_request(shot_of({PIER: text}), outcome=an_outcome(picture=a_picture("dark")))
    place.files.contents |= {PIER: text.encode(), IMAGE: a_picture("retouched")}
    place.books = books_of(*place.books.submissions.values(), a_submission(new, number=2))
    place.kept[sha256(a_picture("dark"))] = a_picture("dark")
    before = dict(place.files.contents)

    found = place.go()

    assert place.files.contents == before
    (problem,) = found.problems
    assert str(problem).startswith(f"{IMAGE}: a picture that is not chargen's lies where")


def test_a_file_of_the_writer_s_is_never_overwritten() -> None:
    place, _ = bought(one_shot(), a_picture())
    place.files.contents[IMAGE] = a_picture("the writer's own")
    before = dict(place.files.contents)

    found = place.go()

    assert place.files.contents == before
    assert len(found.problems) == 1


def test_a_run_that_died_between_picture_and_row_is_finished() -> None:
    place, _ = bought(one_shot(), a_picture())
    place.files.contents[IMAGE] = a_picture()

    found = place.go()

    assert found.problems == []
    assert len(place.rows()) == 1


def test_a_deleted_picture_is_put_back() -> None:
    place, _ = bought(one_shot(), a_picture())
    place.go()
    del place.files.contents[IMAGE]
    text = place.files.contents[PIER]

    place.go()

    assert place.files.contents[IMAGE] == a_picture()
    assert place.files.contents[PIER] == text


def test_a_deleted_picture_that_answers_no_longer_is_not_put_back() -> None:
    place, _ = bought(one_shot("mood: calm\n"), a_picture())
    place.go()
    del place.files.contents[IMAGE]
    place.files.contents[PIER] = place.files.contents[PIER].replace(b"mood: calm", b"mood: dark")

    found = place.go()

    assert IMAGE not in place.files.contents
    assert found.changes == []


# ---- what is not applied --------------------------------------------------------------------------------------------


def test_a_picture_for_older_words_is_named_stale_and_stays_out() -> None:
    place, _ = bought(one_shot("mood: calm\n"), a_picture())
    place.files.contents[PIER] = one_shot("mood: dark\n").encode()

    found = place.go()

    assert [item.job_id for item in found.stale] == [V1]
    assert found.changes == []
    assert IMAGE not in place.files.contents


@pytest.mark.parametrize(
    "words", ["status: paused\n", "status: locked\n", "references: [{path: gone.png, must_match: true}]\n"]
)
def test_a_shot_that_is_held_or_wrong_is_left_alone(words: str) -> None:
    place, _ = bought(one_shot(words), a_picture())

    assert place.go().changes == []


def test_a_shot_locked_on_the_books_is_left_alone() -> None:
    place, _ = bought(one_shot(), a_picture())
    place.books = replace(place.books, decisions={WIDE: Decision(WIDE, locked=True)})

    assert place.go().changes == []


def test_a_rejected_picture_is_not_applied() -> None:
    place, _ = bought(one_shot(), a_picture())
    place.books = replace(place.books, decisions={WIDE: Decision(WIDE, rejected=(sha256(a_picture()),))})

    assert place.go().changes == []


def test_only_what_is_asked_for_is_applied() -> None:
    place, _ = bought(one_shot(), a_picture())

    assert place.go("location/pier/dawn/another").changes == []
    assert len(place.go(WIDE).changes) == 1


# ---- trouble --------------------------------------------------------------------------------------------------------


def test_a_kept_picture_that_was_damaged_is_not_applied() -> None:
    place, _ = bought(one_shot(), a_picture())
    place.kept[sha256(a_picture())] = a_picture("damaged")

    (problem,) = place.go().problems

    assert "damaged" in str(problem)
    assert IMAGE not in place.files.contents


def test_a_picture_that_is_not_kept_here_is_a_problem_of_its_own() -> None:
    place, _ = bought(one_shot(), a_picture())
    place.kept.clear()

    (problem,) = place.go().problems

    assert str(problem) == f"{WIDE}: {V1}"


def two_files() -> Place:
    texts = {
        PIER: one_shot(),
        "characters/mara/imagery.yaml": "kind: character\nscenes:\n- id: p\n  subject: her\n",
    }
    found = shots_of(texts)
    requests = [
        a_request(shot, outcome=an_outcome(picture=a_picture(address))) for address, shot in found.items()
    ]
    return Place(
        FakeFiles({path: text.encode() for path, text in texts.items()}),
        books_of(a_submission(*requests)),
        {sha256(a_picture(address)): a_picture(address) for address in found},
    )


def test_a_full_disk_at_one_file_leaves_the_others() -> None:
    place = two_files()
    place.files.full = {IMAGE: WorkFailed("No space left on device")}

    found = place.go()

    assert [str(problem) for problem in found.problems] == ["No space left on device"]
    assert [str(change.shot.address) for change in found.changes] == ["character/mara/p/main"]
    assert place.files.contents[PIER] == one_shot().encode(), "no row for a picture that is not there"
    place.files.full = {}
    assert [str(change.shot.address) for change in place.go().changes] == [WIDE]


def test_a_file_that_vanished_meanwhile_leaves_the_others() -> None:
    place = two_files()
    read = place.files.read

    def vanished(path: str) -> bytes:
        if path == PIER:
            raise FileNotFoundError(2, "No such file or directory", path)
        return read(path)

    object.__setattr__(place.files, "read", vanished)
    found = place.go()

    assert len(found.problems) == 1
    assert [str(change.shot.address) for change in found.changes] == ["character/mara/p/main"]


def test_a_file_the_writer_saves_meanwhile_gets_its_rows_the_next_time() -> None:
    """Its shots may have moved: a row must not land at the one that stands there now."""
    place = two_files()
    moved = one_shot().replace("    shots:\n", "    shots:\n      - {id: first, subject: a rope}\n").encode()
    fetch = place.fetch

    def saving(candidate: Candidate) -> bytes:
        place.files.contents[PIER] = moved
        return fetch(candidate)

    object.__setattr__(place, "fetch", saving)
    found = place.go()

    assert [problem.whole for problem in found.problems] == [
        (
            f"{PIER}: the file was edited while its pictures were fetched. "
            "the pictures are kept: chargen batch apply brings them"
        )
    ]
    assert [str(change.shot.address) for change in found.changes] == ["character/mara/p/main"]
    assert place.files.contents[PIER] == moved
    assert [str(change.shot.address) for change in place.go().changes] == [WIDE]
    assert read_yaml(place.files.contents[PIER], path=PIER).data["scenes"][0]["shots"][0].keys() == {
        "id",
        "subject",
    }


def test_what_the_writer_saves_while_pictures_are_written_is_not_written_over() -> None:
    place, _ = bought(one_shot(), a_picture())
    write = place.files.write

    def saving(path: str, data: bytes) -> None:
        write(path, data)
        place.files.contents[PIER] += b"# mine\n"

    object.__setattr__(place.files, "write", saving)
    found = place.go()

    assert [problem.message for problem in found.problems] == [
        "the file was edited while its pictures were fetched"
    ]
    assert place.files.contents[PIER] == f"{one_shot()}# mine\n".encode()


def test_a_row_of_somebody_else_stays() -> None:
    foreign = "generated_images:\n  - {custom_id: mine, file_path: old.png, note: keep}\n"
    place, _ = bought(one_shot(foreign), a_picture())

    place.go()

    assert [row["custom_id"] for row in place.rows()] == ["mine", V1] or [
        row["custom_id"] for row in place.rows()
    ] == [V1, "mine"]
    assert place.whys() == {V1: "skip: unchanged"}


def test_an_outcome_of_a_fenced_submission_is_not_named_stale() -> None:
    place, (submission,) = bought(one_shot("mood: calm\n"), a_picture())
    place.files.contents[PIER] = one_shot("mood: dark\n").encode()
    place.books = books_of(replace(submission, state=State.FENCED))

    assert place.go().stale == []
