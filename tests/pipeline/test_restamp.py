"""Rows stamped anew: nothing else of a file changes, and a row that is not what it was is left alone."""

from __future__ import annotations

from typing import Any

from chargen.core.books import Books
from chargen.core.drift import find_drift
from chargen.pipeline.compile import compile_world
from chargen.pipeline.restamp import restamp
from tests.fakes import FakeFiles
from tests.worlds import PIER, a_picture, plan_of, row_of, shot_of, whys, world_of

WORDS = """\
# the writer's own
kind: location
slug: pier
scenes:
  - id: 'dawn'   # early
    shots:
      - {id: wide, subject:  the whole pier, mood: calm}
      - id: lamp
        mood: calm
        subject: >
          the lamp
"""
SHOTS = ("location/pier/dawn/wide", "location/pier/dawn/lamp")


def files() -> dict[str, Any]:
    """Both shots made, then another mood for both."""
    rows = {name: row_of(shot_of({PIER: WORDS}, name), a_picture()).strip() for name in SHOTS}
    text = WORDS.replace("mood: calm}", f"mood: calm, {rows[SHOTS[0]]}}}")
    text += f"        # behind it\n        {rows[SHOTS[1]]}\n# the end"
    made = {f"locations/pier/images/dawn.{name}.png": a_picture() for name in ("wide", "lamp")}
    return {PIER: text.replace("mood: calm", "mood: grim").replace("\n", "\r\n"), **made}


def accepted(these: dict[str, Any]) -> Any:
    world = world_of(these)
    return find_drift(world, compile_world(world), Books()).accepted


def contents(these: dict[str, Any]) -> FakeFiles:
    return FakeFiles({path: data.encode() if isinstance(data, str) else data for path, data in these.items()})


def test_the_plan_is_empty_after_it_and_every_other_byte_is_as_it_was() -> None:
    before = files()
    lying = contents(before)

    done = restamp(accepted(before), files=lying)

    after = {**before, PIER: lying.contents[PIER]}
    assert (len(done.done), done.problems, lying.writes) == (2, [], [PIER])
    assert set(whys(plan_of(after)).values()) == {"skip: unchanged"}
    assert accepted(after) == ()
    lines = [text.splitlines() for text in (lying.contents[PIER].decode(), before[PIER])]
    changed = [old for new, old in zip(*lines, strict=True) if new != old]
    assert all("generated_images" in line for line in changed)
    assert len(changed) == 2
    assert b"\r\n" in lying.contents[PIER]


def test_a_row_that_changed_meanwhile_is_left_and_nothing_of_its_file_is_written() -> None:
    before = files()
    wanted = accepted(before)
    meanwhile = contents({**before, PIER: before[PIER].replace('dawn.lamp.png"', 'dawn.lamp.webp"')})

    done = restamp(wanted, files=meanwhile)

    assert (done.done, meanwhile.writes) == ([], [])
    assert "the row of location/pier/dawn/lamp is not what it was" in str(done.problems[0])


def test_a_file_that_has_gone_leaves_the_others_alone() -> None:
    before = files()
    other = {path.replace("pier", "quay"): data for path, data in before.items()}
    other["locations/quay/imagery.yaml"] = other["locations/quay/imagery.yaml"].replace("pier", "quay")
    lying = contents({**before, **other})
    wanted = accepted({**before, **other})
    del lying.contents[PIER]

    done = restamp(wanted, files=lying)

    assert lying.writes == ["locations/quay/imagery.yaml"]
    assert len(done.done) == 2
    assert len(done.problems) == 1
