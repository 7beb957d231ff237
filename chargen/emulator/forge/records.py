"""What the stand-in remembers of a repository: pull requests, comments, reviews, settings; times in seconds."""

from __future__ import annotations

from dataclasses import dataclass, field

from chargen.emulator.forge.bare import Bare


@dataclass(slots=True)
class Comment:
    """A comment on a pull request's page."""

    id: int
    number: int  # the pull request's
    login: str
    body: str
    created_at: float
    updated_at: float


@dataclass(slots=True)
class Review:
    """A review; `state` is APPROVED, CHANGES_REQUESTED, COMMENTED, DISMISSED or PENDING."""

    id: int
    login: str
    body: str
    state: str
    commit: str
    submitted_at: float


@dataclass(slots=True)
class Status:
    """A commit's status of one context, as it was set."""

    id: int
    login: str
    sha: str
    state: str
    context: str
    description: str | None
    target_url: str | None
    created_at: float


@dataclass(slots=True)
class Run:
    """A workflow run."""

    id: int
    number: int
    workflow: str  # its file's name
    event: str
    branch: str
    sha: str
    conclusion: str
    created_at: float


@dataclass(slots=True, eq=False)
class Pull:
    """A pull request. While it is open, its shas follow the branches; afterwards they stay."""

    id: int
    number: int
    title: str
    body: str | None
    login: str
    head_repository: Repository
    branch: str
    base: str
    head_sha: str
    base_sha: str
    created_at: float
    updated_at: float
    closed_at: float | None = None
    closed_by: str = ""
    merged_at: float | None = None
    merged_by: str = ""
    merge_commit: str = ""
    reviews: list[Review] = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether it can still be merged."""
        return self.closed_at is None

    @property
    def merged(self) -> bool:
        """Whether its head is in the base, for ever."""
        return self.merged_at is not None


@dataclass(slots=True, eq=False)
class Repository:
    """One repository: the bare one holds its branches, this the rest."""

    id: int
    full_name: str
    bare: Bare
    created_at: float
    private: bool = False
    parent: Repository | None = None  # of a fork
    roles: dict[str, str] = field(default_factory=dict)
    actions_may_open_pulls: bool = True
    workflow_permissions: str = "read"
    actions: str = "all"  # none, local_only, selected
    github_owned_actions: bool = True
    action_patterns: tuple[str, ...] = ()
    secrets: dict[str, float] = field(default_factory=dict)  # since when, by name
    gone: bool = False
    numbers: int = 0
    pulls: dict[int, Pull] = field(default_factory=dict)
    comments: dict[int, Comment] = field(default_factory=dict)
    statuses: list[Status] = field(default_factory=list)
    runs: list[Run] = field(default_factory=list)
    workflow_states: dict[str, str] = field(default_factory=dict)

    @property
    def owner(self) -> str:
        """The first half of its name."""
        return self.full_name.split("/")[0]

    @property
    def name(self) -> str:
        """The second half of its name."""
        return self.full_name.split("/")[1]

    def branches(self) -> dict[str, str]:
        """Every branch and its commit; none once the repository is gone."""
        return {} if self.gone else self.bare.branches()

    def role(self, login: str) -> str:
        """What somebody may do here; a public repository can be read by anybody."""
        return self.roles.get(login, "none" if self.private else "read")
