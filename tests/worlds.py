"""Small worlds from inline text, and books about them: builders with defaults for every test of core and pipeline."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import groupby
from textwrap import dedent, indent
from typing import TYPE_CHECKING, Any

from chargen.core.address import Address, parse_address
from chargen.core.books import Books, Decision, Order
from chargen.core.digest import sha256
from chargen.core.plan import Item, Options, Plan
from chargen.core.row import write_digests
from chargen.core.submission import Came, Outcome, Owner, Request, State, Submission
from chargen.pipeline.compile import compile_world
from chargen.pipeline.discover import discover
from chargen.pipeline.plan import make_plan
from tests.fakes import FakeTree

if TYPE_CHECKING:
    from chargen.core.compiled import CompiledShot
    from chargen.core.proposal import Proposal
    from chargen.core.world import World

Files = Mapping[str, str | bytes | Exception]
PNG = b"\x89PNG\r\n\x1a\n"
PIER = "locations/pier/imagery.yaml"
WIDE = "location/pier/dawn/wide"
SMALL = """\
    kind: location
    slug: pier
    scenes:
      - id: dawn
        shots:
          - id: wide
            subject: the whole pier
"""


def a_picture(name: str = "red", size: tuple[int, int] = (1376, 768)) -> bytes:
    """Bytes that `FakePictures` takes for a picture, and `sniff` for a PNG."""
    return PNG + f"{size[0]}x{size[1]} {name}".encode()


def tree_of(files: Files) -> FakeTree:
    """A tree; texts are dedented."""
    return FakeTree(
        {path: dedent(data).encode() if isinstance(data, str) else data for path, data in files.items()}
    )


def world_of(files: Files) -> World:
    """The world that a tree of texts describes."""
    return discover(tree_of(files))


def shots_of(files: Files) -> dict[str, CompiledShot]:
    """Every compiled shot by its address as text."""
    return {str(address): shot for address, shot in compile_world(world_of(files)).items()}


def shot_of(files: Files, address: str = WIDE) -> CompiledShot:
    """One compiled shot."""
    return shots_of(files)[address]


def one_shot(words: str = "", *, entity: str = "", scene: str = "") -> str:
    """imagery.yaml with the one shot `location/pier/dawn/wide`, and more lines for its three levels."""
    return (
        "kind: location\nslug: pier\n"
        + dedent(entity)
        + "scenes:\n  - id: dawn\n"
        + indent(dedent(scene), "    ")
        + "    shots:\n      - id: wide\n"
        + ("" if "subject:" in words else "        subject: the whole pier\n")
        + indent(dedent(words), "        ")
    )


def plan_of(files: Files, books: Books | None = None, **options: Any) -> Plan:
    """The plan for a world of texts."""
    world = world_of(files)
    return make_plan(world, compile_world(world), books or Books(), Options(**options), version="1")


def whys(plan: Plan) -> dict[str, str]:
    """Each job and what is done for it: `generate: new`."""
    return {item.job_id: f"{item.action}: {item.why}" for item in plan.items}


def item_of(plan: Plan, address: str = WIDE) -> Item:
    """The one item of a shot."""
    (item,) = (item for item in plan.items if str(item.address) == address)
    return item


def row_of(shot: CompiledShot, picture: bytes, *, variant: int = 1, **changes: Any) -> str:
    """`generated_images` with one row for a shot, as flow YAML, to be put into the shot's mapping."""
    ask = shot.ask()
    row = {
        "custom_id": shot.address.job_id(variant),
        "file_path": f"images/{shot.address.file_name('png')}",
        "sha256": sha256(picture),
        "prompt_hash": ask.prompt_hash,
        "digests": write_digests(ask),
        "model": ask.provider["model"],
        "size": ask.provider["size"],
        "aspect_ratio": ask.aspect_ratio,
    } | changes
    return (
        f"generated_images: [{json.dumps({key: value for key, value in row.items() if value is not None})}]\n"
    )


def made(words: str = "", picture: bytes | None = None, *, entity: str = "", **row: Any) -> dict[str, Any]:
    """The one-shot world with its row and its picture (none when `picture` is empty), as it lies after a run."""
    picture = a_picture() if picture is None else picture
    shot = shot_of({PIER: one_shot(words, entity=entity)})
    files: dict[str, Any] = {
        PIER: one_shot(words + row_of(shot, picture or a_picture(), **row), entity=entity)
    }
    if picture:
        files["locations/pier/images/dawn.wide.png"] = picture
    return files


def an_outcome(came: Came = Came.IMAGE, picture: bytes | None = None, **more: Any) -> Outcome:
    """What a request brought; a picture by default."""
    given: dict[str, Any] = {"cost_usd": Decimal("0.02"), "at": "2026-11-23T04:12:09Z"}
    if came is Came.IMAGE:
        given |= {"sha256": sha256(picture or a_picture()), "file": "a.png"}
    return Outcome(came, **given | more)


def a_request(shot: CompiledShot, *, variant: int = 1, **more: Any) -> Request:
    """What a submission holds of a shot's variant; nothing came of it yet unless `outcome` says so."""
    job_id = shot.address.job_id(variant)
    note = more.get("note", "")
    given: dict[str, Any] = {
        "request_hash": shot.request_hash(variant, note=note),
        "job_ids": (job_id,),
        "ask": shot.ask(),
        "reserved_usd": Decimal("0.05"),
    }
    return Request(**given | more)


def a_submission(*requests: Request, number: int = 1, **more: Any) -> Submission:
    """A batch that was collected; later ones have higher numbers."""
    given: dict[str, Any] = {
        "id": f"{number:020x}",
        "state": State.COLLECTED,
        "mode": "batch",
        "model": "gemini-nano-banana-2.1",
        "attempt": number,
        "display_name": f"chargen/0-world/{number:020x}",
        "run_id": "run-001",
        "owner": Owner("somebody"),
        "lease_until": "2026-11-23T04:15:00Z",
        "created_at": f"2026-11-23T04:00:{number:02}Z",
        "requests": requests,
        "batch": f"batches/{number}",
    }
    return Submission(**given | more)


def books_of(
    *submissions: Submission,
    orders: Iterable[Order] = (),
    decisions: Iterable[Decision] = (),
    proposals: Iterable[Proposal] = (),
) -> Books:
    """Books that hold these things."""
    return Books(
        "tip",
        submissions={item.id: item for item in submissions},
        orders={item.id: item for item in orders},
        decisions={item.address: item for item in decisions},
        proposals={
            entity: tuple(found) for entity, found in groupby(proposals, key=lambda item: item.entity)
        },
    )


def address(text: str = WIDE) -> Address:
    """An address from its text."""
    return parse_address(text)
