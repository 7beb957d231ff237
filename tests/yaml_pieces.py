"""
What people write in imagery files, piece by piece; tests/yaml_files.py puts the pieces together.

In a piece {i} stands for the indentation of its further lines, deeper than the key.
"""

from __future__ import annotations

from typing import Final

SUBJECTS: Final = [
    "the whole minehead",
    '"quoted: # not a comment"',
    "'it''s single'",
    "plain   # trailing comment",
    "plain\t# tab before a comment",
    "https://example.org/a#b",
    '"\\u00e9\\n é 😀"',
    "~",
    "16:9",
    "*shared",
    "*look",
    "",
    "[a, {b: c}, ] # flow",
    "{a: 1, b: [x, y]}",
]
LONG_SUBJECTS: Final = [
    "|\n{i}two\n{i}lines\n",
    "|-\n{i}two\n\n{i}lines",
    ">-\n{i}folded\n{i}words\n\n",
    ">\n{i}folded\n\n{i}  more indented\n{i}words # no comment\n",
    ">+\n{i}folded\n\n\n",
    "|+\n{i}kept\n\n\n",
    "|2\n{i}indicated",
    "|2-\n{i}  indicated and stripped\n",
    "|  # comment on the header\n{i}text # no comment",
    "plain\n{i}over two lines",
    '"quoted\n{i}over two lines"',
    "[a,\n{i}b  # why b\n{i}]",
    "{a: 1, # why a\n{i}b: 2}",
    "\n{i}below",
    "\n{i}- block\n{i}- list",
    "\n{i}deep:\n{i}  deeper: [a]",
]
OTHERS_ROWS: Final = [
    "{i}custom_id: theirs # kept\n{i}title: 'a: b'",
    "{i}custom_id: other\n{i}alt: |\n{i}  text",
    "{i}{{custom_id: f}}",
]
OUR_ROWS: Final = [
    "{i}custom_id: location.x.y.z.v1\n{i}title: old # note",
    '{i}"custom_id": "location.x.y.z.v1"\n{i}alt: |\n{i}  text\n{i}  more',
    "{i}title: first\n\n{i}# inside\n{i}custom_id: location.x.y.z.v1\n{i}alt: |+\n{i}  text\n\n",
    "{i}{{custom_id: location.x.y.z.v1, title: old}}",
]
NO_ROWS: Final = ["[]", "[ ]", "null", "~", "", "[]  # none yet", "  # none yet", "null # none yet"]
FLOW_SHOTS: Final = [
    "{{id: {n}}}",
    "{{id: {n}, subject: *shared}}",
    "{{id: {n}, subject: }}",
    "{{ id: {n} , subject: 'a, b', }}",
    '{{"id": "{n}", "subject": "b"}}',
    "{{id: {n}, generated_images: []}}",
    "{{id: {n}, generated_images: }}",
    "{{id: {n}, generated_images: [{{custom_id: theirs}}, ], more: 1}}",
    "{{id: {n}, generated_images: [{{custom_id: location.x.y.z.v1, title: t}}, {{custom_id: theirs}}]}}",
    "{{id: {n}, generated_images: [{{custom_id: theirs}}, {{custom_id: location.x.y.z.v1}}]}} # end",
    "{{id: {n},\n{i}subject: b, # why\n{i}generated_images: [ # rows\n{i}  {{custom_id: theirs}} # a\n{i}]\n{i}}}",
    "{{id: {n},\n{i}subject: b # why\n{i}}}",
    "{{}}",
]
GAPS: Final = [
    "",
    "",
    "",
    "\n",
    "{i}# a comment\n",
    "\n{i}# a comment\n",
    "\n{i}# ==========\n{i}# A BANNER\n{i}# ==========\n",
    "# at the margin\n",
    "{i}  # deeper\n\n",
    "{i}#\ttabs\t\n",
    "\t\n",
    "{i}\t \t\n",
    "\t\n\t\t# behind tabs\n\t\n",
]
TAILS: Final = ["more: 1", "tail:\n{i}deep: true", "# end"]
HEADS: Final[list[list[str]]] = [[], ["# top"], ["---"], ["%YAML 1.2", "---"], ["# top", "", "---  # start"]]
PLACEHOLDERS: Final = (
    "generated_at: null",
    "file_name: null",
    "file_path: null",
    "provider: null",
    "model: null",
    "provider_metadata: {}",
)
WORDS: Final = ("visual_description", "composition_notes", "visual_hook", "prompt_used", "negative_prompt")
