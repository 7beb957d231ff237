"""The kinds of finding `chargen validate` has: what each means and what to do. Pure; docs/findings.md is made of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from chargen.core.problem import Severity

_EITHER: Final = (Severity.ERROR, Severity.WARNING)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of finding, by the id that every finding of it bears."""

    id: str
    title: str  # after the id, on one line
    do: str
    severities: tuple[Severity, ...] = (Severity.ERROR,)


_ALL: Final = (
    Rule(
        "empty-world",
        "there is no imagery.yaml where chargen looked, so no picture is wanted",
        "Give `--root` the world's folder, correct `roots:` in chargen.yaml, or begin with `chargen init`.",
        (Severity.WARNING,),
    ),
    Rule(
        "bad-yaml",
        "the file cannot be read as YAML; nothing of it is planned",
        "Mend the line; an editor with YAML support marks it. The rest of the world goes on meanwhile.",
    ),
    Rule(
        "unreadable-file",
        "a file or folder cannot be read, or is no UTF-8 text",
        "Give yourself the right to read it, or save it as UTF-8.",
    ),
    Rule(
        "unknown-shape",
        "an imagery.yaml in a shape that chargen does not read",
        "Begin it with `scenes:` as in docs/imagery-yaml.md, or delete it.",
    ),
    Rule(
        "unknown-kind",
        "nothing says whether this is a character, a location or a chapter",
        "Add `kind:`, or put the folder below characters/, locations/ or chapters/.",
    ),
    Rule(
        "unknown-key",
        "a key that chargen does not know; most often it is misspelt",
        "Correct the key, or delete it.",
    ),
    Rule(
        "misspelt-key",
        "a key that is nearly one that is read, and is not; what it says is left out",
        "Correct the key. An error: it is the key by which the whole file would be known.",
        _EITHER,
    ),
    Rule(
        "cut-off",
        "a text without quotes that a # cuts short: the rest is a comment to YAML",
        "Put quotes around the whole text; or, if it is a comment, write a space behind the #.",
        (Severity.WARNING,),
    ),
    Rule("wrong-value", "a value that does not fit its key", "Write what the message asks for."),
    Rule(
        "doubled-id",
        "two scenes, or two shots of a scene, have one id",
        "Give each its own id: pictures are kept under it.",
        _EITHER,
    ),
    Rule(
        "doubled-slug",
        "two folders describe one character, location or chapter",
        "Give one of them another `slug:`.",
    ),
    Rule(
        "empty-subject",
        "a picture is wanted, and nothing says what is to be seen",
        "Describe it in a sentence, or take the shot away.",
        _EITHER,
    ),
    Rule(
        "undescribed",
        "a picture is wanted by its name alone; nothing says what is to be seen",
        "Describe it in a sentence (`visual_description`): nothing is painted from a name.",
    ),
    Rule(
        "dangling-reference",
        "something is named that this world does not have",
        "Correct the name, or add the folder. A warning: the picture is made with the bare name, or without the reference."
        " An error (it must match): it is not made.",
        _EITHER,
    ),
    Rule(
        "unread-entity",
        "something is named whose own file cannot be read",
        "Mend that file first: without its words the picture would be the wrong one.",
    ),
    Rule(
        "unmade-reference",
        "a reference to a shot that is wanted, and cannot be made",
        "Mend that shot first, at the place the message tells; or take the reference away.",
    ),
    Rule(
        "missing-picture",
        "a reference picture is not where its path says",
        "Correct the path (it starts at the folder of the imagery.yaml), or add the file.",
        _EITHER,
    ),
    Rule(
        "lost-picture",
        "a picture is named for a shot and not there, so that it is made anew",
        "Put the file back where it is named, or take out what names it.",
        (Severity.WARNING,),
    ),
    Rule(
        "unclear-picture",
        "a listed picture could be of two shots, and is taken for neither",
        "Name the shot in its row, e.g. `custom_id:`, or give the shots names of their own.",
        (Severity.WARNING,),
    ),
    Rule(
        "unusable-picture",
        "a reference picture cannot be used",
        "Use a PNG, JPEG or WebP inside the world's folder.",
    ),
    Rule(
        "absolute-path",
        "a path that holds on one machine only, or an address on the web",
        "Copy the file into the world, and name it from the folder of the imagery.yaml.",
        _EITHER,
    ),
    Rule(
        "bad-reference",
        "a reference that names no picture",
        "Give it a `path`, or a `ref` to a shot's address.",
    ),
    Rule(
        "circular-reference",
        "pictures that wait for each other",
        "Take one reference of the circle away: none of them could ever be made.",
    ),
    Rule(
        "too-many-references",
        "more reference pictures than the model takes",
        "Name fewer, or choose another model.",
    ),
    Rule(
        "lfs-pointer",
        "a reference picture lies in Git LFS and was not fetched",
        "git lfs pull, before pictures are made on this machine.",
        (Severity.WARNING,),
    ),
    Rule(
        "unsupported",
        "the model does not have this size or ratio, or is gone",
        "Choose one the message names; docs/prices.md has them all.",
    ),
    Rule(
        "unknown-mood",
        "a mood that chargen.yaml does not describe; the bare word is painted",
        "Use a mood of the world's, or add it under `moods:`.",
        (Severity.WARNING,),
    ),
    Rule(
        "unknown-state",
        "a state that the character or place does not have; the bare word is painted",
        "Use one of its states, or add it under `continuity: states:`.",
        (Severity.WARNING,),
    ),
    Rule(
        "unknown-section",
        "chargen.yaml lets a section into prompts that no markdown has",
        "Correct the heading under `context:`, or take it away.",
        (Severity.WARNING,),
    ),
    Rule(
        "unknown-front-matter",
        "chargen.yaml lets a front-matter key into prompts that no markdown has",
        "Correct the key under `context:`, or take it away.",
        (Severity.WARNING,),
    ),
    Rule(
        "moved-from",
        "a shot is said to have been moved from where it cannot have been",
        "Name the address it had before, as the plan told it; or take the line away.",
        (Severity.WARNING,),
    ),
    Rule(
        "small-talk",
        "an assistant's words to its user, left in what describes a picture",
        "Delete what is not about the picture: all of it is painted, and paid for.",
        (Severity.WARNING,),
    ),
    Rule(
        "template-leftover",
        "a gap of a template that nobody filled",
        "Write what belongs there, or delete the line.",
        (Severity.WARNING,),
    ),
    Rule(
        "contradiction",
        "the same thing is to be seen and to be avoided",
        "Take one of the two away: the model would choose.",
        (Severity.WARNING,),
    ),
    Rule(
        "shared-request",
        "two shots ask for just the same picture; one is made for both",
        "Let their words differ, if two pictures are meant.",
        (Severity.WARNING,),
    ),
    Rule(
        "waits-in-vain",
        "a shot waits for a picture that will not come",
        "Look at the shot it waits for: it is paused, rejected, over budget, or has a problem of its own.",
        (Severity.WARNING,),
    ),
    Rule(
        "broken-picture",
        "a shot's picture is empty, or no picture any more",
        "Put it back; or delete the file, and what was paid for and is kept is put back.",
    ),
    Rule(
        "picture-in-the-way",
        "a file lies where the picture would go, and is not chargen's",
        "Move it away, or lock the shot: nothing of yours is written over.",
    ),
    Rule(
        "misshapen",
        "an item of a list that is no picture's mapping",
        "Write it like its neighbours; it is left out until then.",
    ),
    Rule(
        "unread-list",
        "a list that this kind of file does not have; it is left alone",
        "Move it to the file it belongs to, or delete it.",
        (Severity.WARNING,),
    ),
    Rule(
        "doubled-name",
        "two pictures of a file have one name; each got a few letters more",
        "Give each a slug, title or custom_id of its own, before the first is made.",
        (Severity.WARNING,),
    ),
    Rule(
        "unnamed",
        "a picture without a name of its own; it is called after its words",
        "Give it a slug or custom_id: when its words change, it is another picture.",
        (Severity.WARNING,),
    ),
    Rule(
        "unwritable-row",
        "the picture's row could not be written without touching your own text",
        "Write that part of the file as the message says: without the anchor, alias or merge key it names, or with a line "
        "end behind its last line.",
    ),
    Rule(
        "misnamed-file",
        "a file that was surely meant to be read, under another name",
        "Give it the name that the message tells.",
        (Severity.WARNING,),
    ),
    Rule(
        "other-world",
        "another world begins below this one; it is left alone",
        "Work on it there, or with --root.",
        (Severity.WARNING,),
    ),
    Rule(
        "prompt-as-subject",
        "a picture that nothing but an earlier prompt describes",
        "Nothing, if the prompt still says what you want; else describe the picture beside it.",
        (Severity.NOTE,),
    ),
)
RULES: Final = {rule.id: rule for rule in _ALL}
_OTHER: Final = Rule("", "other findings", "Do what the message says.", tuple(Severity))


def rule_of(name: str) -> Rule:
    """The rule of an id; one without words for an id that has none."""
    return RULES.get(name, _OTHER)
