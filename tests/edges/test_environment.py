"""What is taken from environment variables, what never is shown of them, and who else lives on this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from chargen.edges.environment import (
    Environment,
    git_environment,
    read_environment,
    secrets_as_shown,
    secrets_of,
)
from chargen.edges.process import boot_id, is_alive, is_gone, nonce, this_process
from chargen.errors import ConfigurationError


def test_an_empty_environment_says_nothing() -> None:
    assert read_environment({}) == Environment()
    assert read_environment({"GEMINI_API_KEY": "  ", "GITHUB_OUTPUT": ""}) == Environment()
    assert not Environment().in_actions
    assert Environment().run_url == ""


def test_every_variable_is_read() -> None:
    said = read_environment(
        {
            "GEMINI_API_KEY": " key\n",
            "GOOGLE_GEMINI_BASE_URL": "http://127.0.0.1:8080/",
            "GITHUB_TOKEN": "ghs_token",
            "GITHUB_API_URL": "https://git.example.org/api/v3",
            "GITHUB_SERVER_URL": "https://git.example.org",
            "GITHUB_REPOSITORY": "ada/world",
            "GITHUB_REPOSITORY_ID": "42",
            "GITHUB_RUN_ID": "7",
            "GITHUB_EVENT_PATH": "/runner/event.json",
            "GITHUB_OUTPUT": "/runner/output",
            "GITHUB_STEP_SUMMARY": "/runner/summary",
            "HOME": "/root",
        }
    )

    assert said == Environment(
        gemini_api_key="key",
        google_gemini_base_url="http://127.0.0.1:8080",
        github_token="ghs_token",
        github_api_url="https://git.example.org/api/v3",
        github_server_url="https://git.example.org",
        github_repository="ada/world",
        github_repository_id=42,
        github_run_id="7",
        github_event_path=Path("/runner/event.json"),
        github_output=Path("/runner/output"),
        github_step_summary=Path("/runner/summary"),
    )
    assert said.in_actions
    assert said.run_url == "https://git.example.org/ada/world/actions/runs/7"


@pytest.mark.parametrize(
    ("environ", "wanted"),
    [
        ({"NO_COLOR": "1"}, True),
        ({"NO_COLOR": "0"}, True),
        ({"NO_COLOR": ""}, False),
        ({"TERM": "dumb"}, True),
        ({"TERM": "xterm"}, False),
    ],
)
def test_colours_are_refused_by_any_no_color_and_by_dumb_terminals(
    environ: dict[str, str],
    wanted: bool,  # noqa: FBT001
) -> None:
    assert read_environment(environ).no_color is wanted


def test_secrets_are_never_shown() -> None:
    said = read_environment({"GEMINI_API_KEY": "sesame", "GITHUB_TOKEN": "mellon"})

    assert "sesame" not in repr(said)
    assert "mellon" not in str(said)


def test_secrets_are_known_in_every_spelling_even_bad_ones() -> None:
    environ = {"GEMINI_API_KEY": " sesa/me\n", "GITHUB_TOKEN": "mellon", "GITHUB_RUN_ID": "no number"}

    assert secrets_of(environ) == ("sesa/me", "sesa%2Fme", "mellon")


@pytest.mark.parametrize("name", ["GEMINI_API_KEY", "GITHUB_TOKEN"])
@pytest.mark.parametrize("value", ["two words", "line\nbreak", "“quoted”", "nul\0"])
def test_a_spoilt_key_is_said_without_repeating_it(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=f"{name} holds characters no key has") as caught:
        read_environment({name: value})

    assert value not in str(caught.value) + caught.value.hint


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("GOOGLE_GEMINI_BASE_URL", "ftp://example.org"),
        ("GOOGLE_GEMINI_BASE_URL", "example.org"),
        ("GITHUB_API_URL", "https://user:password@example.org"),
        ("GITHUB_SERVER_URL", "https://example.org/?q"),
        ("GITHUB_REPOSITORY", "no-slash"),
        ("GITHUB_REPOSITORY", "a/b/../c"),
        ("GITHUB_REPOSITORY_ID", "-1"),
        ("GITHUB_REPOSITORY_ID", "٣"),
        ("GITHUB_RUN_ID", "7\n::error::"),
    ],
)
def test_what_cannot_be_meant_is_a_configuration_error(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name) as caught:
        read_environment({name: value})

    assert "password" not in str(caught.value)
    assert "\n" not in str(caught.value)


def test_git_is_given_what_connects_it_and_nothing_that_redirects_it() -> None:
    given = git_environment(
        {
            "PATH": "/bin",
            "GIT_DIR": "/elsewhere",
            "GIT_INDEX_FILE": "/elsewhere/index",
            "GIT_CONFIG_PARAMETERS": "'core.hooksPath=/x'",
            "GIT_EXTERNAL_DIFF": "rm",
            "GIT_TRACE": "1",
            "GIT_SSH_COMMAND": "ssh -i key",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "safe.directory",
            "GEMINI_API_KEY": "sesame",
            "GITHUB_TOKEN": "mellon",
            "LANG": "de_DE.UTF-8",
        }
    )

    assert given == {
        "PATH": "/bin",
        "GIT_SSH_COMMAND": "ssh -i key",
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": "safe.directory",
        "GITHUB_TOKEN": "mellon",
        "LANG": "de_DE.UTF-8",
        "LC_ALL": "C",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_NO_REPLACE_OBJECTS": "1",
    }


def test_a_running_process_is_alive() -> None:
    assert is_alive(os.getpid())
    assert is_alive(1)


@pytest.mark.parametrize("pid", [0, -1, 2**22 + 1, 2**70])
def test_what_is_no_process_is_not_alive(pid: int) -> None:
    assert not is_alive(pid)


def test_a_process_that_ended_is_not_alive_though_nobody_asked_how() -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, ended.pid, os.WEXITED | os.WNOWAIT)

    assert not is_alive(ended.pid)
    ended.wait()
    assert not is_alive(ended.pid)


def test_an_owner_is_gone_only_when_this_machine_can_tell() -> None:
    us = this_process("https://example.org/run")
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    assert not is_gone(us)
    assert is_gone(replace(us, pid=ended.pid))
    assert not is_gone(replace(us, pid=ended.pid, host="elsewhere"))
    assert not is_gone(replace(us, pid=ended.pid, boot="before"))
    assert not is_gone(replace(us, pid=0))


def test_every_claim_has_a_nonce_of_its_own() -> None:
    assert this_process().nonce != this_process().nonce
    assert len(nonce()) == 16
    assert boot_id() == boot_id() != ""


def test_secrets_are_known_as_markdown_html_json_and_git_write_them() -> None:
    shown = secrets_as_shown({"GEMINI_API_KEY": 'a_b&"c', "GITHUB_TOKEN": ""})

    assert shown[0] == 'a_b&"c'
    assert {'a\\_b&amp;"c', "a_b&amp;&quot;c", 'a_b&\\"c', "eC1hY2Nlc3MtdG9rZW46YV9iJiJj"} <= set(shown)
    assert secrets_as_shown({}) == ()
