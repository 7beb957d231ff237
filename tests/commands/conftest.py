"""
A small world, chargen's command line on it (in process, or as a process), and a stand-in for Gemini over real HTTP.

Nobody's configuration, identity or key: HOME is empty, the key is a word of these tests.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from PIL import Image

from chargen.cli import run

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from chargen.emulator.server import Emulator

KEY = "a-word-nobody-else-has"
REPOSITORY = Path(__file__).parents[2]

WORLD = """\
style: {medium: ink and wash}
moods:
  calm: {look: still water}
  ominous: {look: low cloud}
limits: {list_lag: 0, images_per_minute: 6000, requests_per_minute: 6000}
"""
PIER = """\
# the pier, as the writer left it
schema: chargen/imagery@1
kind: location
slug: pier
continuity:
  canonical: [timber piles, a lamp at the head]
scenes:
  - id: dawn
    setting: >
      first light over
      a slack tide
    mood: ominous
    shots:
      - id: wide
        subject: the whole pier, no people
      - id: lamp
        subject: 'the lamp at the head'
  - id: dusk
    mood: calm          # he wants it quiet
    shots:
      - id: bench
        subject: an empty bench
"""
MARA = """\
schema: chargen/imagery@1
kind: character
slug: mara
continuity:
  canonical: [grey braid, oilskin coat]
references:
  - {id: face, path: images/face.png, role: face, must_match: true}
scenes:
  - id: portrait
    subject: half length, looking out
    mood: calm
"""
OPENING = """\
schema: chargen/imagery@1
kind: chapter
slug: one
scenes:
  - id: opening
    shots:
      - id: arrival
        subject: a woman walks out on the pier
        characters: [{ref: mara, must_match: true}]
        references: [{ref: location/pier/dawn/wide, role: place}]
"""
ADDRESSES = [
    "chapter/one/opening/arrival",  # waits for the pier at dawn
    "character/mara/portrait/main",
    "location/pier/dawn/lamp",
    "location/pier/dawn/wide",
    "location/pier/dusk/bench",
]


class Said(NamedTuple):
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def text(self) -> str:
        return self.out + self.err


class Line(NamedTuple):
    """One item of a plan."""

    address: str
    action: str
    why: str


def picture(colour: str = "red", size: tuple[int, int] = (32, 24), kind: str = "PNG") -> bytes:
    """The bytes of a picture of one colour."""
    file = io.BytesIO()
    Image.new("RGB", size, colour).save(file, kind)
    return file.getvalue()


@dataclass(frozen=True)
class World:
    """A world's folder, and chargen on it."""

    root: Path
    capsys: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str) -> Said:
        """Run chargen in this process."""
        self.capsys.readouterr()
        code = run(list(arguments))
        out, err = self.capsys.readouterr()
        return Said(code, out, err)

    def start(self, *arguments: str, under: Sequence[str] = ()) -> subprocess.Popen[str]:
        """Start chargen as a process of its own, perhaps under another program."""
        return subprocess.Popen(
            [*under, sys.executable, "-m", "chargen", *arguments],
            cwd=self.root,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        )

    def process(self, *arguments: str, under: Sequence[str] = ()) -> Said:
        """Run chargen as a process of its own."""
        with self.start(*arguments, under=under) as process:
            out, err = process.communicate(timeout=60)
            return Said(process.returncode, out, err)

    def plan(self, *arguments: str, of: str = "generate restore") -> list[Line]:
        """What a plan would do, without what is skipped unless `of` names that."""
        said = self("batch", "plan", "--format", "json", *arguments)
        assert said.code in (0, 1), said.text
        items = json.loads(said.out)["items"]
        lines = [
            Line(item["address"], item["action"], ": ".join(filter(None, [item["reason"], item["detail"]])))
            for item in items
        ]
        return [line for line in lines if line.action in of.split()]

    def whys(self) -> dict[str, str]:
        """Each shot's action and reason."""
        return {line.address: f"{line.action}: {line.why}" for line in self.plan(of="generate restore skip")}

    def make(self, *arguments: str) -> Said:
        """Run live, and expect it to come out."""
        said = self("batch", "run", "--yes", *arguments)
        assert said.code == 0, said.text
        return said

    def status(self, *arguments: str) -> Any:
        """What `status` says, as data."""
        return json.loads(self("batch", "status", "--format", "json", *arguments).out)

    def write(self, path: str, text: str | bytes) -> None:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text.encode() if isinstance(text, str) else text)

    def read(self, path: str) -> str:
        return (self.root / path).read_bytes().decode()

    def edit(self, path: str, old: str, new: str) -> None:
        """Change one place of a file."""
        text = self.read(path)
        assert text.count(old) == 1, (path, old)
        self.write(path, text.replace(old, new))

    def paint(self, path: str, colour: str, size: tuple[int, int] = (32, 24)) -> bytes:
        """Put a picture of one colour somewhere; its bytes."""
        data = picture(colour, size)
        self.write(path, data)
        return data

    def files(self) -> dict[str, bytes]:
        """Every file of the world's own: no `.chargen`, no `.git`."""
        found = (path for path in sorted(self.root.rglob("*")) if path.is_file())
        paths = {path.relative_to(self.root): path for path in found}
        return {
            str(name): path.read_bytes()
            for name, path in paths.items()
            if name.parts[0] not in {".chargen", ".git"}
        }


@pytest.fixture(autouse=True)
def clean_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's configuration, identity, keys or hook variables."""
    for name in list(os.environ):
        if name.startswith(("GIT_", "GITHUB_", "GEMINI_", "GOOGLE_", "XDG_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def gemini(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Emulator:
    """The stand-in, and an environment that leads to it."""
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", emulator.url)
    monkeypatch.setenv("GEMINI_API_KEY", KEY)
    return emulator


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    """The small world of this file, in no git repository; the current folder is its root."""
    made = World(tmp_path / "world", capsys)
    made.write("chargen.yaml", WORLD)
    made.write("locations/pier/imagery.yaml", PIER)
    made.write("characters/mara/imagery.yaml", MARA)
    made.write("characters/mara/images/face.png", picture("tan"))
    made.write("chapters/one/imagery.yaml", OPENING)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def one_shot(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    """A world of one picture."""
    made = World(tmp_path / "one", capsys)
    made.write("chargen.yaml", WORLD)
    made.write("quay/imagery.yaml", "kind: location\nslug: quay\nscenes:\n  - {id: noon, subject: a quay}\n")
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def tidewright(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> World:
    """A copy of the example world."""
    made = World(tmp_path / "tidewright", capsys)
    shutil.copytree(REPOSITORY / "examples" / "tidewright", made.root)
    monkeypatch.chdir(made.root)
    return made


@pytest.fixture
def git() -> Callable[..., str]:
    """A person's own git: `git(folder, *arguments)` says what it prints."""

    def call(folder: Path, *arguments: str) -> str:
        who = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
        done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True)
        return done.stdout.decode().strip()

    return call


@pytest.fixture
def soon() -> Callable[[Callable[[], object]], None]:
    """Waits until something holds, by short polls; fails after twenty seconds."""

    def wait(holds: Callable[[], object]) -> None:
        until = time.monotonic() + 20
        while not holds():
            assert time.monotonic() < until, "it never came to hold"
            time.sleep(0.02)

    return wait


@pytest.fixture
def processes() -> Iterator[list[subprocess.Popen[str]]]:
    """Processes a test starts: killed and waited for, whatever happens."""
    started: list[subprocess.Popen[str]] = []
    yield started
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.communicate()
