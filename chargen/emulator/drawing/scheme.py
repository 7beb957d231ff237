"""From a brief to the tones of a picture: sky, haze, layers, shadows, light. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from chargen.emulator.drawing.colours import RGB, at_luminance, colours_in, luminance, mix

if TYPE_CHECKING:
    import random

    from chargen.emulator.drawing.brief import Brief

INK: Final = (18, 18, 26)

# Light by time and weather: words, colour of the light, tint of the sky's top, its brightness there and at the horizon.
_LIGHTS: Final = (
    ("night", r"night|moon|midnight|starl|stars", (198, 212, 236), (28, 38, 72), 0.10, 0.34),
    ("fire", r"torch|candle|fire|forge|lantern.?l|lamp.?l|hearth|ember", (248, 176, 92), (46, 36, 44), 0.12, 0.42),
    ("storm", r"storm|thunder|rain|tempest", (214, 220, 220), (58, 68, 82), 0.20, 0.56),
    ("dusk", r"sunset|dusk|late sun|evening|golden|copper|last light|low sun|twilight", (250, 186, 112), (74, 78, 116), 0.26, 0.76),
    ("dawn", r"dawn|sunrise|morning|first light", (252, 206, 168), (118, 140, 178), 0.42, 0.82),
    ("fog", r"fog|mist|haze|overcast|grey light|snow|winter|cloud", (234, 234, 228), (158, 168, 174), 0.56, 0.80),
    ("day", r"noon|day|sun|bright|clear", (255, 244, 214), (96, 148, 190), 0.48, 0.86),
)  # fmt: skip
_MOODS: Final = (
    (r"ominous|dread|grim|menac|dark|sinister|tense|threat", 0.62),
    (r"sombre|somber|sad|melanchol|lonely|quiet|solemn|weary", 0.82),
    (r"hope|joy|warm|bright|cheer|serene|calm|peace|festive", 1.12),
)
# For prompts that name no colours: dominant, second, accent.
_USUAL: Final = (
    ((92, 104, 116), (150, 144, 134), (228, 160, 72)),
    ((62, 92, 102), (150, 166, 150), (226, 142, 88)),
    ((112, 84, 92), (196, 150, 130), (246, 206, 130)),
    ((76, 98, 74), (168, 164, 120), (232, 188, 96)),
    ((70, 78, 122), (160, 148, 176), (244, 190, 120)),
    ((136, 98, 70), (206, 176, 130), (90, 150, 150)),
    ((64, 76, 90), (186, 178, 160), (206, 86, 66)),
    ((50, 100, 110), (208, 196, 160), (240, 170, 100)),
)


@dataclass(frozen=True, slots=True)
class Scheme:
    """The tones of one picture."""

    time: str
    sky_top: RGB
    sky_middle: RGB
    horizon: RGB
    body: RGB  # the dominant colour
    second: RGB
    near: RGB  # the darkest foreground
    light: RGB
    accent: RGB

    def layer(self, nearness: float) -> RGB:
        """The tone of a layer between the haze of the horizon (0) and the foreground (1)."""
        far = mix(self.horizon, self.second, 0.35)
        middle = at_luminance(self.body, (luminance(self.horizon) + luminance(self.near)) * 0.42)
        return (
            mix(far, middle, nearness * 1.6)
            if nearness < 0.625
            else mix(middle, self.near, (nearness - 0.625) * 2.67)
        )


def scheme_of(brief: Brief, rng: random.Random) -> Scheme:
    """The tones a brief calls for: its own colours in its own light."""
    usual = rng.choice(_USUAL)
    named = colours_in(brief.dominant) or colours_in(brief.subject)[:1]
    dominant = named[0] if named else usual[0]
    second = named[1] if len(named) > 1 else mix(dominant, usual[1], 0.35 if named else 1)
    accent = (colours_in(brief.accent) or named[2:] or [usual[2]])[0]
    time, glow, tint, top, low = _light(brief, rng)
    light = mix(glow, (colours_in(brief.lighting) or [glow])[0], 0.35)
    force = next((f for words, f in _MOODS if brief.shows(words, where=brief.mood)), 1.0)
    sky_top = at_luminance(mix(mix(dominant, tint, 0.6), INK, 0.06), min(top * force, 0.85))
    horizon = at_luminance(mix(mix(dominant, light, 0.62), second, 0.15), min(low * (0.5 + force / 2), 0.9))
    return Scheme(
        time=time,
        sky_top=sky_top,
        sky_middle=at_luminance(mix(sky_top, horizon, 0.5), (luminance(sky_top) + luminance(horizon)) / 2),
        horizon=horizon,
        body=dominant,
        second=second,
        near=at_luminance(mix(mix(dominant, INK, 0.55), tint, 0.15), 0.075 if low < 0.6 else 0.115),
        light=light,
        accent=at_luminance(accent, max(luminance(accent), 0.55)),
    )


def _light(brief: Brief, rng: random.Random) -> tuple[str, RGB, RGB, float, float]:
    for where in (brief.lighting, brief.mood, brief.scene):
        for name, words, *tones in _LIGHTS:
            if where and brief.shows(words, where=where):
                return name, *tones  # type: ignore[return-value]
    name, _, *tones = rng.choice([light for light in _LIGHTS if light[0] in {"dusk", "dawn", "day", "fog"}])
    return name, *tones  # type: ignore[return-value]
