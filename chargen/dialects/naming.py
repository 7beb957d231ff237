"""What every dialect needs for a shot: whose folder it lies in, its rows, and whether they have a home. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from chargen.core.address import KINDS, Address, parse_job_id
from chargen.core.problem import Problem
from chargen.core.row import Row, read_row
from chargen.dialects.splice import refusal

if TYPE_CHECKING:
    from chargen.core.shot import YamlPath
    from chargen.dialects.yaml_text import YamlDocument

MAIN: Final = "main"


def name_by_folders(file: str) -> tuple[str, str]:
    """Kind (empty: the folders do not tell) and folder name of an entity by where its file lies."""
    above = file.split("/")[:-1]
    kinds = (folder.lower().removesuffix("s") for folder in reversed(above[:-1]))
    return next((kind for kind in kinds if kind in KINDS), ""), above[-1] if above else "world"


def homeless(document: YamlDocument, at: YamlPath) -> Problem | None:
    """A shot whose row could not be written is found before it is paid."""
    error = refusal(document, at)
    if error is None:
        return None
    return Problem(error.place or document.place(*at), error.message, error.hint, rule="unwritable-row")


def own_rows(written: Any, address: Address, formerly: Address | None = None) -> tuple[Row, ...]:
    """The rows of a list that chargen wrote for one shot, those of its former address last; others are left alone."""
    if not isinstance(written, list):
        return ()
    rows = [row for row in (read_row(item, address, formerly) for item in written) if row is not None]
    return tuple(sorted(rows, key=lambda row: row.written_as != row.job_id))


def displaced_rows(written: Any, address: Address) -> tuple[str, ...]:
    """The names of chargen's rows in a shot's own list that are of another address: its new row takes their place."""
    return tuple(
        name for row in (written if isinstance(written, list) else ()) if (name := _of_another(row, address))
    )


def _of_another(row: Any, address: Address) -> str:
    """The job id of a row when it is chargen's and another shot's, else nothing."""
    name = str(row.get("job_id") or row.get("custom_id") or "") if isinstance(row, dict) else ""
    try:
        owner, _ = parse_job_id(name)
    except ValueError:
        return ""
    return "" if owner == address else name
