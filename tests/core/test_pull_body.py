"""The pull request's body: pictures, why and what they cost; no text of anybody's takes effect; never too long."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from markdown_it import MarkdownIt

from chargen.core.changes import FieldChange
from chargen.core.proposal import Proposal
from chargen.core.pull_body import OtherCandidate, ProposedShot, picture_url, pull_body, pull_title

PROPOSAL = Proposal("location/pier", 2, shots={"location/pier/dawn/wide": "sha256:a"})
SHOT = ProposedShot(
    address="location/pier/dawn/wide",
    title="the whole pier",
    why="prompt changed: mood",
    after="https://forge/o/r/blob/c0ffee/a.png?raw=true",
    before="https://forge/o/r/blob/beef/b.png?raw=true",
    alt="a pier",
    prompt="Subject: a pier\nMood: calm",
    model="gemini-nano-banana-2.1",
    mode="batch",
    cost_usd=Decimal("0.0168"),
)


def render(body: str) -> str:
    """As the forge would show it, but for the ends of lines."""
    return str(MarkdownIt("gfm-like", {"linkify": False, "html": True}).render(body))


def test_a_reader_sees_both_pictures_why_and_the_cost() -> None:
    body = pull_body(PROPOSAL, [SHOT])
    page = render(body)

    assert pull_title(PROPOSAL) == "Pictures for location/pier: 1 shot"
    assert body.startswith("<!-- chargen:proposal chargen/location/pier.2 -->\n")
    assert page.count("<img ") == 2
    assert 'src="https://forge/o/r/blob/beef/b.png?raw=true"' in page
    assert "prompt changed: mood" in page
    assert "0.0168 USD" in page
    assert "How to review" in page
    assert "before" not in render(pull_body(PROPOSAL, [replace(SHOT, before="")]))


def test_no_text_of_the_writer_s_takes_effect() -> None:
    evil = "@ada fixes #12 <script>x</script> <!-- chargen:plan --> - [ ] done\n\n# big `x` ![y](http://z)"
    hostile = replace(
        SHOT,
        title=evil,
        why=evil,
        alt=f'"><script>{evil}',
        prompt=evil,
        note=evil,
        reason=evil,
        problems=(evil,),
    )

    page = render(pull_body(PROPOSAL, [hostile]))

    assert "<script" not in page
    assert page.count("<img ") == 2
    assert page.count("<!--") == 1
    assert "@ada" not in page
    assert "#12" not in page


def test_a_body_stays_under_what_the_forge_takes() -> None:
    many = [replace(SHOT, address=f"location/pier/dawn/s{n}", prompt="x " * 4000) for n in range(200)]

    body = pull_body(PROPOSAL, many)

    assert len(body) <= 60_000
    assert body.count("<details>") == body.count("</details>")
    assert "`location/pier/dawn/s0`" in body
    assert "How to review" in body


def test_the_pictures_come_before_how_to_review_at_length() -> None:
    body = pull_body(PROPOSAL, [SHOT])

    assert body.index("**close** rejects them all") < body.index("<img ") < body.index("How to review")


def test_lists_of_a_prompt_end_where_they_end_and_nothing_else_becomes_one() -> None:
    asked = "Background:\n- fog\n- mud\nMood: calm\n3. of May\n===\n+ one\n- - [ ] two"
    page = render(pull_body(PROPOSAL, [replace(SHOT, prompt=asked, title="- 1. a pier")]))

    assert "<li>mud</li>\n</ul>\n<p>Mood: calm\n3. of May\n===\n+ one</p>" in page
    assert "<li>- [ ] two</li>" in page
    assert "<p>- 1. a pier\n<strong>" in page


def test_a_picture_s_address_is_quoted() -> None:
    assert (
        picture_url("https://forge", "o/r", "c0ffee", "a b/ü#.png")
        == "https://forge/o/r/blob/c0ffee/a%20b/%C3%BC%23.png?raw=true"
    )


def test_other_candidates_are_shown_small_and_their_cost_is_counted() -> None:
    other = OtherCandidate("v2", "https://forge/o/r/blob/c0ffee/v2.png?raw=true", Decimal("0.01"))

    body = pull_body(PROPOSAL, [replace(SHOT, others=(other,))])

    assert "1 other candidate, kept and not taken by merging" in body
    assert 'v2.png?raw=true" width="200"' in body
    assert "1 picture and 1 other candidate: **0.0268 USD** together" in body
    assert "0.0168 USD, with its other candidate 0.0268 USD" in body


def test_the_words_before_and_after_stand_beside_the_pictures() -> None:
    changed = (FieldChange("mood", "calm", "a storm"), FieldChange("subject", None, "a pier @ada"))

    body = pull_body(PROPOSAL, [replace(SHOT, changed=changed)])

    assert "- **mood**: calm → a storm\n- **subject**: — → a pier " in body
    assert "@ada" not in render(body)
    assert body.index("a storm") < body.index("<img ")


def test_what_has_no_picture_is_worth_a_look() -> None:
    body = pull_body(
        PROPOSAL, [SHOT], unmade={"location/pier/dawn/lamp": "blocked by safety filter: <b>no</b>"}
    )

    assert "**Worth a look:**\n\n- `location/pier/dawn/lamp`: blocked by safety filter: " in body
    assert "<b>" not in render(body)


def test_of_very_many_that_have_none_the_rest_is_counted() -> None:
    body = pull_body(PROPOSAL, [SHOT], unmade={f"location/pier/dawn/s{n}": "x" * 900 for n in range(60)})

    assert "- … and 10 more\n" in body
    assert "<img " in body
    assert len(body) <= 60_000


def test_a_new_picture_is_described_without_an_after_of_nothing() -> None:
    assert 'alt="after: a pier"' in pull_body(PROPOSAL, [SHOT])
    assert 'alt="a pier"' in pull_body(PROPOSAL, [replace(SHOT, before="")])


def test_title_and_heading_count_the_same_thing() -> None:
    assert "\n### 1 shot of location/pier\n" in pull_body(PROPOSAL, [SHOT])
    assert pull_title(PROPOSAL).endswith("location/pier: 1 shot")


def test_how_to_have_one_made_anew_is_said_before_the_pictures() -> None:
    body = pull_body(PROPOSAL, [SHOT])

    assert (
        body.index("chargen regenerate") < body.index("#### `location/pier/dawn/wide`") < body.index("<img ")
    )
