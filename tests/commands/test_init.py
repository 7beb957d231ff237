"""`chargen init` in new and in lived-in repositories: a world that works, nothing overwritten, the same again."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from chargen.cli import run
from chargen.core.scaffold import WORKFLOWS

if TYPE_CHECKING:
    from collections.abc import Callable

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
PIN = ("--from", "acme/chargen", "--ref", "0123456789abcdef0123456789abcdef01234567")
WRITTEN = [
    ".gitattributes",
    ".github/CODEOWNERS",
    *(f".github/workflows/{name}" for name in sorted(WORKFLOWS)),
    "chargen.yaml",
    "locations/sluice-cottage/imagery.yaml",
    "locations/sluice-cottage/place.md",
]


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    subprocess.run(["git", "init", "--quiet", "--initial-branch=main", tmp_path], check=True)
    subprocess.run(
        ["git", "remote", "add", "origin", "git@github.com:acme/tales.git"], cwd=tmp_path, check=True
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def call(*arguments: str) -> tuple[int, str]:
        code = run(list(arguments))
        out, err = capsys.readouterr()
        return code, out + err

    return call


@pytest.fixture
def data(capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    def call(*arguments: str) -> Any:
        assert run(["init", *PIN, "--format", "json", *arguments]) == 0
        return json.loads(capsys.readouterr().out)

    return call


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
    return {name: names[name] for name in sorted(names) if not name.startswith((".git/", ".chargen/"))}


def acts(made: Any) -> dict[str, str]:
    return {step["path"]: step["act"] for step in made["files"]}


def test_an_empty_repository_becomes_a_world_that_validates_and_plans(repository: Path, said: Any) -> None:
    code, text = said("init", *PIN)

    assert code == 0, text
    assert list(files(repository)) == WRITTEN
    assert "GEMINI_API_KEY" in text
    assert "Allow GitHub Actions to create and approve pull requests" in text
    assert "push to main" in text
    assert said("validate", "--strict")[0] == 0
    code, text = said("batch", "plan", "--format", "json")
    assert (code, [item["action"] for item in json.loads(text)["items"]]) == (0, ["generate"])


def test_again_it_writes_nothing(repository: Path, said: Any) -> None:
    said("init", *PIN)
    before = files(repository)

    assert said("init", *PIN) == (0, "Nothing to write.\n")
    assert files(repository) == before


def test_a_dry_run_tells_the_same_and_writes_nothing(repository: Path, data: Any) -> None:
    told = data("--dry-run")

    assert files(repository) == {}
    assert data() == told
    assert sorted(acts(told)) == WRITTEN
    assert set(acts(told).values()) == {"write"}


def test_what_people_wrote_stays_byte_for_byte(repository: Path, data: Any) -> None:
    theirs = {
        "chargen.yaml": b"# ours\r\nbudget: {run_usd: 1}\r\n",
        "characters/mira/imagery.yaml": b"scenes: []\n",
        ".github/workflows/chargen-tick.yml": b"on: workflow_dispatch\n\xff",
    }
    for name, content in theirs.items():
        (repository / name).parent.mkdir(parents=True, exist_ok=True)
        (repository / name).write_bytes(content)

    made = data()

    assert {name: files(repository)[name] for name in theirs} == theirs
    assert {path: act for path, act in acts(made).items() if act != "write"} == {
        "chargen.yaml": "leave",
        ".github/workflows/chargen-tick.yml": "leave",
    }
    assert not (repository / "locations").exists(), "a world that has entities needs no example"
    missing = {step["path"]: step["lines"] for step in made["files"]}
    assert missing["chargen.yaml"][0].startswith("# yaml-language-server: $schema=https://")


def test_a_world_that_has_entities_is_asked_for_the_same_pictures_as_before(
    repository: Path, said: Any
) -> None:
    shutil.copytree(EXAMPLES / "tidewright", repository, dirs_exist_ok=True)
    (repository / "chargen.yaml").unlink()
    before = prompt_hashes(said)

    said("init", *PIN)

    assert len(before) > 5
    assert prompt_hashes(said) == before
    assert "\n# style:\n#   medium: ink" in (repository / "chargen.yaml").read_text(encoding="utf-8")


def prompt_hashes(said: Any) -> dict[str, str]:
    """What each shot of the world asks for."""
    _, text = said("batch", "plan", "--format", "json")
    items = json.loads(text[text.index("{") : text.rindex("}") + 1])["items"]
    return {item["jobId"]: item["promptHash"] for item in items}


def test_a_file_that_was_left_is_told_with_what_it_lacks(repository: Path, said: Any) -> None:
    (repository / "chargen.yaml").write_text("budget: {run_usd: 1}\n", encoding="utf-8")

    _, text = said("init", *PIN)

    assert "left      chargen.yaml: its first line may be\n          # yaml-language-server: $schema=" in text


def test_lines_are_added_to_the_owners_that_are_there(repository: Path, said: Any) -> None:
    (repository / "CODEOWNERS").write_bytes(b"* @acme/all\r\n")

    said("init", *PIN, "--owner", "acme/editors")

    assert not (repository / ".github" / "CODEOWNERS").exists()
    assert (repository / "CODEOWNERS").read_bytes() == (
        b"* @acme/all\r\n# chargen\r\n"
        b"/.github/workflows/chargen-*.yml @acme/editors\r\n/chargen.yaml @acme/editors\r\n"
    )


def test_a_world_in_a_folder_has_its_workflows_at_the_top(repository: Path, said: Any) -> None:
    (repository / "my world").mkdir()

    code, text = said("init", *PIN, "--root", "my world", "--branch", "trunk")

    assert code == 0, text
    assert "my world/chargen.yaml" in files(repository)
    submit = files(repository)[".github/workflows/chargen-submit.yml"].decode()
    assert 'root: "my world"' in submit
    assert 'branches: ["trunk"]' in submit


def test_a_second_world_beside_the_first_is_refused_and_nothing_is_written(
    repository: Path, said: Any
) -> None:
    (repository / "tales").mkdir()
    said("init", *PIN, "--root", "tales")
    before = files(repository)

    code, text = said("init", *PIN, "--root", ".")

    assert (code, files(repository) == before) == (64, True)
    assert "runs the world in 'tales'" in text
    assert "--root 'tales'" in text


@pytest.mark.parametrize(("books", "row"), [(True, True), (True, False), (False, True)])
def test_pictures_made_before_there_was_an_origin_have_books_to_bring_there(
    repository: Path, said: Any, *, books: bool, row: bool
) -> None:
    file = repository / "locations" / "pier" / "imagery.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("# provider_metadata\n" if row else "scenes: []\n", encoding="utf-8")
    if books:
        made = subprocess.run(
            ["git", "hash-object", "-w", "--stdin"],
            cwd=repository,
            input=b"",
            capture_output=True,
            check=True,
        ).stdout.strip()
        subprocess.run(["git", "update-ref", "refs/chargen/books", made], cwd=repository, check=True)

    _, text = said("init", *PIN)

    assert ("run chargen state rebuild" in text) == (books and row)


def test_without_a_repository_it_says_to_make_one(tmp_path: Path, said: Any) -> None:
    code, text = said("init", *PIN, "--root", str(tmp_path))

    assert code == 0, text
    assert "1. Make this folder a repository (git init)" in text
    assert "Say in CODEOWNERS who must agree" in text


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--from", "acme/chargen", "--ref", "main"), "'main' is no full commit id"),
        (("--from", "nonsense", "--ref", "0" * 40), "'nonsense' is no repository"),
        ((*PIN, "--branch", "${{x}}"), "a workflow cannot name '${{x}}'"),
        ((*PIN, "--branch", "refs/heads/main"), "'refs/heads/main' is no branch"),
        ((*PIN, "--branch", "a..b"), "'a..b' is no branch"),
        ((*PIN, "--branch", "-d"), "'-d' is no branch"),
        ((*PIN, "--branch", ""), "'' is no branch"),
        ((*PIN, "--owner", "@ada\n* @eve"), "is no owner"),
    ],
)
def test_what_cannot_be_meant_is_a_usage_error_and_writes_nothing(
    repository: Path, said: Any, arguments: tuple[str, ...], message: str
) -> None:
    code, text = said("init", *arguments)

    assert code == 64
    assert message in text
    assert files(repository) == {}


def test_a_link_out_of_the_repository_is_not_followed(
    repository: Path, said: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside")
    (repository / ".github").symlink_to(outside)

    code, text = said("init", *PIN)

    assert (code, list(outside.iterdir())) == (1, [])
    assert "leads out of" in text
