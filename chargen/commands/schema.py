"""`chargen schema [NAME]`: the JSON Schema of a file that people write, or that chargen writes. Needs no world."""

from __future__ import annotations

import json
from typing import Final

import click

from chargen.commands import options
from chargen.edges.schema_files import read_schema

SCHEMAS: Final = {
    "imagery": "imagery.yaml, in chargen's own shape",
    "memoryquill": "imagery.yaml in the memoryquill shape",
    "image-ideas": "image-ideas.yaml, a character's scenes in that shape",
    "world": "chargen.yaml",
    "plan": "plan.json, which `chargen batch plan` writes",
    "result": "result.json, what came of one request: .chargen/runs/RUN/results/JOB/result.json",
}


@click.command("schema")
@click.argument("name", required=False, type=click.Choice(list(SCHEMAS)))
@options.output_format("text", "json")
def command(name: str | None, style: str) -> None:
    """
    Print the JSON Schema of a file, for editors and other programs: the bytes of schemas/NAME.schema.json.

    Without NAME: which there are; with --format json, all of them in one object.
    """
    if name is not None:
        click.echo(read_schema(name), nl=False)
    elif style == "json":
        every = {name: json.loads(read_schema(name)) for name in SCHEMAS}
        click.echo(json.dumps(every, indent=2))
    else:
        for known, what in SCHEMAS.items():
            click.echo(f"{known:<11} {what}")
        click.echo(
            "\n`chargen schema NAME` prints one. An editor reads it from the first line of a YAML file:\n"
            "# yaml-language-server: $schema=PATH-OR-URL"
        )
