"""What people do: to the default branch, to review branches, to pull requests, and to what was quarantined."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from chargen.core.books_files import changes_for
from chargen.core.proposal import Standing
from chargen.core.submission import Move, State, move
from chargen.core.world import CONFIG_FILE
from chargen.pipeline.booking import stamp
from tests.simulation.forge import OTHER_BOT, OUTSIDER, WRITER
from tests.simulation.tree import ROWS, SHOTS, a_shot, decode, encode, shots_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.simulation.forge import Request
    from tests.simulation.session import Town
    from tests.simulation.tree import Commit


def act(town: Town, what: str, on: str, number: int) -> None:
    """Do it, where it can be done."""
    name, _, letter = on.partition(" ")
    match what:
        case "edit":
            _change_base(town, SHOTS[name][0], lambda data: _reword(data, name, letter))
        case "delete row":
            _change_base(town, SHOTS[name][0], lambda data: _drop_row(data, name))
        case "delete file":
            _delete_picture(town, number)
        case "retouch":
            _retouch(town, number)
        case "model":
            _change_base(town, CONFIG_FILE, _other_model)
        case "revert":
            _revert(town)
        case "push laptop":
            _push_laptop(town)
        case "operator":
            settle_quarantines(town)
        case "lose books":
            _lose_books(town, "")
        case "roll back books":
            _lose_books(town, town.remote.tips[-1 - number % 5] if len(town.remote.tips) > 5 else "")
        case _:
            _on_a_pull(town, what, on, number)


def _change_base(town: Town, path: str, change: Callable[[Any], None]) -> None:
    if path not in town.repository.base.files:
        return
    data = decode(town.repository.base.files[path])
    change(data)
    _commit(town, {**town.repository.base.files, path: encode(data)})


def _commit(town: Town, files: dict[str, bytes]) -> None:
    base = town.repository.base
    if files != base.files:
        town.repository.base = town.repository.commit((base,), files, human=True)
        town.acts += 1


def _shot(data: Any, name: str) -> Any:
    return next((shot for shot in shots_in(data) if shot["id"] == name), None)


def _reword(data: Any, name: str, letter: str) -> None:
    shot = _shot(data, name)
    if shot is not None:
        rows = {ROWS: shot[ROWS]} if ROWS in shot else {}
        shot.clear()
        shot.update(a_shot(name, letter) | rows)


def _drop_row(data: Any, name: str) -> None:
    shot = _shot(data, name)
    if shot is not None:
        shot.pop(ROWS, None)


def _other_model(data: Any) -> None:
    now = data["provider"].get("model")
    data["provider"]["model"] = "gemini-nano-banana-2.1" if now else "gemini-3.1-flash-lite-image"


def _pictures(town: Town) -> list[str]:
    return sorted(path for path in town.repository.base.files if path.endswith(".png"))


def _delete_picture(town: Town, number: int) -> None:
    every = _pictures(town)
    if every:
        gone = every[number % len(every)]
        _commit(town, {path: data for path, data in town.repository.base.files.items() if path != gone})


def _retouch(town: Town, number: int) -> None:
    every = _pictures(town)
    if every:
        path = every[number % len(every)]
        _commit(town, {**town.repository.base.files, path: town.repository.base.files[path] + b" retouched"})


def _revert(town: Town) -> None:
    """Take back the last merge, where nothing stands on it."""
    base = town.repository.base
    if len(base.parents) == 2:
        _commit(town, dict(base.parents[0].files))


def _push_laptop(town: Town) -> None:
    """Commit what the laptop has, merge it with the default branch, and have both the same."""
    laptop, repository = town.laptop, town.repository
    mine = laptop.base
    if laptop.files != mine.files:
        mine = repository.commit((mine,), laptop.files, human=True)
    if mine.id in repository.base.ancestors or mine is repository.base:
        tip = repository.base
    else:
        files = repository.merged(repository.base, mine)
        if files is None:  # thrown away, as people do
            files = dict(repository.base.files)
        tip = repository.commit((repository.base, mine), files, human=True)
        repository.base = tip
        town.acts += 1
    laptop.base, laptop.files = tip, dict(tip.files)


def _lose_books(town: Town, tip: str) -> None:
    """
    Somebody deletes the branch of the books, or pushes an older commit of it.

    Not while a create is fresher than the provider's list, nor while all there ever was is a laptop's batch, which names
    no repository: nothing tells a new runner of it then but the books.
    """
    creating = any(item.state is State.CREATING for item in town.remote.books.submissions.values())
    unlisted = any(made.listed_s > town.machine.now_s for made in town.service.made.values())
    unseen = creating or unlisted or town.service.wire or not (town.remote.kept or town.repository.heads)
    if town.remote.tip and town.remote.tip != tip and not unseen:
        town.remote.tip, town.lost = tip, True


def settle_quarantines(town: Town) -> None:
    """An operator who looks at the provider: what is there is adopted; when nothing can come any more, it is forgotten."""
    town.service.settle()
    remote = town.remote
    at = stamp(town.machine.now())
    for item in list(remote.books.submissions.values()):
        if item.state is not State.QUARANTINED:
            continue
        made = [
            one.batch for one in town.service.made.values() if one.batch.display_name == item.display_name
        ]
        coming = any(late[3] == item.display_name for late in town.service.wire)
        if made:
            settled = move(item, Move.ACCEPT, batch=made[0].name)
        elif coming:
            continue
        else:
            settled = move(item, Move.FORGET, ended_at=at)
        remote.write(None, remote.tip, changes_for(settled), "an operator")
        town.acts += 1


def _on_a_pull(town: Town, what: str, on: str, number: int) -> None:
    pulls = [
        pull for pull in town.forge.pulls.values() if not pull.merged and pull.open is (what != "reopen")
    ]
    if not pulls:
        return
    pull = pulls[number % len(pulls)]
    town.acts += 1
    match what:
        case "merge":
            merged = town.forge.merge(pull)
            town.machine.tally["merged" if merged else "could not be merged"] += 1
        case "close":
            town.forge.close(pull, (WRITER, WRITER, OUTSIDER, OTHER_BOT)[number % 4])
        case "reopen":
            _reopen(town, pull)
        case "speak":
            pull.spoke = True
        case "delete branch":
            _delete_branch(town, pull)
        case "commit":
            _commit_to(town, pull, on, number)
        case "update branch":
            _update_branch(town, pull)
        case _:
            raise ValueError(what)


def _reopen(town: Town, pull: Request) -> None:
    every = (item for of_entity in town.remote.books.proposals.values() for item in of_entity)
    standing = next((item.standing for item in every if item.number == pull.number), None)
    town.forge.reopen(pull)
    if pull.open and standing is Standing.WITHDRAWN:
        pull.theirs = town.machine.tally["turns"]


def _delete_branch(town: Town, pull: Request) -> None:
    """The forge closes the pull request of a branch that is deleted."""
    town.forge.close(pull, WRITER)
    town.repository.heads.pop(pull.branch, None)


def _on_branch(town: Town, pull: Request, parents: tuple[Commit, ...], files: dict[str, bytes]) -> None:
    town.repository.heads[pull.branch] = town.repository.commit(parents, files, human=True)


def _commit_to(town: Town, pull: Request, on: str, number: int) -> None:
    """A person retouches a picture there, or rewords a shot."""
    head = town.repository.heads[pull.branch]
    files = dict(head.files)
    name, _, letter = on.partition(" ")
    new = [
        path
        for path in files
        if path.endswith(".png") and files[path] != town.repository.base.files.get(path)
    ]
    if number % 2 and new:
        files[new[0]] += b" retouched"
    elif SHOTS[name][0] in files:
        data = decode(files[SHOTS[name][0]])
        _reword(data, name, letter)
        files[SHOTS[name][0]] = encode(data)
    if files != head.files:
        _on_branch(town, pull, (head,), files)


def _update_branch(town: Town, pull: Request) -> None:
    head, base = town.repository.heads[pull.branch], town.repository.base
    files = town.repository.merged(head, base) if base.id not in head.ancestors else None
    if files is not None:
        _on_branch(town, pull, (head, base), files)
