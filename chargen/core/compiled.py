"""A shot compiled: its IR, its prompt, its references, how it would be asked for, and what it asks. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from chargen.core.digest import EPOCH, Ask, ReferenceDigest, request_hash
from chargen.core.ir import PromptIR
from chargen.core.problem import Problem, Severity
from chargen.core.prompt import PromptLine, render, text
from chargen.core.references import UsedReference
from chargen.core.request import ProviderPlan
from chargen.core.shot import Shot
from chargen.core.source import Source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chargen.core.address import Address


@dataclass(frozen=True, slots=True)
class Sent:
    """One reference as it would be sent: which, the file (from the root), and its digest (empty: no picture yet)."""

    used: UsedReference
    path: str
    sha256: str

    @property
    def digest(self) -> ReferenceDigest:
        """How it goes into hashes."""
        return self.used.digest(self.sha256)


@dataclass(frozen=True)  # no slots: what follows from its words is worked out once
class CompiledShot:
    """Everything the plan needs to know of a shot."""

    shot: Shot
    source: Source
    source_digest: str
    ir: PromptIR
    prompt_hash: str
    sections: tuple[str, ...]
    references: tuple[Sent, ...]
    provider: ProviderPlan
    image_type: str
    status: str
    variants: int
    problems: tuple[Problem, ...] = ()

    @property
    def address(self) -> Address:
        """Where the shot stands."""
        return self.shot.address

    @property
    def formerly(self) -> Address | None:
        """Where it stood before, as its writer says."""
        return self.shot.formerly

    @cached_property
    def lines(self) -> tuple[PromptLine, ...]:
        """The prompt, line by line, each with its IR field."""
        return render(self.ir.sections)

    def prompt(self, note: str = "") -> str:
        """The words that are sent."""
        return text(render(self.ir.sections, note=note) if note else self.lines)

    @property
    def obstacle(self) -> Problem | None:
        """The first problem that leaves the shot out of the plan."""
        return next((problem for problem in self.problems if problem.severity is Severity.ERROR), None)

    @property
    def complete(self) -> bool:
        """Whether every reference has a picture, so that the request can be hashed."""
        return all(sent.sha256 for sent in self.references)

    def ask(self) -> Ask:
        """What a request for this shot asks for, in the terms of `match`."""
        return self._ask

    @cached_property
    def _ask(self) -> Ask:
        return Ask(
            prompt_hash=self.prompt_hash,
            source=self.source_digest,
            epoch=EPOCH,
            sections=self.sections,
            references=tuple(sent.digest for sent in self.references),
            aspect_ratio=self.provider.aspect_ratio,
            provider={"model": self.provider.model, "size": self.provider.size},
        )

    def request_hash(self, variant: int, *, note: str = "") -> str:
        """The hash of the request for one variant."""
        if (variant, note) not in self._hashes:
            digests = [sent.digest for sent in self.references]
            self._hashes[variant, note] = request_hash(
                self.prompt_hash, self.provider.hashed(variant), digests, note=note
            )
        return self._hashes[variant, note]

    @cached_property
    def _hashes(self) -> dict[tuple[int, str], str]:
        return {}

    def wishes(self) -> Mapping[str, str]:
        """What the shot would send, by request hash, with the job each is for; nothing while a reference is missing."""
        return self._wishes

    @cached_property
    def _wishes(self) -> Mapping[str, str]:
        if not self.complete:
            return {}
        return {self.request_hash(n): self.address.job_id(n) for n in range(1, self.variants + 1)}

    def with_problem(self, problem: Problem) -> CompiledShot:
        """The shot with one more finding."""
        return replace(self, problems=(*self.problems, problem))
