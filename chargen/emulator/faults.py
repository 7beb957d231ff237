"""The faults the emulator can show, in one table, and how a person writes one: `429:times=2,delay=7`."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from chargen.core.suggest import did_you_mean
from chargen.errors import UsageError

Value = str | float

ENDPOINTS: Final = (
    "models",
    "generate",
    "create",
    "batch-get",
    "batch-list",
    "batch-cancel",
    "batch-delete",
    "upload-start",
    "upload",
    "file-get",
    "file-list",
    "file-delete",
    "download",
)
PAYING: Final = "generate+create"
SAY: Final[dict[str, Value]] = {"say": ""}

# Finish reasons without a picture, and what Google says beside them; the fault bears the reason's name in kebab case.
FINISH_REASONS: Final = {
    "IMAGE_SAFETY": "Unable to show the generated image. The image was filtered out because it violated Google's "
    "Generative AI Prohibited Use policy. You will not be charged for blocked images.",
    "IMAGE_PROHIBITED_CONTENT": "Unable to show the generated image: it may contain prohibited content. "
    "You will not be charged for blocked images.",
    "IMAGE_OTHER": "Unable to show the generated image. The model could not generate the image based on the prompt "
    "provided. You will not be charged for blocked images.",
    "IMAGE_RECITATION": "Unable to show the generated image: it was too close to an existing work. "
    "You will not be charged for blocked images.",
    "NO_IMAGE": "The model did not generate an image. Try rephrasing the prompt.",
    "SAFETY": "The response was blocked by a safety filter.",
    "PROHIBITED_CONTENT": "The response was blocked because it may contain prohibited content.",
    "RECITATION": "The response was blocked because it was too close to an existing work.",
    "MAX_TOKENS": "The model ran out of output tokens before it drew anything.",
}


@dataclass(frozen=True, slots=True)
class FaultKind:
    """One thing that can go wrong: its name, what it hits, and the options it takes with their defaults."""

    name: str
    group: str  # call | picture | line | result | batch
    summary: str
    options: dict[str, Value] = field(default_factory=dict)


def _kebab(reason: str) -> str:
    return reason.lower().replace("_", "-")


KINDS: Final = {
    kind.name: kind
    for kind in (
        FaultKind("429", "call", "too many requests, with RetryInfo", {"delay": 7.0, "header": 0.0, "on": PAYING}),
        FaultKind("429-daily", "call", "the day's quota is used up (quotaId ...PerDay...)", {"on": PAYING}),
        FaultKind("429-help", "call", "too many requests, with a Help link and nothing else", {"on": PAYING}),
        FaultKind("503", "call", "the model is overloaded", {"on": PAYING, **SAY}),
        FaultKind("500", "call", "internal error", {"on": PAYING, **SAY}),
        FaultKind("403", "call", "permission denied", {"on": PAYING, **SAY}),
        FaultKind("400-unknown-field", "call", "a field this API version does not know", {"on": PAYING}),
        FaultKind("drop", "call", "the connection ends before any work is done", {"on": PAYING}),
        FaultKind("lost-answer", "call", "the work is done, the connection ends unanswered", {"on": "generate+create+upload"}),
        FaultKind("slow", "call", "the answer takes `delay` seconds longer", {"delay": 0.5, "on": "any"}),
        FaultKind("late-create", "call", "the connection ends; the batch is created `delay` seconds later, if its input "
                  "file is still there; `listed=1` lists it as failed if not", {"delay": 0.3, "listed": 0.0}),
        FaultKind("double-create", "call", "one create makes two batches; the answer names the first"),
        FaultKind("upload-chunk-503", "call", "a chunk of an upload is refused without an upload status"),
        FaultKind("delete-fails", "call", "a file cannot be deleted (503)"),
        FaultKind("missing-file-403", "call", "a file that is not there answers 403 'or it may not exist', not 404"),
        FaultKind("list-lag", "call", "a new batch is missing from the list for `seconds`, or for `lists` listings",
                  {"seconds": 0.0, "lists": 0.0}),
        FaultKind("empty-page", "call", "the batch list begins with an empty page that has a next page"),
        FaultKind("cut-download", "call", "a download ends after `bytes` bytes", {"bytes": 1000.0}),
        *(
            FaultKind(_kebab(reason), "picture", f"no picture: finishReason {reason}", SAY)
            for reason in FINISH_REASONS
        ),
        FaultKind("blocked-prompt", "picture", "no candidates: promptFeedback.blockReason", {"reason": "PROHIBITED_CONTENT"}),
        FaultKind("text-only", "picture", "words instead of a picture", SAY),
        FaultKind("wrong-size", "picture", "a picture of half the size asked for"),
        FaultKind("wrong-aspect", "picture", "a picture of another shape than asked for"),
        FaultKind("undecodable", "picture", "a picture that breaks off in the middle"),
        FaultKind("jpeg", "picture", "a JPEG instead of a PNG"),
        FaultKind("thought-first", "picture", "a thought picture before the real one"),
        FaultKind("line-error", "line", "the line fails: {error: google.rpc.Status}", {"code": 8.0, **SAY}),
        FaultKind("line-status", "line", "the line fails: {status: google.rpc.Status}", {"code": 14.0, **SAY}),
        FaultKind("missing-lines", "line", "the request is made and paid for, its line is missing"),
        FaultKind("duplicate-lines", "line", "the line comes twice"),
        FaultKind("unknown-key-lines", "line", "a line nobody asked for follows"),
        FaultKind("garbage-lines", "line", "a line that is not JSON follows"),
        FaultKind("shuffled-lines", "result", "the lines come in another order"),
        FaultKind("torn-result", "result", "the file breaks off in its last line"),
        FaultKind("bom", "result", "the file begins with a byte order mark"),
        FaultKind("batch-expired", "batch", "the batch expires without results"),
        FaultKind("batch-failed", "batch", "the batch fails with an operation error", {"code": 13.0, **SAY}),
        FaultKind("batch-cancelled", "batch", "the service cancels the batch"),
        FaultKind("batch-stuck", "batch", "the batch stays in the state `state` until it expires after 48 h",
                  {"state": "RUNNING"}),
        FaultKind("old-batch", "batch", "the batch says it was created `age` seconds ago", {"age": 90000.0}),
    )
}  # fmt: skip

COMMON: Final = ("times", "after", "match")


@dataclass(slots=True)
class Fault:
    """A fault that is switched on, and how often it has struck."""

    kind: FaultKind
    times: int | None = 1  # None: for ever
    after: int = 0  # strikes it lets pass first
    match: str = ""
    options: dict[str, Value] = field(default_factory=dict)
    met: int = 0
    struck: int = 0

    def __getitem__(self, option: str) -> Value:
        return self.options.get(option, self.kind.options[option])

    def number(self, option: str) -> float:
        """An option that is a number."""
        return float(self[option])

    def words(self, usual: str, key: str) -> str:
        """What the service says: `say` where it is given, with the caller's key for `{key}`, else the usual."""
        return str(self["say"]).replace("{key}", key) or usual

    def as_json(self) -> dict[str, Any]:
        """The fault as `GET /emulator/faults` shows it."""
        times = "forever" if self.times is None else self.times
        shown = {"name": self.kind.name, "times": times, "after": self.after, "match": self.match}
        return {**shown, **self.kind.options, **self.options, "struck": self.struck}


