"""The readers of what others send, on anything at all: a value or an error of ours, in little time, and nothing else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chargen.core.address import parse_address, parse_job_id, selects
from chargen.core.answer import TEXT_LIMIT, read_answer
from chargen.core.books_files import decode
from chargen.core.bundle import bundle, decode_bundle, encode_bundle
from chargen.core.provider_reply import Batch
from chargen.core.result_line import read_line
from chargen.core.row import read_row
from chargen.core.submission import Came
from chargen.dialects.markdown import outline, read_prose
from chargen.dialects.yaml_text import BadYaml, read_yaml
from chargen.edges.gemini_operation import read_batch, read_page
from chargen.errors import ChargenError
from tests.hostile.texts import TEXTS
from tests.worlds import PIER, a_request, a_submission, address, an_outcome, one_shot, shot_of, world_of

if TYPE_CHECKING:
    from tests.hostile.conftest import Tried

SLOWLY: Final = settings(
    suppress_health_check=[HealthCheck.too_slow]
)  # the first draw builds all that may be drawn
SUBMISSION: Final = a_submission(a_request(shot_of({PIER: one_shot()})))
KEYS: Final = [
    "key", "metadata", "response", "error", "status", "code", "message", "candidates", "content", "parts", "inlineData",
    "data", "mimeType", "text", "thought", "finishReason", "finishMessage", "promptFeedback", "blockReason", "name",
    "usageMetadata", "candidatesTokenCount", "state", "done", "operations", "nextPageToken", "batchStats", "endTime",
]  # fmt: skip
WORDS: Final = st.text(max_size=20) | st.sampled_from(sorted(TEXTS.values(), key=len)[:60])
LEAVES: Final = st.none() | st.booleans() | st.integers() | st.floats() | WORDS
VALUES: Final = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | WORDS, inner, max_size=4)
    ),
    max_leaves=20,
)
MAPPINGS: Final = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)


def whole(text: str) -> str:
    """A text that a file can hold; raises where it cannot."""
    return text.encode().decode()


@SLOWLY
@given(st.binary(max_size=200) | MAPPINGS.map(lambda data: json.dumps(data).encode()))
def test_any_line_of_a_result_is_read_or_said_to_be_unreadable(data: bytes) -> None:
    line = read_line(data)

    assert sum(map(bool, (line.answer, line.error, line.unreadable))) == 1
    assert len(whole(line.unreadable)) <= TEXT_LIMIT
    assert line.error is None or len(whole(line.error.message)) <= TEXT_LIMIT


@SLOWLY
@given(MAPPINGS)
def test_any_answer_is_read_and_can_be_kept(data: dict[str, Any]) -> None:
    answer = read_answer(data)
    reason = ": ".join(filter(None, (answer.reason, answer.finish_message or answer.said)))
    kept = bundle(
        SUBMISSION, SUBMISSION.requests[0], an_outcome(Came.BLOCKED, reason=reason, usage=answer.usage)
    )

    assert decode_bundle(encode_bundle(kept)) == kept
    assert all(0 <= tokens < 10**20 for tokens in answer.usage.values())


@SLOWLY
@given(MAPPINGS)
def test_any_batch_is_read_or_refused(data: dict[str, Any]) -> None:
    for read in (read_batch, read_page):
        try:
            found = read(data)
        except ValueError:
            continue
        batches = [found] if isinstance(found, Batch) else found[0]
        assert all(
            whole(text) == text for batch in batches for text in (batch.name, batch.error, batch.display_name)
        )


@SLOWLY
@given(WORDS | VALUES.map(json.dumps))
def test_any_text_is_yaml_or_bad_yaml(text: str) -> None:
    try:
        document = read_yaml(text, path="a.yaml")
    except BadYaml as error:
        assert error.place is not None  # noqa: PT017  # only where one is raised
        return
    whole(json.dumps(document.data, ensure_ascii=False))


@SLOWLY
@given(st.binary(max_size=300))
def test_any_bytes_are_yaml_or_bad_yaml(data: bytes) -> None:
    try:
        read_yaml(data, path="a.yaml")
    except BadYaml as error:
        assert error.place is not None  # noqa: PT017  # only where one is raised


@SLOWLY
@given(
    st.dictionaries(
        st.sampled_from(["kind", "slug", "scenes", "references", "continuity", "characters"]),
        VALUES,
        max_size=5,
    )
)
def test_any_imagery_yaml_leaves_a_world(data: dict[str, Any]) -> None:
    said = json.dumps({"kind": "location", **data})

    world = world_of({"bad/imagery.yaml": said.replace("\\n", " "), PIER: one_shot()})

    assert "location/pier" in world.entities


@SLOWLY
@given(WORDS, WORDS)
def test_any_markdown_is_prose_or_bad_front_matter(front: str, text: str) -> None:
    said = f"---\n{front}\n---\n# Look\n\n{text}\n"
    try:
        read_prose(said, sections=["Look"], front_matter=["age"], path="a.md")
        outline(said, path="a.md")
    except ChargenError:
        return


@SLOWLY
@given(st.binary(max_size=200) | VALUES.map(lambda data: json.dumps(data).encode()))
def test_any_file_of_the_books_is_read_or_stops_with_a_word(data: bytes) -> None:
    for folder in ("submissions", "orders", "decisions", "proposals", "closed", "notices"):
        try:
            decode("tip", {f"{folder}/a.json": data})
        except ChargenError as error:
            assert "cannot be read" in str(error)  # noqa: PT017  # only where one is raised


@SLOWLY
@given(WORDS, WORDS)
def test_any_name_is_an_address_a_job_or_neither_and_any_glob_selects_in_time(name: str, glob: str) -> None:
    for parse in (parse_address, parse_job_id):
        try:
            parse(name)
        except ValueError:
            continue
    selects(glob, address())
    selects("*" * 200 + glob[:50] + "?*" * 50, address())


@SLOWLY
@given(VALUES)
def test_any_row_is_ours_or_left_alone(data: Any) -> None:
    assert read_row(data, address()) is None
    read_row(
        {"custom_id": address().job_id(1), "digests": data, "sha256": data, "file_path": data}, address()
    )


@pytest.mark.parametrize("name", TEXTS)
def test_words_of_a_provider_can_be_kept_wherever_they_come(name: str, tried: Tried) -> None:
    text = TEXTS[name]
    line = read_line(json.dumps({"key": "a", "error": {"code": 3, "message": text}}).encode())
    answer = read_answer(
        {
            "candidates": [
                {"finishReason": "OTHER", "finishMessage": text, "content": {"parts": [{"text": text}]}}
            ]
        }
    )

    said = [line.error.message if line.error else line.unreadable, answer.finish_message, answer.said]

    tried(
        f"{name} of a provider", escaped=[one for one in said if "\n" in one or len(whole(one)) > TEXT_LIMIT]
    )
