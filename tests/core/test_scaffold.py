"""What `chargen init` does about each file: writes it, adds to it, keeps it or leaves it; never changes a person's words."""

from __future__ import annotations

import pytest

from chargen.core.scaffold import (
    ATTRIBUTES,
    CODEOWNERS,
    WORKFLOWS,
    Act,
    Home,
    Pin,
    Step,
    caller,
    check_root,
    named_owner,
    owner_lines,
    steps,
    without_words,
)
from chargen.errors import UsageError

PIN = Pin("acme/chargen", "0123456789abcdef0123456789abcdef01234567", "1.2.3")
HOME = Home("", "main")
CALLER = """\
on:
  push:
    branches: [main]
jobs:
  submit:
    if: vars.CHARGEN_WORLD != '' && !github.event.repository.fork
    uses: $/.github/workflows/world-submit.yml
    with:
      root: ${{ vars.CHARGEN_WORLD }}
      chargen-repository: ${{ github.repository }}
      chargen-ref: ${{ github.sha }}
"""
TEMPLATES = dict.fromkeys(WORKFLOWS, CALLER) | {
    "chargen.yaml": "style: {}\n",
    "imagery.yaml": "scenes: []\n",
    "place.md": "# A place\n",
}


def step(path: str, found: dict[str, str], *, owner: str = "@acme", home: Home = HOME) -> Step:
    (one,) = (
        one for one in steps(TEMPLATES, found, PIN, home, owner=owner, example=False) if one.path == path
    )
    return one


def test_a_caller_names_the_worlds_folder_branch_and_pin() -> None:
    assert (
        caller(CALLER, PIN, Home("my world", "release/1.x"))
        == """\
on:
  push:
    branches: ["release/1.x"]
jobs:
  submit:
    if: ${{ !github.event.repository.fork }}
    uses: acme/chargen/.github/workflows/world-submit.yml@0123456789abcdef0123456789abcdef01234567 # v1.2.3
    with:
      root: "my world"
      chargen-repository: acme/chargen
      chargen-ref: "0123456789abcdef0123456789abcdef01234567" # the commit that uses: names
"""
    )


def test_a_template_that_no_longer_has_what_is_changed_is_a_bug_and_no_silence() -> None:
    with pytest.raises(ValueError, match="0 times root"):
        caller(CALLER.replace("root: ${{ vars.CHARGEN_WORLD }}", "root: ."), PIN, HOME)


