"""What came of a push, by the words of git 2.39 and of GitHub."""

from __future__ import annotations

from subprocess import CompletedProcess

import pytest

from chargen.edges.git_push import Pushed, judge
from chargen.errors import BooksConflict

REF = "refs/heads/chargen/tracking"


def pushed(reason: str, stderr: str = "", *, flag: str = "!", code: int = 1) -> tuple[Pushed, str]:
    stdout = (
        f"To https://github.com/acme/site.git\n{flag}\t{'1' * 40}:{REF}\t{reason}\nDone\n" if reason else ""
    )
    return judge("origin", REF, CompletedProcess([], code, stdout.encode(), stderr.encode()))


@pytest.mark.parametrize(
    "reason",
    [
        "[rejected] (fetch first)",
        "[rejected] (non-fast-forward)",
        "[rejected] (stale info)",
        "[remote rejected] (failed to update ref)",
        f"[remote rejected] (cannot lock ref '{REF}': is at {'2' * 40} but expected {'3' * 40})",
        f"[remote rejected] (cannot lock ref '{REF}': reference already exists)",
    ],
)
def test_another_push_was_faster(reason: str) -> None:
    assert pushed(reason, "error: failed to push some refs\nhint: git pull ...\n") == (
        Pushed.LOST,
        f"! {reason}",
    )


@pytest.mark.parametrize(
    ("reason", "stderr", "said"),
    [
        (
            "[remote rejected] (protected branch hook declined)",
            "remote: error: GH006: Protected branch update failed for refs/heads/chargen/tracking.\n",
            "GH006: Protected branch update failed",
        ),
        (
            "[remote rejected] (push declined due to repository rule violations)",
            "remote: error: GH013: Repository rule violations found for refs/heads/chargen/tracking.\n",
            "GH013: Repository rule violations",
        ),
        (
            "",
            (
                "remote: Permission to acme/site.git denied to github-actions[bot].\nfatal: unable to access "
                "'https://x:secret@github.com/acme/site/': The requested URL returned error: 403\n"
            ),
            "Permission to acme/site.git denied",
        ),
        (
            "",
            "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
            "Username",
        ),
        ("", "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote", "fatal:"),
    ],
)
def test_a_refusal_is_told_and_what_to_do(reason: str, stderr: str, said: str) -> None:
    with pytest.raises(BooksConflict, match="origin refused the push: ") as caught:
        pushed(reason, stderr)

    assert said in caught.value.message
    assert "secret" not in caught.value.message
    assert "contents: write" in caught.value.hint


@pytest.mark.parametrize(
    ("reason", "stderr"),
    [
        (
            "",
            "error: RPC failed; curl 56 Recv failure: Connection reset by peer\nfatal: the remote end hung up",
        ),
        ("", "fatal: unable to access 'https://github.com/a/b/': Could not resolve host: github.com"),
        ("[remote failure] (remote failed to report status)", "error: failed to push some refs"),
        ("[remote rejected] (Internal Server Error)", "error: failed to push some refs"),
        ("", ""),
    ],
)
def test_no_answer_is_unclear(reason: str, stderr: str) -> None:
    what, said = pushed(reason, stderr)

    assert what is Pushed.UNCLEAR
    assert said


def test_taken_and_failed_nevertheless_is_unclear() -> None:
    assert pushed("[new branch]", "send-pack: unexpected disconnect", flag="*")[0] is Pushed.UNCLEAR


def test_a_push_that_ended_well_is_done() -> None:
    assert pushed("1111111..2222222", flag=" ", code=0) == (Pushed.DONE, "")
