"""Between plan and execute: reference bytes as they were planned, and shards by model, count and bytes."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.world_config import Limits
from chargen.errors import ConfigurationError, StalePlan
from chargen.pipeline.prepare import write_shards
from tests.worlds import PIER, a_picture, one_shot

if TYPE_CHECKING:
    from chargen.core.work import Work
    from tests.pipeline.conftest import Office

OVERVIEW = "locations/pier/images/o.png"
REFERENCE: dict[str, Any] = {
    PIER: one_shot("references: [{id: o, path: images/o.png, role: place}]\n"),
    OVERVIEW: a_picture("overview"),
}


def sharded(office: Office, work: tuple[Work, ...], *, most: int = 99, first: int = 0, **limits: Any) -> Any:
    """Job ids by shard, and those left."""
    shards, left = write_shards(
        work, office.images, office.run, Limits().model_copy(update=limits), first=first, most=most
    )
    return [[item.job_id[-2:] for item in shard.work] for shard in shards], [
        item.job_id[-2:] for item in left
    ]


def five(office: Office) -> tuple[Work, ...]:
    return office.work({PIER: one_shot("variants: 5\n")})


# ---- shards ---------------------------------------------------------------------------------------------------------


def test_a_shard_is_one_line_a_request(office: Office) -> None:
    work = office.work(REFERENCE)
    office.files.contents[OVERVIEW] = a_picture("overview")

    ((shard,), _) = write_shards(work, office.images, office.run, Limits(), first=7, most=99)

    assert shard.path == office.run.shard(7)
    (line,) = map(json.loads, shard.path.read_bytes().splitlines())
    assert line["key"] == work[0].request.key
    label, image, prompt = line["request"]["contents"][0]["parts"]
    assert label == {"text": "Reference 1: place (o)"}
    assert base64.b64decode(image["inlineData"]["data"]) == b"fit " + a_picture("overview")
    assert prompt["text"] == work[0].shot.prompt()


def test_so_many_requests_a_batch(office: Office) -> None:
    assert sharded(office, five(office), requests_per_batch=2) == ([["v1", "v2"], ["v3", "v4"], ["v5"]], [])


def test_each_model_has_its_own_batches(office: Office) -> None:
    files: dict[str, Any] = {
        PIER: "kind: location\nslug: pier\nscenes: [{id: d, shots: ["
        "{id: v1, subject: a}, {id: v2, subject: b, model: gemini-3-pro-image}, {id: v3, subject: c}]}]"
    }
    work = office.work(files)

    shards, _ = write_shards(work, office.images, office.run, Limits(), first=0, most=99)

    assert [(shard.model, [item.job_id.split(".")[3] for item in shard.work]) for shard in shards] == [
        ("gemini-nano-banana-2.1", ["v1", "v3"]),
        ("gemini-3-pro-image", ["v2"]),
    ]


def test_no_batch_is_larger_than_so_many_bytes(office: Office) -> None:
    work = five(office)
    ((whole,), _) = write_shards(work, office.images, office.run, Limits(), first=0, most=99)
    line = len(whole.path.read_bytes().splitlines(keepends=True)[0])

    assert sharded(office, work, bytes_per_batch=2 * line) == ([["v1", "v2"], ["v3", "v4"], ["v5"]], [])
    assert sharded(office, work, bytes_per_batch=2 * line - 1)[0] == [["v1"], ["v2"], ["v3"], ["v4"], ["v5"]]
    assert sharded(office, work, bytes_per_batch=1)[0] == [["v1"], ["v2"], ["v3"], ["v4"], ["v5"]], (
        "one that is larger goes alone"
    )
    assert [office.run.shard(n).read_bytes().count(b"\n") for n in range(5)] == [1] * 5


def test_what_no_open_batch_is_left_for_waits(office: Office) -> None:
    assert sharded(office, five(office), requests_per_batch=2, most=1) == ([["v1", "v2"]], ["v3", "v4", "v5"])
    assert sharded(office, five(office), most=0) == ([], ["v1", "v2", "v3", "v4", "v5"])
    assert sharded(office, five(office), most=-3)[0] == []


def test_what_expired_goes_in_halves_apart_from_the_rest(office: Office) -> None:
    v1, v2, v3, v4, v5 = five(office)
    expired = tuple(replace(item, expired="one") for item in (v1, v2, v3))

    assert sharded(office, (*expired, v4, v5)) == ([["v1", "v2"], ["v3"], ["v4", "v5"]], [])


def test_two_batches_that_expired_are_halved_each_by_itself(office: Office) -> None:
    v1, v2, v3, v4, v5 = five(office)
    one = (replace(item, expired="one") for item in (v1, v2))
    other = (replace(item, expired="other") for item in (v3, v4))

    assert sharded(office, (*one, *other, v5)) == ([["v1"], ["v2"], ["v3"], ["v4"], ["v5"]], [])


# ---- references -----------------------------------------------------------------------------------------------------


def test_a_reference_is_read_once_a_run(office: Office) -> None:
    (work,) = office.work(REFERENCE)
    office.files.contents[OVERVIEW] = a_picture("overview")
    images = office.images

    first = images.of(work)
    del office.files.contents[OVERVIEW]

    assert images.of(work) == first
    assert [(image.role, image.id, image.mime) for image in first] == [("place", "o", "image/png")]


def test_the_memory_for_references_is_bounded(office: Office) -> None:
    from chargen.pipeline import prepare

    (work,) = office.work(REFERENCE)
    office.files.contents[OVERVIEW] = a_picture("overview")
    images = office.images
    (sent,) = work.shot.references
    other = replace(sent, path="other.png", sha256="sha256:" + "0" * 64)
    images._keep(other.sha256, "image/png", "x" * prepare._CACHE_BYTES)

    images.of(work)

    assert list(images._cache) == [sent.sha256]
    assert images._held == len(images._cache[sent.sha256][1])


def test_a_reference_that_changed_since_the_plan_is_a_stale_plan(office: Office) -> None:
    (work,) = office.work(REFERENCE)
    office.files.contents[OVERVIEW] = a_picture("another")

    with pytest.raises(StalePlan, match=r"images/o\.png: the reference picture changed"):
        office.images.of(work)


def test_a_reference_that_is_gone_is_a_stale_plan(office: Office) -> None:
    (work,) = office.work(REFERENCE)

    with pytest.raises(StalePlan, match="gone"):
        office.images.of(work)


def test_an_lfs_pointer_cannot_be_sent(office: Office) -> None:
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'a' * 64}\nsize 12\n".encode()
    (work,) = office.work({**REFERENCE, OVERVIEW: pointer})
    office.files.contents[OVERVIEW] = pointer

    with pytest.raises(ConfigurationError, match="only an LFS pointer") as error:
        office.images.of(work)

    assert "git lfs pull" in error.value.hint


def test_a_reference_that_does_not_decode_cannot_be_sent(office: Office) -> None:
    broken = b"\x89PNG\r\n\x1a\nbroken"
    (work,) = office.work({**REFERENCE, OVERVIEW: broken})
    office.files.contents[OVERVIEW] = broken

    with pytest.raises(ConfigurationError, match="cannot be read: no picture of ours"):
        office.images.of(work)
