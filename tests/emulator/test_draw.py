"""What is drawn from which words: repeatable, different where the words differ, lettered without overflow."""

from __future__ import annotations

import base64
import io
from typing import Any

import pytest
from PIL import Image, ImageChops, ImageStat

from chargen.core.model_table import MODELS, pixels
from chargen.emulator.draw import draw_picture, paint
from chargen.emulator.drawing.brief import Reference, read_brief
from chargen.emulator.drawing.caption import Caption
from chargen.emulator.drawing.colours import WORDS, colours_in
from chargen.emulator.drawing.landmarks import LANDMARKS, landmark_of
from chargen.emulator.drawing.terrain import place_of
from chargen.emulator.image_request import ImageRequest, read_request

PROMPT = """One finished illustration, full frame, without any lettering, caption, border or watermark.
Subject: the whole minehead, no people
Characters:
- Veyra Thornwake (travel-worn): looking up
- Old Marrec
Setting: benched terraces on a steep slope
Mood: ominous: low light
Lighting: late sun; copper; low from the west
Palette: dominant slate grey, bone; accent lantern gold; avoid neon
Shot: extreme-wide
Never show:
- green vegetation
Reference 1: place (overview), match it exactly
Reference 2: style"""


def request(prompt: str, *, aspect: str = "1:1", references: int = 0, seed: int = 1) -> ImageRequest:
    stream = io.BytesIO()
    Image.new("RGB", (64, 48), "red").save(stream, "PNG")
    blob = {"mimeType": "image/png", "data": base64.b64encode(stream.getvalue()).decode()}
    parts: list[Any] = [{"text": prompt}, *[{"inlineData": blob}] * references]
    config = {"imageConfig": {"aspectRatio": aspect}, "seed": seed}
    body = {"contents": [{"parts": parts}], "generationConfig": config}
    return read_request(body, model=MODELS["gemini-nano-banana-2.1"], read_file=lambda _: b"")


def difference(one: Image.Image, other: Image.Image) -> float:
    return sum(ImageStat.Stat(ImageChops.difference(one, other)).mean) / 3


def test_a_characters_own_shot_shows_the_character() -> None:
    prompt = "Subject: Ansa waits on the wall\nShot: medium\nAlways true of Ansa Pell:\n- a cork hat"

    assert read_brief(prompt).people == 1
    assert read_brief(prompt.replace("Ansa waits", "A house stands")).people == 0


def test_a_brief_is_read_from_labelled_lines() -> None:
    brief = read_brief(PROMPT)

    assert brief.subject == "the whole minehead, no people"
    assert (brief.frame, brief.mood, brief.people) == ("extreme-wide", "ominous", 2)
    assert (brief.dominant, brief.accent) == ("slate grey, bone", "lantern gold")
    assert brief.references == (Reference("place", "overview"), Reference("style"))
    assert not brief.shows("vegetation")
    assert brief.shows("terraces")


def test_a_brief_is_made_of_any_words() -> None:
    brief = read_brief("a close-up of a knight in the rain")

    assert (brief.subject, brief.frame, brief.people) == ("a close-up of a knight in the rain", "close-up", 1)
    assert read_brief("").subject == "untitled"


def test_colours_are_found_in_phrases() -> None:
    assert len(WORDS) >= 150
    assert colours_in("lantern gold, moss") == [
        pytest.approx((238, 180, 81), abs=12),
        WORDS["moss"],
    ]
    dark, plain = colours_in("dark copper, copper")
    assert sum(dark) < sum(plain)
    assert colours_in("nothing known") == []


@pytest.mark.parametrize(
    ("words", "landmark"),
    [("the whole minehead", "headframe"), ("an old lighthouse", "tower"), ("a brass lantern", "lantern"), ("joy", None)],
)  # fmt: skip
def test_landmarks_are_found_in_words(words: str, landmark: str | None) -> None:
    assert landmark_of(words) == landmark


def test_the_subject_speaks_before_the_setting() -> None:
    import random

    brief = read_brief("Subject: the great hall\nSetting: a forest by the sea")

    assert place_of(brief, random.Random(1)) == "room"


def test_the_same_request_gives_the_same_bytes() -> None:
    asked = request(PROMPT, references=2)

    assert draw_picture(asked, (512, 512)) == draw_picture(asked, (512, 512))


def test_variants_and_other_words_look_different() -> None:
    size = (512, 512)
    base = paint(request(PROMPT), size)

    assert difference(base, paint(request(PROMPT, seed=2), size)) > 2
    assert difference(base, paint(request("Subject: a red castle by the sea, noon"), size)) > 15


@pytest.mark.parametrize("frame", ["extreme-wide", "wide", "medium", "close-up", "detail"])
@pytest.mark.parametrize("place", ["cave", "room", "sea", "town", "forest"])
def test_every_shot_of_every_place_can_be_drawn(frame: str, place: str) -> None:
    asked = request(f"Subject: two\nCharacters:\n- A\n- B\nSetting: {place}\nShot: {frame}\nLighting: night")

    assert paint(asked, (240, 200)).size == (240, 200)


@pytest.mark.parametrize("name", LANDMARKS)
def test_every_landmark_can_be_drawn(name: str) -> None:
    word = {"arch": "gate", "stones": "menhir"}.get(name, name)

    assert paint(request(f"Subject: {word}\nShot: detail"), (200, 200)).size == (200, 200)


def test_the_picture_has_the_size_asked_for_and_a_modest_weight() -> None:
    data = draw_picture(request(PROMPT, aspect="16:9", references=2), pixels("16:9", "1K"))

    with Image.open(io.BytesIO(data)) as image:
        assert (image.format, image.size) == ("PNG", (1376, 768))
    assert len(data) < 1_500_000


@pytest.mark.parametrize("aspect", MODELS["gemini-nano-banana-2.1"].ratios)
@pytest.mark.parametrize("references", [0, 14])
def test_lettering_stays_inside_and_apart(aspect: str, references: int) -> None:
    long = (
        "Subject: "
        + "a very long subject Donaudampfschifffahrtsgesellschaft " * 6
        + "\nMood: "
        + "tense " * 40
    )
    asked = request(long, aspect=aspect, references=references)

    size = pixels(aspect, "1K")
    caption = Caption(read_brief(asked.prompt), size, asked.seed, asked.references)

    room = size[0] - 2 * caption.pad
    beside = 0 if caption.narrow else caption._thumbs_width()
    assert all(caption.big.getlength(line) <= room - beside for line in caption.lines)
    letters = sum(caption.small.getlength(letter) + caption._spacing() for letter in caption.meta)
    assert letters <= room - beside
    needed = caption.text_height + (caption.thumb_height if caption.narrow else 0)
    assert needed < caption.height <= size[1] // 2
    assert caption._thumbs_width() <= room + caption.pad