@dataclass(frozen=True, slots=True)
class FaultTable:
    """The faults one stand-in knows, and the names of its calls."""

    kinds: Mapping[str, FaultKind]
    endpoints: Collection[str]


GEMINI: Final = FaultTable(KINDS, ENDPOINTS)


def parse(text: str, table: FaultTable = GEMINI) -> Fault:
    """
    One fault from its written form, `name` or `name:option=value,...`; UsageError says what is wrong with it.

    A comma inside a value is not possible; `match` takes any other text.
    """
    name, _, rest = text.partition(":")
    pairs = [part.partition("=") for part in rest.split(",")] if rest else []
    for key, equals, _ in pairs:
        if not equals:
            raise UsageError(f"fault '{text}': '{key}' is not an option; options are written option=value")
    return build(name.strip(), {key.strip(): value.strip() for key, _, value in pairs}, table)


def build(name: str, options: Mapping[str, Any], table: FaultTable = GEMINI) -> Fault:
    """One fault from its name and options, values as text or as JSON has them."""
    kind = table.kinds.get(name)
    if kind is None:
        raise UsageError(f"unknown fault '{name}'", hint=did_you_mean(name, table.kinds))
    known = (*COMMON, *kind.options)
    for option in options:
        if option not in known:
            raise UsageError(f"fault {name} has no option '{option}'", hint=did_you_mean(option, known))
    own = {key: _value(kind, key, value, table) for key, value in options.items() if key not in COMMON}
    return Fault(
        kind,
        times=_times(name, options.get("times", 1)),
        after=int(_number(name, "after", options.get("after", 0))),
        match=str(options.get("match", "")),
        options=own,
    )


def _times(name: str, value: object) -> int | None:
    return None if value in {"forever", None} else int(_number(name, "times", value))


def _value(kind: FaultKind, option: str, value: object, table: FaultTable) -> Value:
    if isinstance(kind.options[option], float):
        return _number(kind.name, option, value)
    if option == "on":
        for endpoint in str(value).split("+"):
            if endpoint not in {*table.endpoints, "any"}:
                hint = did_you_mean(endpoint, (*table.endpoints, "any"))
                raise UsageError(f"fault {kind.name}: no endpoint is called '{endpoint}'", hint=hint)
    return str(value)


def _number(name: str, option: str, value: object) -> float:
    try:
        number = float(str(value))
    except ValueError:
        raise UsageError(f"fault {name}: {option} has to be a number, not '{value}'") from None
    if number < 0:
        raise UsageError(f"fault {name}: {option} cannot be negative")
    return number
