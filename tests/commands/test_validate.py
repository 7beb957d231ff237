"""`chargen validate` on a world with a bit of everything wrong: what a writer, a program, a scanner and a workflow run get."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from chargen.core.annotation import SHOWN

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.commands.conftest import World

PIER = "locations/pier/imagery.yaml"
MARA = "characters/mara/imagery.yaml"
OPENING = "chapters/one/imagery.yaml"


def spoil(world: World) -> None:
    """An unknown mood for two shots, a display name for a slug, small talk in canon, and a file that does not parse."""
    world.edit(PIER, "mood: ominous", "mood: omnious")
    world.edit(MARA, "slug: mara", "slug: mara-quill\nname: Mara Quill")
    world.edit(MARA, "[grey braid, oilskin coat]", "['Certainly! Here is her look: a grey braid']")
    world.edit(OPENING, "{ref: mara, must_match: true}", "{ref: Mara Quill}")
    world.write("locations/broken/imagery.yaml", "kind: location\nscenes: [\n")


def test_a_sound_world_is_told_in_a_line(world: World) -> None:
    said = world("validate")

    assert (said.code, said.err) == (0, "")
    assert said.out == "3 entities, 5 shots wanted; 0 errors, 0 warnings.\n"


def test_findings_are_told_by_kind_with_places_and_what_to_do(world: World) -> None:
    spoil(world)

    said = world("validate")

    assert said.code == 1
    assert said.out == (
        "bad-yaml, 1 error: the file cannot be read as YAML; nothing of it is planned\n"
        "locations/broken/imagery.yaml:3:1: error: not readable as YAML: expected the node content, "
        "but found '<stream end>'\n"
        "    look at the indentation, the quotes and the colons of this line and the one above it\n"
        "\n"
        "dangling-reference, 1 warning: something is named that this world does not have\n"
        "chapters/one/imagery.yaml:9:28: warning: no character 'Mara Quill' in this world\n"
        "    did you mean 'mara-quill'?\n"
        "\n"
        "unknown-mood, 1 warning: a mood that chargen.yaml does not describe; the bare word is painted\n"
        "locations/pier/imagery.yaml:12:11: warning: mood 'omnious' is not among the world's moods\n"
        "    did you mean 'ominous'?\n"
        "\n"
        "small-talk, 1 warning: an assistant's words to its user, left in what describes a picture\n"
        "characters/mara/imagery.yaml:6:15: warning: this reads like an assistant's reply: "
        "'Certainly! Here is her look: a grey braid'\n"
        "    delete what is not about the picture\n"
        "\n"
        "3 entities, 5 shots wanted; 1 error, 3 warnings.\n"
    )


def test_json_has_every_finding_and_its_shots(world: World) -> None:
    spoil(world)

    said = world("validate", "--format", "json")

    found = {item["rule"]: item for item in json.loads(said.out)}
    assert said.code == 1
    assert list(found) == ["bad-yaml", "dangling-reference", "unknown-mood", "small-talk"]
    assert found["unknown-mood"] == {
        "rule": "unknown-mood",
        "severity": "warning",
        "message": "mood 'omnious' is not among the world's moods",
        "hint": "did you mean 'ominous'?",
        "path": PIER,
        "line": 12,
        "column": 11,
        "entity": "location/pier",
        "shots": ["location/pier/dawn/lamp", "location/pier/dawn/wide"],
    }


def test_strict_fails_on_warnings_and_not_on_their_absence(world: World) -> None:
    assert world("validate", "--strict").code == 0
    world.edit(PIER, "mood: ominous", "mood: omnious")

    assert world("validate").code == 0
    assert world("validate", "--strict").code == 1


def test_sarif_names_files_from_the_top_of_the_repository(world: World, git: Any) -> None:
    git(world.root.parent, "init")
    spoil(world)

    said = world("validate", "--format", "sarif")

    log = json.loads(said.out)
    assert (said.code, log["version"]) == (1, "2.1.0")
    places = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in log["runs"][0]["results"]
    ]
    assert f"world/{PIER}" in places


def test_a_workflow_run_gets_annotations_and_the_rest_in_its_summary(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    spoil(world)
    shots = "".join(f"  - {{id: s{n}, subject: x, mood: odd{n}}}\n" for n in range(20))
    world.write("locations/quay/imagery.yaml", f"kind: location\nscenes:\n{shots}")

    said = world("validate", "--format", "github")

    lines = said.out.splitlines()
    assert said.code == 1
    assert [line.split()[0] for line in lines].count("::error") == 1
    assert sum(line.startswith("::warning") for line in lines) == SHOWN
    assert lines[0].startswith("::error file=locations/broken/imagery.yaml,line=3,col=1,title=bad-yaml::")
    assert lines[-1] == f"::warning::{23 - SHOWN + 1} more are in the summary of this run"
    written = summary.read_text(encoding="utf-8")
    assert written.startswith("### 1 error, 23 warnings in the world's files\n")
    assert all(f"mood 'odd{n}'" in written for n in range(20))


@pytest.mark.parametrize("style", ["text", "json", "sarif", "github"])
def test_a_bad_chargen_yaml_comes_out_in_every_form(world: World, style: str) -> None:
    world.write("chargen.yaml", "stile: {medium: ink}\nlimits: {workers: many}\n")

    said = world("validate", "--format", style)

    assert (said.code, said.err) == (3, "")
    assert "unknown key 'stile'" in said.out
    assert "'workers' is the text 'many'" in said.out
    assert "did you mean 'style'?" in said.out


def test_a_dangling_must_match_is_an_error_and_the_plan_says_both(world: World) -> None:
    world.edit(OPENING, "{ref: mara, must_match: true}", "{ref: Maro, must_match: true}, {ref: nobody}")

    checked, planned = world("validate"), world("batch", "plan")
    markdown = world("batch", "plan", "--format", "markdown").out
    data = json.loads(world("batch", "plan", "--format", "json").out)

    for text in (checked.out, planned.out):
        assert f"{OPENING}:9:28: error: no character 'Maro' in this world\n    did you mean 'mara'?\n" in text
        assert f"{OPENING}:9:59: warning: no character 'nobody' in this world\n" in text
    assert "no character 'Maro'" in markdown
    assert "no character 'nobody'" in markdown
    assert [(item["severity"], item["line"], item["column"]) for item in data["problems"]] == [
        ("error", 9, 28),
        ("warning", 9, 59),
    ]
    assert (checked.code, planned.code) == (1, 1)
    assert checked.out.endswith("\n3 entities, 5 shots wanted, 1 of them stopped by 1 error; 1 warning.\n")


def test_the_last_line_says_how_many_shots_errors_stop(world: World) -> None:
    world.edit(PIER, "an empty bench", "''")
    world.edit(MARA, "images/face.png", "images/gone.png")

    stopped = world("validate").out.splitlines()[-1]
    world.write("locations/broken/imagery.yaml", "kind: location\nscenes: [\n")
    broken = world("validate").out.splitlines()[-1]

    assert stopped == "3 entities, 5 shots wanted, 3 of them stopped by 2 errors; 0 warnings."
    assert broken == "3 entities, 5 shots wanted, 3 of them stopped by 2 errors; 3 errors, 0 warnings."


def test_a_shot_that_cannot_be_made_is_named_with_its_finding(world: World) -> None:
    world.edit(PIER, "an empty bench", "''")

    (found,) = json.loads(world("validate", "--format", "json").out)

    assert (found["rule"], found["shots"]) == ("empty-subject", ["location/pier/dusk/bench"])


def test_a_folder_without_any_imagery_fails_where_warnings_do(world: World) -> None:
    (world.root / "elsewhere").mkdir()

    said = world("validate", "--strict", "--root", "elsewhere")
    planned = world("batch", "plan", "--root", "elsewhere")

    assert said.code == 1
    assert said.out == (
        "empty-world, 1 warning: there is no imagery.yaml where chargen looked, so no picture is wanted\n"
        f".: warning: no imagery.yaml was found in {world.root}/elsewhere\n"
        "    give --root the world's folder, or begin with `chargen init`\n"
        "\n"
        "0 entities, 0 shots wanted; 0 errors, 1 warning.\n"
    )
    assert f".: warning: no imagery.yaml was found in {world.root}/elsewhere\n" in planned.out
    assert planned.code == 0


def test_roots_that_hold_no_imagery_are_told_at_their_line(world: World) -> None:
    world.write("chargen.yaml", "style: {medium: ink}\nroots: [world, more]\n")

    (found,) = json.loads(world("validate", "--format", "json").out)

    assert (found["rule"], found["path"], found["line"]) == ("empty-world", "chargen.yaml", 2)
    assert found["message"] == f"no imagery.yaml was found in {world.root}, below world, more"
    assert found["hint"] == "give --root the world's folder, or correct `roots:` in chargen.yaml"


def test_an_empty_world_in_a_repository_is_named_from_its_top(world: World, git: Callable[..., str]) -> None:
    git(world.root, "init", "-q")
    (world.root / "elsewhere").mkdir()

    (found,) = json.loads(world("validate", "--format", "json", "--root", "elsewhere").out)

    assert found["message"] == "no imagery.yaml was found in elsewhere"


def test_a_world_whose_only_file_is_bad_is_not_empty(one_shot: World) -> None:
    one_shot.write("quay/imagery.yaml", "kind: location\nscenes: [\n")

    said = json.loads(one_shot("validate", "--format", "json").out)

    assert [item["rule"] for item in said] == ["bad-yaml"]


def test_all_leaves_nothing_out(world: World) -> None:
    shots = "".join(f"  - {{id: s{n}, subject: x, mood: odd{n}}}\n" for n in range(20))
    world.write("locations/quay/imagery.yaml", f"kind: location\nscenes:\n{shots}")

    few, every = world("validate").out, world("validate", "--all").out

    assert few.count("is not among the world's moods") < 20
    assert "and 12 more like these: chargen validate --all" in few
    assert every.count("is not among the world's moods") == 20


def test_a_reference_to_another_machine_is_told_as_such(world: World) -> None:
    world.edit(MARA, "images/face.png", "/home/ada/face.png")

    said = world("validate")

    assert said.code == 1
    assert "absolute-path, 1 error" in said.out
    assert f"{MARA}:7:22: error: reference '/home/ada/face.png': leads out of the world" in said.out
    assert "use a file inside the world" in said.out


def test_a_note_is_told_by_validate_alone_and_fails_nothing(world: World) -> None:
    text = "entity_type: location\nslug: quay\nzones:\n  - slug: steps\n    prompt_used: wet stone steps\n"
    world.write("locations/quay/imagery.yaml", text)

    checked, planned = world("validate", "--strict"), world("batch", "plan")

    assert checked.code == 0
    assert "prompt-as-subject, 1 note: " in checked.out
    assert "locations/quay/imagery.yaml:5:18: note: " in checked.out
    assert checked.out.endswith("0 errors, 0 warnings, 1 note.\n")
    assert "note" not in planned.out
    assert "location/quay" in planned.out
