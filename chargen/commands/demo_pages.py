"""The demo's pull requests as pages that open without any server: bodies as the forge would show them, pictures beside."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import chargen
from chargen.core.counted import counted
from chargen.emulator.forge.bare import Bare

if TYPE_CHECKING:
    from collections.abc import Iterator
    from decimal import Decimal

    from chargen.commands.demo_stage import Stage
    from chargen.emulator.forge.records import Pull

_TEMPLATES: Final = Path(chargen.__file__).resolve().parent / "templates" / "pages"
_PICTURES: Final = "pictures"
_SHOWN: Final = re.compile(rf'<img ([^>]*\b)?src="({_PICTURES}/[^"]+)"[^>]*>')


@dataclass(frozen=True, slots=True)
class Pictures:
    """The pictures of a repository, written beside the pages under the name of their content."""

    bare: Bare
    folder: Path
    place: str  # where the forge shows the repository

    def local(self, page: str) -> str:
        """A page whose addresses on the forge lead to the files beside it; a click opens a picture whole."""
        blob = re.compile(rf"{re.escape(self.place)}/blob/([0-9a-f]{{40}})/([^\"?]+)\?raw=true")
        page = blob.sub(lambda found: self.file(found[1], unquote(html.unescape(found[2]))), page)
        page = re.sub(rf"{re.escape(self.place)}/pull/(\d+)", r"\1.html", page)
        return _SHOWN.sub(r'<a href="\g<2>">\g<0></a>', page)

    def file(self, commit: str, path: str) -> str:
        """The file beside the pages that holds a commit's picture. CalledProcessError when it has none."""
        blob = self.bare.git("rev-parse", "--verify", f"{commit}:{path}")
        name = f"{blob[:16]}{Path(path).suffix}"
        target = self.folder / name
        if not target.exists():
            target.write_bytes(self.bare.raw("cat-file", "blob", blob))
        return f"{_PICTURES}/{name}"


def write_pages(stage: Stage, paid_usd: Decimal, end: str) -> Path:
    """A page for each pull request and one that leads to them all; its path. CalledProcessError: a picture is missing."""
    (stage.pages / _PICTURES).mkdir(parents=True)
    repository = stage.github.repository().full_name
    place = f"{stage.github.server_url}/{repository}"
    pictures = Pictures(stage.bare, stage.pages / _PICTURES, place)
    pulls = [_pull(stage, pictures, pull) for pull in stage.github.pulls()]
    for pull in pulls:
        _write(stage.pages / f"{pull['number']}.html", "pull.html", repository=repository, pull=pull)
    index = stage.pages / "index.html"
    _write(
        index,
        "index.html",
        repository=repository,
        about=_about(stage, paid_usd),
        pulls=pulls,
        end=end,
        gallery=list(_gallery(stage, pictures)),
        runs=[
            {
                "command": run.command,
                "number": run.number,
                "seconds": run.seconds,
                "html": _html(run.summary, pictures),
            }
            for run in stage.runs
        ],
    )
    return index


def _pull(stage: Stage, pictures: Pictures, pull: Pull) -> dict[str, Any]:
    said = [(pull.login, pull.body or "")]
    said += [(comment.login, comment.body) for comment in stage.github.comments(pull.number)]
    return {
        "number": pull.number,
        "title": pull.title,
        "author": pull.login.removesuffix("[bot]"),
        "branch": pull.branch,
        "state": "merged" if pull.merged else "open" if pull.open else "closed",
        "by": pull.merged_by,
        "comments": [{"author": author, "html": _html(body, pictures, breaks=True)} for author, body in said],
    }


def _html(markdown: str, pictures: Pictures, *, breaks: bool = False) -> Any:
    """Markdown as GitHub shows it; in comments every line end is one, in summaries it is not."""
    from markdown_it import MarkdownIt
    from markupsafe import Markup
    from mdit_py_plugins.tasklists import tasklists_plugin

    parser = MarkdownIt("gfm-like", {"linkify": False, "html": True, "breaks": breaks})
    page = parser.use(tasklists_plugin).render(markdown)
    return Markup(pictures.local(page))  # noqa: S704  # our own renderer escapes what is not ours


def _gallery(stage: Stage, pictures: Pictures) -> Iterator[dict[str, str]]:
    """The pictures the default branch's rows name, in the order of their paths."""
    tip = stage.bare.branches()["main"]
    made = re.compile(r"/images/(.+\..+)\.png$")  # scene.shot; references have no dot
    for path in stage.bare.git("ls-tree", "-r", "--name-only", tip).splitlines():
        if found := made.search(path):
            yield {
                "file": pictures.file(tip, path),
                "name": f"{path.split('/')[1]} {found[1].replace('.', '/')}",
            }


def _about(stage: Stage, paid_usd: Decimal) -> str:
    pictures = counted(len(stage.gemini.paid), "picture")
    return (
        f"{pictures} in {counted(len(stage.runs), 'workflow run')}, {paid_usd:.2f} USD by chargen's price table. "
        "No model painted them: a stand-in draws a simple scene after each request's words."
    )


def _write(path: Path, template: str, **said: Any) -> None:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    path.write_text(environment.get_template(template).render(**said), encoding="utf-8")
