"""
A native imagery.yaml as text, laid out as a person would: block style, short lists and mappings on one line, long texts folded.

Pure. What is written reads as what was given, or nothing is returned.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from chargen.dialects.row_text import block_row, flow_row, flow_value, is_printable, quoted, scalar
from chargen.dialects.yaml_text import BadYaml, read_yaml
from chargen.errors import SpliceRefused

_WIDTH: Final = 100
_STEP: Final = "  "
_ROWS: Final = "generated_images"


def native_text(data: Mapping[str, Any], *, path: str, line_end: str = "\n") -> str:
    """The file's text. SpliceRefused when it would not read as the data it is made of."""
    text = line_end.join(_mapping(data, "")) + line_end
    try:
        if read_yaml(text, path=path).data == data:
            return text
    except BadYaml:
        pass
    hint = "write the text that does not fit into YAML in a plainer way"
    raise SpliceRefused(f"{path}: the native file would not read as what is in it", hint=hint)


def _mapping(data: Mapping[str, Any], indent: str) -> Iterator[str]:
    for key, value in data.items():
        yield from _pair(scalar(str(key)), value, indent)


def _pair(key: str, value: Any, indent: str) -> Iterator[str]:
    """`key: value` and the lines below it."""
    short = "" if value and isinstance(value, Mapping) and not indent else _short(value)  # the top has room
    if _on_one_line(short, value, room=_WIDTH - len(indent) - len(key) - 2):
        yield f"{indent}{key}: {short}"
    elif isinstance(value, Mapping):
        yield f"{indent}{key}:"
        yield from _mapping(value, indent + _STEP)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        yield f"{indent}{key}:"
        for item in value:
            yield from _item(item, indent + _STEP, is_row=key == _ROWS)
    else:
        head, *rest = _long(str(value), indent + _STEP)
        yield f"{indent}{key}: {head}"
        yield from rest


def _item(value: Any, indent: str, *, is_row: bool) -> Iterator[str]:
    """One item of a block list, behind its dash."""
    short, inside = _short(value), indent + _STEP
    if is_row and isinstance(value, Mapping):
        lines = block_row(value, indent=inside, line_end="\n").split("\n")
    elif _on_one_line(short, value, room=_WIDTH - len(inside)):
        lines = [short]
    elif isinstance(value, Mapping):
        lines = [
            line.removeprefix(inside) if i == 0 else line for i, line in enumerate(_mapping(value, inside))
        ]
    elif isinstance(value, str):
        lines = list(_long(value, inside))
    else:
        lines = [flow_value(value)]
    yield f"{indent}- {lines[0]}"
    yield from lines[1:]


def _on_one_line(short: str, value: Any, *, room: int) -> bool:
    """Whether a value goes on the line of its key: it fits, or cannot be broken."""
    breaks = isinstance(value, (str, Mapping, list, tuple)) and bool(value)
    return bool(short) and (len(short) <= room or not breaks)


def _short(value: Any) -> str:
    """The value on one line; empty where it needs lines of its own."""
    match value:
        case str():
            return scalar(value) if "\n" not in value else ""
        case Mapping() if value and not _is_flat(value.values()):
            return ""
        case Mapping():
            return flow_row(value)
        case list() | tuple() if not _is_flat(value):
            return ""
        case _:
            return flow_value(value)


def _is_flat(values: Any) -> bool:
    """Whether nothing in it is a mapping or holds one, nor has lines of its own."""
    return all(
        _is_flat(value)
        if isinstance(value, (list, tuple))
        else not (isinstance(value, Mapping) or "\n" in str(value))
        for value in values
    )


def _long(text: str, indent: str) -> Iterator[str]:
    """A long text: its own lines where it has some, else folded at blanks; in quotes where neither is safe."""
    if not is_printable(text) or text != text.strip():
        yield quoted(text)
    elif "\n" in text:
        yield "|-"
        yield from (f"{indent}{line}" if line else "" for line in text.split("\n"))
    elif "  " in text:
        yield quoted(text)
    else:
        yield ">-"
        yield from _folded(text.split(" "), indent)


def _folded(words: Sequence[str], indent: str) -> Iterator[str]:
    line = indent + words[0]
    for word in words[1:]:
        if len(line) + 1 + len(word) > _WIDTH:
            yield line
            line = indent + word
        else:
            line += f" {word}"
    yield line
