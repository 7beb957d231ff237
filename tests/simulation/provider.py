"""
A batch service in memory that keeps its own account of what was paid: the truth that the books are held against.

What becomes of a batch and of each of its lines follows from the schedule's seed and their names alone, so that the same
happens again when other things of a schedule are left out.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from chargen.core.digest import sha256
from chargen.core.price import actual
from chargen.core.provider_reply import Batch, BatchState, ProviderTrouble, Trouble
from chargen.core.world_config import Mode
from chargen.pipeline.booking import stamp
from tests.fakes import START
from tests.simulation.machine import Killed, Machine, Process
from tests.worlds import PNG

if TYPE_CHECKING:
    from pathlib import Path


USAGE: Final = {
    "promptTokenCount": 40,
    "candidatesTokenCount": 1120,
    "candidatesTokensDetails": [{"modality": "IMAGE", "tokenCount": 1120}],
}
_COUNTED: Final = {"prompt": 40, "image": 1120, "thoughts": 0, "text": 0}
_TROUBLES: Final = {
    "throttled": ProviderTrouble(Trouble.THROTTLED, "too many requests", code=429, retry_after_s=5),
    "daily quota": ProviderTrouble(Trouble.DAILY_QUOTA, "the day's quota is used up", code=429),
    "refused": ProviderTrouble(Trouble.REFUSED, "no", code=400),
    "denied": ProviderTrouble(Trouble.DENIED, "no such key", code=403),
    "unavailable": ProviderTrouble(Trouble.UNAVAILABLE, "try later", code=503),
    "lost": ProviderTrouble(Trouble.TRANSPORT, "the connection was reset"),
}
GONE: Final = ProviderTrouble(Trouble.REFUSED, "no such file", code=404)


@dataclass(frozen=True, slots=True)
class Luck:
    """How lines and batches come out, in parts of a thousand; nothing goes wrong in a calm schedule."""

    seed: int
    rough: bool

    def draw(self, *about: object) -> int:
        """A number below 1000 that follows from the seed and a name."""
        return zlib.crc32(repr((self.seed, about)).encode()) % 1000


@dataclass(frozen=True, slots=True)
class Paid:
    """A picture (or a blocked answer) that was paid: for which key and seed, asked with which words and pictures."""

    key: str
    seed: int
    batch: str
    sha256: str
    prompt: str
    references: tuple[str, ...]
    cost_usd: Decimal
    doubled: bool  # by the service's own doing


@dataclass
class _Made:
    """A batch on the service's side."""

    batch: Batch
    lines: tuple[Any, ...]
    listed_s: int
    ends_s: int
    doubled: bool = False
    late: bool = False  # listed later than anybody waits for
    result: bytes = b""


