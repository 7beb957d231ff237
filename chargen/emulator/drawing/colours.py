"""Colour words and what they look like; `colours_in` finds them in a writer's phrase. Pure."""

from __future__ import annotations

import re
from typing import Final

RGB = tuple[int, int, int]

_WORDS: Final = """
black 16 16 18;ink 22 24 34;jet 20 20 24;coal 32 32 36;charcoal 48 50 54;soot 40 38 38;obsidian 26 24 34;pitch 18 18 20
iron 74 78 84;gunmetal 62 70 78;lead 96 100 106;steel 112 126 140;slate 92 104 116;graphite 66 68 74;pewter 134 138 140
grey 128 130 132;gray 128 130 132;ash 164 162 158;smoke 138 140 142;fog 190 196 198;mist 200 208 210;silver 186 192 198
stone 150 144 134;granite 122 118 118;basalt 66 66 72;marble 224 222 216;chalk 236 234 226;limestone 206 198 178
white 244 243 238;snow 238 243 247;ivory 240 232 212;bone 228 218 196;pearl 232 226 220;milk 242 238 230;cream 242 230 202
parchment 228 212 174;paper 236 226 202;linen 226 216 198;sand 212 188 144;dune 206 172 122;straw 216 188 110
wheat 222 194 126;flax 224 204 140;honey 216 156 58;amber 224 146 40;gold 212 168 66;lantern 244 186 88;candle 246 200 120
brass 184 150 78;bronze 158 112 62;copper 184 104 62;rust 164 78 44;terracotta 188 98 68;clay 172 112 82;brick 156 70 56
ochre 198 140 56;ocher 198 140 56;mustard 202 160 50;saffron 234 170 46;yellow 232 200 76;lemon 240 222 104;sun 246 206 110
orange 222 128 54;tangerine 232 130 52;apricot 240 180 122;peach 242 190 156;pumpkin 210 112 40;ember 226 92 44;fire 232 110 46
flame 238 120 50;tawny 184 122 68;tan 196 160 116;beige 218 202 172;fawn 186 158 124;umber 104 76 54;sienna 150 84 52
brown 112 80 58;chestnut 122 66 46;mahogany 104 46 40;walnut 94 70 54;oak 150 116 76;cedar 144 84 60;timber 126 96 66
wood 128 96 66;leather 128 86 58;coffee 82 62 50;chocolate 84 56 44;mud 104 88 68;earth 110 84 62;peat 64 54 46;soil 86 68 54
red 180 52 48;crimson 158 32 50;scarlet 196 48 42;vermilion 210 70 46;ruby 156 28 60;blood 126 24 30;wine 104 30 48
burgundy 104 28 46;maroon 104 34 44;garnet 116 28 46;cherry 176 34 58;rose 208 122 132;pink 224 158 170;blush 230 184 176
coral 228 122 98;salmon 232 148 124;magenta 174 56 122;fuchsia 186 54 128;plum 98 54 92;mauve 164 126 152;heather 146 118 152
lilac 186 162 206;lavender 174 160 206;violet 116 82 160;purple 98 64 132;amethyst 132 92 170;aubergine 66 42 64;grape 92 58 116
indigo 58 60 124;navy 34 46 80;midnight 26 34 64;cobalt 46 84 158;ultramarine 48 62 150;sapphire 38 72 142;blue 66 110 168
azure 86 150 206;sky 142 184 214;cerulean 70 138 176;denim 78 104 140;ice 204 226 234;glacier 172 206 218;frost 210 224 230
teal 44 114 120;petrol 34 82 94;turquoise 74 170 168;aqua 116 192 196;cyan 100 186 202;seafoam 158 206 186;sea 62 118 130
ocean 40 92 120;jade 70 140 108;emerald 34 122 84;green 82 126 78;moss 104 118 66;lichen 158 164 118;olive 118 116 62
sage 150 160 130;fern 92 134 80;forest 46 82 58;pine 42 74 60;leaf 98 140 72;grass 112 146 74;lime 164 192 82;ivy 56 90 62
verdigris 94 158 140;patina 104 154 138;mint 174 214 184;celadon 166 196 168;khaki 168 158 110;dusk 112 96 130;dawn 232 176 152
twilight 76 78 122;storm 84 94 108;thunder 74 80 94;moon 206 214 226;starlight 198 210 232;shadow 40 42 54;night 28 34 58
neon 90 240 190;tin 158 160 162;zinc 142 150 154;opal 206 220 216;quartz 222 214 216;salt 234 232 226;tea 166 120 70;dust 176 162 142
"""

_MODIFIERS: Final = {
    "dark": -0.35,
    "deep": -0.3,
    "blackened": -0.45,
    "dim": -0.25,
    "wet": -0.15,
    "pale": 0.45,
    "light": 0.35,
    "bright": 0.15,
    "faded": 0.25,
    "washed": 0.3,
    "white": 0.5,
    "bleached": 0.45,
}


def _table() -> dict[str, RGB]:
    table: dict[str, RGB] = {}
    for entry in re.split(r"[;\n]", _WORDS.strip()):
        word, red, green, blue = entry.split()
        table[word] = (int(red), int(green), int(blue))
    return table


WORDS: Final = _table()


def colours_in(phrase: str, *, most: int = 4) -> list[RGB]:
    """The colours a phrase names, one for each part between commas; two words in one part are mixed."""
    found = [colour for part in re.split(r"[,;/]|\band\b", phrase.lower()) if (colour := _colour(part))]
    return found[:most]


def mix(one: RGB, other: RGB, share: float) -> RGB:
    """`share` of `other` in `one`, mixed as light mixes, so that middles do not go muddy."""
    red, green, blue = (
        round(((1 - share) * (a / 255) ** 2.2 + share * (b / 255) ** 2.2) ** (1 / 2.2) * 255)
        for a, b in zip(one, other, strict=True)
    )
    return red, green, blue


def luminance(colour: RGB) -> float:
    """How bright a colour looks, 0 to 1."""
    return (0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]) / 255


def at_luminance(colour: RGB, wanted: float) -> RGB:
    """The same hue, darkened or lightened to this brightness."""
    now = max(luminance(colour), 0.004)
    if wanted <= now:
        share = wanted / now
        return round(colour[0] * share), round(colour[1] * share), round(colour[2] * share)
    share = (wanted - now) / (1 - now) if now < 1 else 0
    red, green, blue = (round(channel + (255 - channel) * share) for channel in colour)
    return red, green, blue


def _colour(part: str) -> RGB | None:
    words = re.findall(r"[a-z]+", part)
    named = [WORDS[word] for word in words if word in WORDS and word not in _MODIFIERS] or [
        WORDS[word] for word in words if word in WORDS
    ]
    if not named:
        return None
    colour = named[0]
    for other in named[1:]:
        colour = mix(colour, other, 0.35)
    for word in words:
        shift = _MODIFIERS.get(word, 0.0)
        colour = mix(colour, (250, 248, 242) if shift > 0 else (14, 14, 20), abs(shift))
    return colour
