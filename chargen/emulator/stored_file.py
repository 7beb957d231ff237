"""A file the emulator keeps on disk, and an upload that is still under way."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from chargen.emulator.clock import stamp

LIFETIME_S: Final = 48 * 3600.0


@dataclass(frozen=True, slots=True)
class StoredFile:
    """An uploaded or a result file; result files are downloaded by name but never listed."""

    name: str  # files/<id>
    path: Path
    created: float
    display_name: str = ""
    mime_type: str = "application/octet-stream"
    sha256: str = ""
    result_of: str = ""

    @property
    def gone_at(self) -> float:
        """When an upload is deleted by itself; results stay for six weeks."""
        return self.created + (42 * 24 * 3600.0 if self.result_of else LIFETIME_S)

    def resource(self, url: str) -> dict[str, Any]:
        """The file as the API shows it; `url` is the address of its API version."""
        digest = base64.b64encode(self.sha256.encode()).decode()
        shown = {
            "name": self.name,
            "displayName": self.display_name,
            "mimeType": self.mime_type,
            "sizeBytes": str(self.path.stat().st_size),
            "createTime": stamp(self.created),
            "updateTime": stamp(self.created),
            "expirationTime": stamp(self.gone_at),
            "sha256Hash": digest,
            "uri": f"{url}/{self.name}",
            "state": "ACTIVE",
            "source": "UPLOADED",
        }
        return {key: value for key, value in shown.items() if value}


@dataclass(slots=True)
class Upload:
    """An upload whose bytes are still coming."""

    id: str
    path: Path
    name: str
    display_name: str
    mime_type: str
    expected: int | None
    received: int = 0
    digest: Any = field(default_factory=hashlib.sha256)

    def write(self, chunk: bytes) -> None:
        """Append bytes to the file on disk."""
        with self.path.open("ab") as file:
            file.write(chunk)
        self.digest.update(chunk)
        self.received += len(chunk)