@dataclass
class Service:
    """Files, batches, and the account."""

    machine: Machine
    luck: Luck
    files: dict[str, bytes] = field(default_factory=dict)
    uploaded: int = 0
    made: dict[str, _Made] = field(default_factory=dict)
    account: list[Paid] = field(default_factory=list)
    charged: dict[str, Decimal] = field(default_factory=dict)  # by batch
    unread: dict[str, dict[str, Decimal]] = field(
        default_factory=dict
    )  # by batch and key: charged, and its line is missing or torn
    wire: list[tuple[int, str, str, str]] = field(default_factory=list)  # creates that arrive late
    writes: int = 0
    confirmed_gone: set[str] = field(
        default_factory=set
    )  # files of which somebody heard that they are deleted
    looked: dict[str, int] = field(default_factory=dict)  # when each process saw the list last, by its nonce
    sent: dict[str, int] = field(
        default_factory=dict
    )  # by display name: when who sent what is on the wire had looked
    accepted: Callable[[str], None] = lambda _: None  # told of each display name, the moment before

    def copied(self, machine: Machine) -> Service:
        """The same again, at another time."""
        return replace(
            self,
            machine=machine,
            files=dict(self.files),
            made={name: replace(made) for name, made in self.made.items()},
            account=[*self.account],
            charged=dict(self.charged),
            unread={name: dict(lines) for name, lines in self.unread.items()},
            wire=[*self.wire],
            confirmed_gone=set(self.confirmed_gone),
            looked=dict(self.looked),
            sent=dict(self.sent),
        )

    # ---- what happens on its side

    def unended(self) -> bool:
        """Whether a batch is under way now."""
        return any(made.ends_s > self.machine.now_s for made in self.made.values())

    def settle(self) -> None:
        """Bring everything up to now: late creates arrive, batches end."""
        for late in [item for item in self.wire if item[0] <= self.machine.now_s]:
            self.wire.remove(late)
            self.machine.tally["a create arrived late"] += 1
            if late[2] in self.files:
                self.accepted(late[3])
                self.sent.pop(late[3], None)
                self.create(*late[1:])
        for made in self.made.values():
            if not made.batch.state.ended and made.ends_s <= self.machine.now_s:
                self._end(made)

    def create(self, model: str, input_file: str, display_name: str, *, doubled: bool = False) -> Batch:
        """Accept a batch."""
        self.writes += 1
        number = len(self.made) + 1
        nth = sum(item.batch.display_name == display_name for item in self.made.values())
        drawn = self.luck.draw("batch", display_name, nth)
        lasts = (0, 0, 60, 600, 7200, 100_000)[drawn % 6] if self.luck.rough else (0, 7200)[drawn % 2]
        batch = Batch(
            f"batches/{number}",
            BatchState.PENDING,
            display_name,
            model=model,
            input_file=input_file,
            created_at=stamp(self.machine.now()),
        )
        lines = tuple(json.loads(line) for line in self.files[input_file].splitlines())
        lag = (0, 0, 50, 110)[self.luck.draw("lag", display_name, nth) % 4] if self.luck.rough else 0
        now = self.machine.now_s
        self.made[batch.name] = _Made(batch, lines, now + lag, now + lasts, doubled)
        return batch

    def _end(self, made: _Made) -> None:
        """A batch ends: what it brought is paid."""
        drawn = self.luck.draw("end", made.batch.display_name, made.batch.name)
        state = BatchState.SUCCEEDED
        if self.luck.rough:
            ends = {0: BatchState.EXPIRED, 1: BatchState.FAILED, 2: BatchState.CANCELLED}
            state = ends.get(drawn // 40, BatchState.SUCCEEDED)
        self.machine.tally[f"batch: {state}"] += 1
        lines: list[bytes] = []
        if state is BatchState.SUCCEEDED:
            torn = made.lines[-1]["key"] if self.luck.rough and drawn % 11 == 0 else ""
            for said in made.lines:
                lines += self._line(made, said, torn=said["key"] == torn)
            if self.luck.rough and drawn % 13 == 0:
                lines.append(b'{"key": "somebody.else@0123456789abcdef", "error": {"code": 13}}')
                self.machine.tally["line: unknown key"] += 1
            failed = not any(b"inlineData" in line for line in lines)
            state = BatchState.SUCCEEDED if not failed else BatchState.PARTIALLY_SUCCEEDED
        made.result = b"\n".join(lines) + b"\n"
        at = stamp(self.machine.now()) if made.ends_s > self.machine.now_s else _stamp_of(made.ends_s)
        output = f"files/result-{made.batch.name}" if state.has_results else ""
        made.batch = replace(made.batch, state=state, ended_at=at, output_file=output)

    def _line(self, made: _Made, said: Any, *, torn: bool) -> list[bytes]:
        key = said["key"]
        drawn = self.luck.draw("line", key, made.batch.name) if self.luck.rough else 999
        what = "torn" if torn else next((name for most, name in _LINES if drawn < most), "picture")
        self.machine.tally[f"line: {what}"] += 1
        if what in ("missing", "torn"):
            self.unread.setdefault(made.batch.name, {})[key] = self._charge(made, _COUNTED)
            return [] if what == "missing" else [_json(key, response=_picture(PNG))[: 40 + drawn % 60]]
        if what == "failed":
            return [_json(key, error={"code": 13, "message": "internal"})]
        if what == "refused":
            return [_json(key, error={"code": 3, "message": "no"})]
        if what == "empty":
            self._charge(made, {"prompt": 40})
            answer = {"candidates": [{"finishReason": "NO_IMAGE"}], "usageMetadata": {"promptTokenCount": 40}}
            return [_json(key, response=answer)]
        if what == "blocked":
            self._pay(made, said, "", {"prompt": 40})
            answer = {
                "candidates": [{"finishReason": "IMAGE_SAFETY"}],
                "usageMetadata": {"promptTokenCount": 40},
            }
            return [_json(key, response=answer)]
        data = PNG + f"1376x768 {key} of {made.batch.name}".encode()
        if what == "undecodable":
            self._charge(made, _COUNTED)
            return [_json(key, response=_picture(b"no picture at all"))]
        self._pay(made, said, sha256(data), _COUNTED)
        line = _json(key, response=_picture(data))
        return [line, line] if what == "twice" else [line]

    def _pay(self, made: _Made, said: Any, digest: str, usage: dict[str, int]) -> None:
        cost = self._charge(made, usage)
        *parts, prompt = said["request"]["contents"][0]["parts"]
        sent = tuple(
            sha256(base64.b64decode(part["inlineData"]["data"]).removeprefix(b"fit "))
            for part in parts
            if "inlineData" in part
        )
        seed = said["request"]["generationConfig"]["seed"]
        paid = Paid(said["key"], seed, made.batch.name, digest, prompt["text"], sent, cost, made.doubled)
        self.account.append(paid)

    def _charge(self, made: _Made, usage: dict[str, int]) -> Decimal:
        cost = actual(made.batch.model, Mode.BATCH, usage)
        self.charged[made.batch.name] = self.charged.get(made.batch.name, Decimal(0)) + cost
        return cost

    def twins(self, name: str) -> list[str]:
        """The batches of the same display name, this one too: more than one where the service doubled a create."""
        display_name = self.made[name].batch.display_name
        return [one for one, made in self.made.items() if made.batch.display_name == display_name]


_LINES: Final = (
    (25, "missing"),
    (80, "failed"),
    (100, "refused"),
    (120, "empty"),
    (160, "blocked"),
    (180, "undecodable"),
    (200, "twice"),
)


def _stamp_of(seconds: int) -> str:
    from datetime import timedelta

    return stamp(START + timedelta(seconds=seconds))


def _json(key: str, **said: Any) -> bytes:
    return json.dumps({"key": key, **said}).encode()


def _picture(data: bytes) -> dict[str, Any]:
    parts = [{"inlineData": {"mimeType": "image/png", "data": base64.b64encode(data).decode()}}]
    return {"candidates": [{"content": {"parts": parts}, "finishReason": "STOP"}], "usageMetadata": USAGE}


@dataclass
class Batches:
    """The service as one process reaches it (ports.BatchProvider)."""

    service: Service
    process: Process

    def _asked(self, port: str) -> None:
        self.service.settle()
        fault = self.process.before(port)
        if fault is not None:
            raise _TROUBLES.get(fault.what, _TROUBLES["lost"])
        self.service.settle()

    def _answered(self, port: str) -> None:
        fault = self.process.after(port)
        if fault is not None:
            raise _TROUBLES["lost"]

    def upload(self, path: Path, display_name: str) -> str:
        """Upload a file."""
        self._asked("upload")
        self.service.writes += 1
        self.service.uploaded += 1
        name = f"files/{self.service.uploaded}"
        self.service.files[name] = path.read_bytes()
        self._answered("upload")
        return name

    def delete_file(self, name: str) -> None:
        """Delete one. ProviderTrouble 404 when it is gone."""
        self._asked("delete_file")
        self.service.writes += 1
        gone = self.service.files.pop(name, None) is None
        self._answered("delete_file")
        self.service.confirmed_gone.add(name)
        if gone:
            raise GONE

    def create(self, model: str, input_file: str, display_name: str) -> Batch:
        """Start a batch: `late` it arrives after a while, `twice` it is begun two times, `unlisted` the list does not say so."""
        self.service.settle()
        fault = self.process.before("create")
        self.service.settle()
        if fault is not None and fault.what.startswith("late"):
            arrives_s = self.process.machine.now_s + fault.seconds
            self.service.wire.append((arrives_s, model, input_file, display_name))
            looked = self.service.looked
            self.service.sent[display_name] = looked.get(self.process.nonce, self.service.machine.now_s)
            if fault.what == "late, and killed":
                self.process.dead = True
                raise Killed
            raise _TROUBLES["lost"]
        if fault is not None and fault.what not in ("twice", "unlisted"):
            raise _TROUBLES[fault.what]
        if input_file not in self.service.files:
            raise GONE
        self.service.accepted(display_name)
        batch = self.service.create(model, input_file, display_name)
        if fault is not None and fault.what == "unlisted":
            made = self.service.made[batch.name]
            made.listed_s, made.late = self.process.machine.now_s + fault.seconds, True
            raise _TROUBLES["lost"]
        if fault is not None:
            self.service.create(model, input_file, display_name, doubled=True)
        self._answered("create")
        return batch

    def get(self, name: str) -> Batch:
        """A batch as it stands."""
        self._asked("get")
        return self.service.made[name].batch

    def list(self) -> Iterator[Batch]:
        """Every batch the list shows by now."""
        self._asked("list")
        now = self.process.machine.now_s
        listed = [item.batch for item in self.service.made.values() if item.listed_s <= now]
        self.service.looked[self.process.nonce] = now
        self._answered("list")
        yield from reversed(listed)

    def cancel(self, name: str) -> None:
        """End it, if it runs."""
        self._asked("cancel")
        self.service.writes += 1
        made = self.service.made[name]
        if not made.batch.state.ended:
            made.batch = replace(made.batch, state=BatchState.CANCELLED, ended_at=stamp(self.process.now()))

    def download(self, name: str, destination: Path) -> None:
        """A result file."""
        self._asked("download")
        made = self.service.made[name.removeprefix("files/result-")]
        destination.write_bytes(made.result)
        self._answered("download")
