"""
Writes the parts of docs/*.md that follow from the code, between `<!-- generated: NAME -->` and `<!-- end -->`, and schemas/.

With --check it writes nothing and exits 1 when a page is out of date. Run it as scripts/docs.
"""

from __future__ import annotations

import argparse
import enum
import inspect
import json
import re
import sys
import tomllib
import types
import typing
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import memoryquill_table
from json_schemas import MADE, schemas
from pydantic import BaseModel

from chargen import cli, errors
from chargen.core import finding_rules, job, model_table, submission, world_config
from chargen.core.price import actual
from chargen.core.strict import Strict
from chargen.dialects import native_shape

if typing.TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

DOCS: Final = Path(__file__).resolve().parents[1] / "docs"
_BLOCK: Final = re.compile(r"(<!-- generated: ([\w-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_At = TypeVar("_At", bound=enum.StrEnum)
_By = TypeVar("_By", bound=enum.StrEnum)
_CODES: Final = {
    errors.ExitCode.DONE: "Done. Shots that are blocked, waiting or over budget are no failure.",
    errors.ExitCode.FAILED: "Something failed, or a file was bad and its entity left out; the rest was done.",
    errors.ExitCode.CHANGES: "There is something to make or put back (`batch plan --detailed-exitcode` only).",
    errors.ExitCode.CONFIGURATION: "chargen.yaml, a key or a local file that is needed is missing or bad.",
    errors.ExitCode.REFUSED: "The provider refused: wrong key, retired model, the day's quota.",
    errors.ExitCode.CONFLICT: "A stale plan, a lost race, a quarantined or unknown batch, or missing books.",
    errors.ExitCode.USAGE: "The command line asks for something that cannot be.",
    errors.ExitCode.BUG: "A bug of chargen's; the lines on stderr are a report to paste.",
    errors.ExitCode.INTERRUPTED: "Interrupted; what was done is kept.",
}


def main() -> int:
    """Write every page, or check it; the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--check", action="store_true", help="change nothing; exit 1 when a page is out of date"
    )
    options = parser.parse_args()
    stale = []
    for page, fresh in _pages():
        if not page.exists() or page.read_text(encoding="utf-8") != fresh:
            stale.append(page.name)
            if not options.check:
                page.write_text(fresh, encoding="utf-8")
    if stale:
        print(("out of date, run scripts/docs: " if options.check else "wrote ") + ", ".join(stale))
    return int(bool(stale) and options.check)


def _pages() -> Iterator[tuple[Path, str]]:
    """Every page and schema, as it should be."""
    for page in sorted(DOCS.glob("*.md")):
        text = page.read_text(encoding="utf-8")
        yield page, _BLOCK.sub(lambda found: f"{found[1]}\n{BLOCKS[found[2]]().strip()}\n\n{found[3]}", text)
    for name, text in schemas(_words()):
        yield DOCS.parent / "schemas" / name, text


def _words() -> Mapping[str, Mapping[str, str]]:
    """What each field means, by its model's name."""
    return tomllib.loads((DOCS / "fields.toml").read_text(encoding="utf-8"))


def _table(head: tuple[str, ...], rows: Iterator[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def exit_codes() -> str:
    """The exit codes, and their order where several apply."""
    table = _table(("code", "meaning"), ((f"`{code.value}`", _CODES[code]) for code in errors.ExitCode))
    order = " > ".join(str(code.value) for code in errors.PRECEDENCE)
    return f"{table}\n\nWhere several apply: {order}."


def error_kinds() -> str:
    """The error classes with the code each ends in."""
    found = [
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, errors.ChargenError)
    ]
    kinds = sorted(
        (kind for kind in found if kind is not errors.ChargenError),
        key=lambda kind: (kind.exit_code, kind.__name__),
    )
    return _table(
        ("code", "error", "meaning"),
        ((f"`{kind.exit_code.value}`", f"`{kind.__name__}`", inspect.getdoc(kind) or "") for kind in kinds),
    )


def _diagram(table: Mapping[tuple[_At, _By], _At], first: _At) -> str:
    ends = sorted(set(table.values()) - {state for state, _ in table})
    lines = [f"[*] --> {first}"]
    lines += [f"{state} --> {to}: {event}" for (state, event), to in table.items()]
    lines += [f"{end} --> [*]" for end in ends]
    return "```mermaid\nstateDiagram-v2\n" + "\n".join(f"    {line}" for line in lines) + "\n```"


def findings() -> str:
    """The kinds of finding."""
    rows = (
        (
            f"`{rule.id}`",
            " or ".join(rule.severities),
            f"{rule.title[:1].upper()}{rule.title[1:]}.",
            rule.do,
        )
        for rule in finding_rules.RULES.values()
    )
    return _table(("kind", "severity", "what it means", "what to do"), rows)


def job_states() -> str:
    """A job's life."""
    return _diagram(job.TRANSITIONS, job.Status.PLANNED)


def job_failures() -> str:
    """The words for why a job failed."""
    return ", ".join(f"`{failure}`" for failure in job.Failure) + "."


def submission_states() -> str:
    """A submission's life."""
    return _diagram(submission.TRANSITIONS, submission.State.INTENT)


def submission_holds() -> str:
    """The states that hold their requests."""
    return ", ".join(f"`{state}`" for state in submission.State if state in submission.HOLDS) + "."


def outcomes() -> str:
    """What may come of one request."""
    again = {
        came: "never, without an order" if came.answers else "yes, while attempts are left"
        for came in submission.Came
    } | {came: "once, while attempts are left" for came, times in submission.AGAIN.items() if times == 1}
    rows = ((f"`{came}`", words) for came, words in again.items())
    return _table(("outcome", "sent again?"), rows)


def commands() -> str:
    """The help of every command."""
    return "\n\n".join(_help(cli.chargen, ("chargen",), None))


def _help(command: click.Command, path: tuple[str, ...], above: click.Context | None) -> Iterator[str]:
    context = click.Context(
        command, parent=above, info_name=path[-1], terminal_width=90, **command.context_settings
    )
    yield f"## {' '.join(path)}\n\n```text\n{command.get_help(context).strip()}\n```"
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None:
                yield from _help(below, (*path, name), context)


def chargen_yaml() -> str:
    """The fields of chargen.yaml."""
    return _shapes(world_config.WorldConfig)


def imagery_yaml() -> str:
    """The fields of imagery.yaml; what chargen.yaml shares is linked."""
    shared: set[type[Strict]] = {world_config.Lighting, world_config.Palette, world_config.Reference}
    return _shapes(native_shape.Imagery, skip=shared)


def plan_json() -> str:
    """The fields of plan.json."""
    return _made("plan.schema.json")


def result_json() -> str:
    """The fields of result.json."""
    return _made("result.schema.json")


def _made(name: str) -> str:
    """A table of fields for a file that chargen writes, and for every shape in it, in the order they are met."""
    schema = json.loads(dict(schemas(_words()))[name])
    titles, parts = [MADE[name][0].__name__], []
    shapes = schema["$defs"] | {titles[0]: schema | {"title": MADE[name][1]}}
    for title in titles:
        fields = shapes[title]["properties"]
        rows = [
            (f"`{key}`", _json_kind(field, shapes), field["description"]) for key, field in fields.items()
        ]
        parts.append(
            f"### {shapes[title]['title']}\n\n{shapes[title]['description']}\n\n"
            + _table(("field", "type", "meaning"), iter(rows))
        )
        below = re.findall(r"#/\$defs/(\w+)", json.dumps(fields))
        titles += [one for one in dict.fromkeys(below) if one not in titles and "properties" in shapes[one]]
    return "\n\n".join(parts)


def _json_kind(field: Mapping[str, Any], shapes: Mapping[str, Any]) -> str:
    """A type of a JSON Schema in plain words."""
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        return (
            f"[{name}](#{name.lower()})" if "properties" in shapes[name] else _json_kind(shapes[name], shapes)
        )
    if "anyOf" in field:
        return " or ".join(_json_kind(one, shapes) for one in field["anyOf"])
    if "enum" in field:
        return " \\| ".join(f"`{one}`" for one in field["enum"])
    if field["type"] == "array":
        return f"list of {_json_kind(field['items'], shapes)}"
    plain = {
        "string": "text",
        "integer": "whole number",
        "object": "mapping",
        "boolean": "`true` \\| `false`",
    }
    return plain.get(str(field["type"]), str(field["type"]))


def memoryquill() -> str:
    """What the keys of a memoryquill picture become."""
    return _table(("section", "keys", "what becomes of them"), memoryquill_table.rows())


def safety() -> str:
    """The safety categories and thresholds."""
    categories = ", ".join(f"`{name}`" for name in world_config.SAFETY_CATEGORIES)
    thresholds = ", ".join(f"`{name}`" for name in world_config.SAFETY_THRESHOLDS)
    return f"Categories: {categories}. Thresholds: {thresholds}."


def _shapes(root: type[Strict], skip: set[type[Strict]] | None = None) -> str:
    """A table of fields for a model, its parents' fields under their own names, and every model below it."""
    words = _words()
    waiting, done, parts = [root], set(skip or ()), []
    while waiting:
        model = waiting.pop(0)
        if model in done:
            continue
        done.add(model)
        own = {name: model.model_fields[name] for name in model.__annotations__ if name in model.model_fields}
        rows = [_field(model, name, info, words) for name, info in own.items()]
        also = [base.__name__ for base in model.__mro__[1:] if base in _PARENTS]
        more = (
            f"\n\nAnd all fields of {' and '.join(f'[{name}](#{name.lower()})' for name in also)}."
            if also
            else ""
        )
        parts.append(
            f"### {model.__name__}\n\n{inspect.getdoc(model)}\n\n"
            + _table(("field", "type", "default", "meaning"), iter(rows))
            + more
        )
        waiting += [base for base in model.__mro__[1:] if base in _PARENTS]
        waiting += [below for info in own.values() for below in _models(info.annotation)]
    return "\n\n".join(parts)


_PARENTS: Final = (native_shape.Look, native_shape.Described)


def _field(
    model: type[BaseModel], name: str, info: Any, words: Mapping[str, Mapping[str, str]]
) -> tuple[str, ...]:
    said = info.alias or name
    try:
        meaning = words[model.__name__][said]
    except KeyError:
        sys.exit(f"docs/fields.toml has no words for [{model.__name__}] {said}")
    kind = _kind(info.annotation) + _bounds(info.annotation, info.metadata)
    return (f"`{said}`", kind, _default(info), meaning)


def _default(info: Any) -> str:
    if info.is_required():
        return "**needed**"
    value = info.get_default(call_default_factory=True)
    if value is None or value in ((), {}) or isinstance(value, BaseModel):
        return ""
    return f"`{', '.join(map(str, value)) if isinstance(value, tuple) else value}`"


def _bounds(annotation: Any, metadata: list[Any]) -> str:
    metadata = [*metadata, *_metadata(annotation)]
    low = next((item.ge for item in metadata if hasattr(item, "ge")), None)
    high = next((item.le for item in metadata if hasattr(item, "le")), None)
    if low is None and high is None:
        return ""
    return f", {low} to {high}" if high is not None else f", {low} or more"


def _metadata(annotation: Any) -> Iterator[Any]:
    """What is said of a type where it is named, also of one that may be left out."""
    for item in getattr(annotation, "__metadata__", ()):
        yield from getattr(item, "metadata", ())
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for one in typing.get_args(annotation):
            yield from _metadata(one)


def _kind(annotation: Any) -> str:
    """A type in a writer's words."""
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is typing.Annotated:
        return _kind(arguments[0])
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_kind(one) for one in arguments if one is not type(None))
    if origin is typing.Literal:
        return " \\| ".join(f"`{one}`" for one in arguments)
    if origin is tuple:
        return f"list of {_kind(arguments[0])}"
    if origin is dict:
        return f"mapping of names to {_kind(arguments[1])}"
    if inspect.isclass(annotation) and issubclass(annotation, enum.Enum):
        return " \\| ".join(f"`{one.value}`" for one in annotation)
    if inspect.isclass(annotation) and issubclass(annotation, BaseModel):
        name = annotation.__name__
        page = "chargen-yaml.md" if annotation.__module__ == world_config.__name__ else "imagery-yaml.md"
        return f"[{name}]({page}#{name.lower()})"
    plain = {
        "str": "text",
        "int": "whole number",
        "Decimal": "USD",
        "bool": "`true` \\| `false`",
        "Any": "rows",
    }
    return plain[annotation.__name__]


def _models(annotation: Any) -> Iterator[type[Strict]]:
    if inspect.isclass(annotation) and issubclass(annotation, Strict):
        yield annotation
    for one in typing.get_args(annotation):
        yield from _models(one)


def models() -> str:
    """Every model with what one picture costs."""
    rows = (
        (f"`{model.id}`", model.released or "?", size, str(model.image_tokens[size]), *_usd(model, size))
        for model in model_table.MODELS.values()
        for size in model.image_tokens
    )
    head = (
        "model",
        "released",
        "size",
        "tokens a picture",
        "USD live",
        "USD batch",
        "of it reserved for thinking, live",
    )
    return _table(head, rows)


def _usd(model: model_table.ImageModel, size: str) -> tuple[str, str, str]:
    usage = {"image": model.image_tokens[size], "thoughts": model.thinking_reserve}
    live, batch = (
        actual(model.id, mode, usage) for mode in (world_config.Mode.LIVE, world_config.Mode.BATCH)
    )
    thinking = actual(model.id, world_config.Mode.LIVE, {"thoughts": model.thinking_reserve})
    return f"{live:.4f}", f"{batch:.4f}", f"{thinking:.4f}"


def rates() -> str:
    """Prices per million tokens, and what else a model takes."""
    rows = (
        (
            f"`{model.id}`",
            str(model.input_per_million),
            str(model.text_per_million),
            str(model.image_per_million),
            str(model.max_references),
            ", ".join(f"`{ratio}`" for ratio in model.ratios),
        )
        for model in model_table.MODELS.values()
    )
    return _table(
        ("model", "USD/M input", "USD/M text out", "USD/M picture out", "references", "aspect ratios"), rows
    )


def unverified() -> str:
    """Figures nobody has checked by paying."""
    return "\n".join(
        f"- `{model.id}`: {what}." for model in model_table.MODELS.values() for what in model.unverified
    )


def retired() -> str:
    """Models that are gone."""
    rows = ((f"`{model.id}`", model.since, f"`{model.instead}`") for model in model_table.RETIRED.values())
    return _table(("gone", "since", "name instead"), rows)


def table_date() -> str:
    """The table's date."""
    return f"The table is of {model_table.TABLE_DATE}; the default model is `{model_table.DEFAULT_MODEL}`."


BLOCKS: Final[dict[str, Callable[[], str]]] = {
    made.__name__.replace("_", "-"): made
    for made in (
        exit_codes,
        error_kinds,
        findings,
        job_states,
        job_failures,
        submission_states,
        submission_holds,
        outcomes,
        commands,
        chargen_yaml,
        imagery_yaml,
        plan_json,
        result_json,
        memoryquill,
        safety,
        models,
        rates,
        unverified,
        retired,
        table_date,
    )
}

if __name__ == "__main__":
    sys.exit(main())