@pytest.mark.parametrize(
    ("repository", "commit", "said"),
    [
        ("chargen", "0" * 40, "no repository"),
        ("acme/chargen\njobs:", "0" * 40, "no repository"),
        ("-acme/chargen", "0" * 40, "no repository"),
        ("acme/-chargen", "0" * 40, "no repository"),
        ("acme/.chargen", "0" * 40, "no repository"),
        ("acme/..", "0" * 40, "no repository"),
        ("acme/char..gen", "0" * 40, "no repository"),
        ("acme/chargen", "main", "no full commit id"),
        ("acme/chargen", "0" * 39, "no full commit id"),
        ("acme/chargen", "v1.2.3", "no full commit id"),
    ],
)
def test_a_pin_is_a_repository_and_a_full_commit_id(repository: str, commit: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        Pin(repository, commit, "1.2.3")


@pytest.mark.parametrize("name", ["${{ secrets.X }}", 'a"b', "a\nb", "a*", "!main"])
def test_a_name_that_a_workflow_would_read_otherwise_is_refused(name: str) -> None:
    with pytest.raises(UsageError):
        Home("", name)
    with pytest.raises(UsageError):
        Home(name, "main")


@pytest.mark.parametrize(
    ("owner", "named"),
    [
        ("", ""),
        ("acme", "@acme"),
        ("acme/editors", "@acme/editors"),
        ("@acme/copy.editors", "@acme/copy.editors"),
        ("ada+art@mail.example.org", "ada+art@mail.example.org"),
    ],
)
def test_an_owner_is_a_person_a_team_or_an_address(owner: str, named: str) -> None:
    assert named_owner(owner) == named


@pytest.mark.parametrize(
    "owner",
    ["@a\n* @b", "@a @b", "@", "@a/b/c", "@-a", "a@b", "a b@c.org", "@a#b", "a@b.org,c@d.org", "@a\n"],
)
def test_what_codeowners_would_read_otherwise_is_no_owner(owner: str) -> None:
    with pytest.raises(UsageError, match="is no owner"):
        named_owner(owner)


@pytest.mark.parametrize("line", ["root: tales", 'root: "tales"', "root: './tales/' # ours"])
def test_a_second_world_is_refused_with_the_root_of_the_first(line: str) -> None:
    found = {".github/workflows/chargen-tick.yml": f"with:\n  {line}\n"}

    check_root(found, Home("tales", "main"))
    with pytest.raises(UsageError, match=r"chargen-tick.yml runs the world in 'tales', not '.'") as refused:
        check_root(found, HOME)
    assert "--root 'tales'" in refused.value.hint


def test_a_root_that_only_a_variable_names_is_nobodys() -> None:
    check_root(dict.fromkeys((f".github/workflows/{name}" for name in WORKFLOWS), CALLER), HOME)


def test_where_nothing_is_everything_is_written() -> None:
    made = steps(TEMPLATES, {}, PIN, Home("tales", "main"), owner="@acme", example=True)

    assert [(one.path, one.act) for one in made] == [
        (".github/workflows/chargen-plan.yml", Act.WRITE),
        (".github/workflows/chargen-submit.yml", Act.WRITE),
        (".github/workflows/chargen-tick.yml", Act.WRITE),
        (".github/workflows/chargen-regenerate.yml", Act.WRITE),
        ("tales/chargen.yaml", Act.WRITE),
        ("tales/locations/sluice-cottage/place.md", Act.WRITE),
        ("tales/locations/sluice-cottage/imagery.yaml", Act.WRITE),
        (".github/CODEOWNERS", Act.WRITE),
        ("tales/.gitattributes", Act.WRITE),
    ]


def test_what_was_written_is_kept_the_next_time() -> None:
    first = steps(TEMPLATES, {}, PIN, HOME, owner="@acme", example=False)

    again = steps(TEMPLATES, {one.path: one.text for one in first}, PIN, HOME, owner="@acme", example=False)

    assert {one.act for one in again} == {Act.KEEP}


def test_a_workflow_that_differs_is_left_and_its_difference_told() -> None:
    path = f".github/workflows/{WORKFLOWS[0]}"
    wanted = step(path, {}).text

    left = step(path, {path: wanted.replace("1.2.3", "1.2.2")})

    assert (left.act, left.text) == (Act.LEAVE, "")
    assert [line for line in left.lines if line.startswith(("-  ", "+  "))] == [
        "-    uses: acme/chargen/.github/workflows/world-submit.yml@0123456789abcdef0123456789abcdef01234567 # v1.2.2",
        "+    uses: acme/chargen/.github/workflows/world-submit.yml@0123456789abcdef0123456789abcdef01234567 # v1.2.3",
    ]


def test_a_workflow_with_other_line_ends_is_the_same() -> None:
    path = f".github/workflows/{WORKFLOWS[0]}"

    assert step(path, {path: step(path, {}).text.replace("\n", "\r\n")}).act is Act.KEEP


def test_the_writers_chargen_yaml_is_left_and_its_editor_line_named() -> None:
    assert step("chargen.yaml", {"chargen.yaml": "moods: {}\n"}) == Step(
        "chargen.yaml", Act.LEAVE, lines=(PIN.schema("world"),)
    )
    assert step("chargen.yaml", {"chargen.yaml": "# yaml-language-server: $schema=x\n"}).act is Act.KEEP


def test_words_that_reach_prompts_become_comments_and_the_rest_stays() -> None:
    config = "# all\n\nstyle:\n  medium: ink\n  donts:\n    - text\n\nmoods:\n  calm:\n    look: still\n\nbudget:\n  run_usd: 5\n"

    assert without_words(config) == (
        "# all\n\n# Examples: a style, or a mood that shots name, changes their prompts and asks for their pictures anew.\n"
        "# style:\n#   medium: ink\n#   donts:\n#     - text\n\n# moods:\n#   calm:\n#     look: still\n\nbudget:\n  run_usd: 5\n"
    )


@pytest.mark.parametrize(
    ("there", "text"),
    [
        ("* @all\n", "* @all\n# chargen\n{0}\n{1}\n"),
        ("* @all", "* @all\n# chargen\n{0}\n{1}\n"),
        ("* @all\r\n", "* @all\r\n# chargen\r\n{0}\r\n{1}\r\n"),
        ("{0}\n", "{0}\n# chargen\n{1}\n"),
        ("/chargen.yaml  @somebody/else\n", "/chargen.yaml  @somebody/else\n# chargen\n{0}\n"),
        ("{0}\n# {1}\n", "{0}\n# {1}\n# chargen\n{1}\n"),
    ],
)
def test_missing_lines_are_added_at_the_end_in_the_files_line_ends(there: str, text: str) -> None:
    lines = owner_lines(HOME, "@acme")

    added = step("CODEOWNERS", {"CODEOWNERS": there.format(*lines)})

    assert (added.act, added.text) == (Act.EXTEND, text.format(*lines))


def test_while_nobody_is_named_the_lines_are_comments_and_are_added_once() -> None:
    first = step(CODEOWNERS[0], {}, owner="")

    assert (
        first.text
        == "# chargen\n# /.github/workflows/chargen-*.yml @WHO-MUST-AGREE\n# /chargen.yaml @WHO-MUST-AGREE\n"
    )
    assert step(CODEOWNERS[0], {CODEOWNERS[0]: first.text}, owner="").act is Act.KEEP
    named = step(CODEOWNERS[0], {CODEOWNERS[0]: first.text}, owner="@acme")
    assert named.lines == ("/.github/workflows/chargen-*.yml @acme", "/chargen.yaml @acme")


def test_a_folder_with_a_blank_in_its_name_has_owners_too() -> None:
    assert owner_lines(Home("my world", "main"), "@acme")[1] == "/my\\ world/chargen.yaml @acme"


def test_attributes_that_say_something_about_a_pattern_stay_alone() -> None:
    lfs = "*.png filter=lfs diff=lfs merge=lfs -text\n"

    assert step(".gitattributes", {".gitattributes": lfs}).text == lfs + "# chargen\n" + "".join(
        f"{line}\n" for line in ATTRIBUTES if "png" not in line
    )
