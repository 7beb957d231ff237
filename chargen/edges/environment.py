"""The one reader of environment variables: what chargen takes from them, and what the programs it starts are given."""

from __future__ import annotations

import base64
import json
import os
import re
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from chargen.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Mapping

GITHUB_API_URL: Final = "https://api.github.com"
GITHUB_SERVER_URL: Final = "https://github.com"
_MARKS: Final = re.compile(r"[\\`*_\[\]|#~!$]")  # what markdown_escape writes a backslash before
_SECRETS: Final = ("GEMINI_API_KEY", "GITHUB_TOKEN")
# What says where and how to connect may pass; what says which repository, index or objects may not: a caller's hook
# runs with GIT_DIR and GIT_INDEX_FILE set, and chargen would write into the commit being made.
_GIT_MAY_KEEP: Final = re.compile(
    r"GIT_(ASKPASS|SSH|SSH_COMMAND|SSH_VARIANT|PROXY_\w+|SSL_\w+|HTTP_\w+|EXEC_PATH|CEILING_DIRECTORIES"
    r"|DISCOVERY_ACROSS_FILESYSTEM|CONFIG_(GLOBAL|SYSTEM|NOSYSTEM|COUNT|KEY_\d+|VALUE_\d+))"
)


@dataclass(frozen=True, slots=True)
class Environment:
    """Every variable chargen reads; empty when it is not set."""

    gemini_api_key: str = field(default="", repr=False)
    google_gemini_base_url: str = ""
    github_token: str = field(default="", repr=False)
    github_api_url: str = GITHUB_API_URL
    github_server_url: str = GITHUB_SERVER_URL
    github_repository: str = ""
    github_repository_id: int = 0
    github_run_id: str = ""
    github_event_path: Path | None = None
    github_output: Path | None = None
    github_step_summary: Path | None = None
    no_color: bool = False

    @property
    def in_actions(self) -> bool:
        """Whether a workflow run started this process."""
        return bool(self.github_run_id)

    @property
    def run_url(self) -> str:
        """The page of the workflow run; empty outside one."""
        if not (self.github_run_id and self.github_repository):
            return ""
        return f"{self.github_server_url}/{self.github_repository}/actions/runs/{self.github_run_id}"


def secrets_of(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The values that must appear in no output, in every spelling a URL gives them; never raises, as errors need it."""
    spellings = [
        spelling for value in _values(environ) for spelling in (value, quote(value), quote(value, safe=""))
    ]
    return tuple(dict.fromkeys(spelling for spelling in spellings if spelling))


def secrets_as_shown(environ: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """The same, and as markdown, HTML, JSON and git's header spell them."""
    spellings = [*secrets_of(environ)]
    for value in filter(None, _values(environ)):
        spellings += (
            _MARKS.sub(r"\\\g<0>", escape(value, quote=False)),
            escape(value),
            json.dumps(value)[1:-1],
        )
        spellings.append(base64.b64encode(f"x-access-token:{value}".encode()).decode())
    return tuple(dict.fromkeys(spellings))


def _values(environ: Mapping[str, str]) -> list[str]:
    return [environ.get(name, "").strip() for name in _SECRETS]


def wants_no_color(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether nothing may be coloured (https://no-color.org, or a terminal that cannot); never raises, as errors need it."""
    return bool(environ.get("NO_COLOR")) or environ.get("TERM") == "dumb"


def in_a_workflow(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a workflow run started this process; never raises, as errors need it."""
    return bool(environ.get("GITHUB_RUN_ID"))


def read_environment(environ: Mapping[str, str] = os.environ) -> Environment:
    """What the variables say. ConfigurationError for a value that cannot be meant; it never repeats a secret."""
    said = {name: value.strip() for name, value in environ.items() if value.strip()}
    return Environment(
        gemini_api_key=_secret(said, "GEMINI_API_KEY"),
        google_gemini_base_url=_url(said, "GOOGLE_GEMINI_BASE_URL", ""),
        github_token=_secret(said, "GITHUB_TOKEN"),
        github_api_url=_url(said, "GITHUB_API_URL", GITHUB_API_URL),
        github_server_url=_url(said, "GITHUB_SERVER_URL", GITHUB_SERVER_URL),
        github_repository=_matching(said, "GITHUB_REPOSITORY", r"[\w.-]+/[\w.-]+", "owner/name"),
        github_repository_id=int(_matching(said, "GITHUB_REPOSITORY_ID", r"[0-9]{1,18}", "a number") or 0),
        github_run_id=_matching(said, "GITHUB_RUN_ID", r"[0-9]{1,18}", "a number"),
        github_event_path=_file(said, "GITHUB_EVENT_PATH"),
        github_output=_file(said, "GITHUB_OUTPUT"),
        github_step_summary=_file(said, "GITHUB_STEP_SUMMARY"),
        no_color=wants_no_color(environ),
    )


def read_what_can_be(
    environ: Mapping[str, str] = os.environ,
) -> tuple[Environment, tuple[ConfigurationError, ...]]:
    """The same without the values that cannot be meant, and what is wrong with each of those."""
    left, found = dict(environ), list[ConfigurationError]()
    while True:
        try:
            return read_environment(left), tuple(found)
        except ConfigurationError as error:
            found.append(error)
            del left[error.message.partition(" ")[0]]  # every such message begins with the variable's name


def git_environment(environ: Mapping[str, str] = os.environ) -> dict[str, str]:
    """
    What a git we start is given: nothing that turns it to another repository, no prompt, no translation, no picture key.

    GITHUB_TOKEN stays, as `gh` may be git's credential helper.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if name != "GEMINI_API_KEY" and (not name.startswith("GIT_") or _GIT_MAY_KEEP.fullmatch(name))
    }
    return {
        **kept,
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }


def _secret(said: Mapping[str, str], name: str) -> str:
    value = said.get(name, "")
    if re.search(r"[^\x21-\x7e]", value):
        hint = f"set {name} again: it may hold a line break, a blank or a typographic character from copying"
        raise ConfigurationError(f"{name} holds characters no key has", hint=hint)
    return value


def _url(said: Mapping[str, str], name: str, default: str) -> str:
    value = said.get(name, default)
    if value and not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", value):
        hint = f"for example {default or 'http://127.0.0.1:8080'}, without user name, password or query"
        raise ConfigurationError(f"{name} is not an http or https address", hint=hint)
    return value.rstrip("/")


def _matching(said: Mapping[str, str], name: str, pattern: str, meaning: str) -> str:
    value = said.get(name, "")
    if value and not re.fullmatch(pattern, value, re.ASCII):
        hint = "GitHub Actions sets it; elsewhere leave it out"
        raise ConfigurationError(f"{name} is not {meaning}: {value!r}", hint=hint)
    return value


def _file(said: Mapping[str, str], name: str) -> Path | None:
    return Path(said[name]) if name in said else None
