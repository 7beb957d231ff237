"""
Cuts GitHub's OpenAPI description down to the operations chargen calls, and writes it beside this file.

    npm i @octokit/openapi@23.0.2
    python tests/data/prune_github_openapi.py node_modules/@octokit/openapi/generated/api.github.com.json
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any, Final

REPO: Final = "/repos/{owner}/{repo}"
OPERATIONS: Final = {
    "/rate_limit": "get",
    "/user": "get",
    REPO: "get",
    f"{REPO}/actions/permissions": "get",
    f"{REPO}/actions/permissions/selected-actions": "get",
    f"{REPO}/actions/permissions/workflow": "get put",
    f"{REPO}/actions/secrets/{{secret_name}}": "get",
    f"{REPO}/actions/workflows": "get",
    f"{REPO}/actions/workflows/{{workflow_id}}": "get",
    f"{REPO}/actions/workflows/{{workflow_id}}/runs": "get",
    f"{REPO}/collaborators/{{username}}/permission": "get",
    f"{REPO}/commits/{{ref}}/statuses": "get",
    f"{REPO}/git/ref/{{ref}}": "get",
    f"{REPO}/issues/comments/{{comment_id}}": "get patch delete",
    f"{REPO}/issues/{{issue_number}}": "get",
    f"{REPO}/issues/{{issue_number}}/comments": "get post",
    f"{REPO}/pulls": "get post",
    f"{REPO}/pulls/{{pull_number}}": "get patch",
    f"{REPO}/pulls/{{pull_number}}/merge": "get put",
    f"{REPO}/pulls/{{pull_number}}/reviews": "get post",
    f"{REPO}/statuses/{{sha}}": "post",
}
PROSE: Final = frozenset({"description", "example", "examples", "externalDocs", "summary", "tags", "title"})
# a refusal may be any of these, though the operation does not list it
ALWAYS: Final = ("#/components/schemas/basic-error", "#/components/schemas/validation-error")


def prune(whole: dict[str, Any]) -> dict[str, Any]:
    """The operations, and what they refer to."""
    paths = {path: _operations(whole["paths"][path], methods.split()) for path, methods in OPERATIONS.items()}
    kept = {"openapi": whole["openapi"], "info": _info(whole), "servers": whole["servers"], "paths": paths}
    components: dict[str, Any] = {}
    waiting = [*ALWAYS, *_references(paths)]
    while waiting:
        _, _, kind, name = waiting.pop().split("/", 3)
        if name not in components.setdefault(kind, {}):
            components[kind][name] = _bare(whole["components"][kind][name])
            waiting += _references(components[kind][name])
    return kept | {
        "components": {kind: dict(sorted(some.items())) for kind, some in sorted(components.items())}
    }


def _info(whole: dict[str, Any]) -> dict[str, Any]:
    return {key: whole["info"][key] for key in ("title", "version", "license")}


def _operations(item: dict[str, Any], methods: list[str]) -> dict[str, Any]:
    kept = {method: _bare(item[method]) for method in methods}
    for operation in kept.values():
        operation["responses"] = {
            code: {"description": "", **answer} for code, answer in operation["responses"].items()
        }
    return kept | ({"parameters": _bare(item["parameters"])} if "parameters" in item else {})


def _bare(node: Any, *, names: bool = False) -> Any:
    """The same without prose and examples; `names`: the keys are names of properties, not keywords."""
    if isinstance(node, list):
        return [_bare(one) for one in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _bare(value, names=key in {"properties", "headers", "parameters"} and isinstance(value, dict))
        for key, value in node.items()
        if names or not (key in PROSE or key.startswith("x-"))
    }


def _references(node: Any) -> list[str]:
    return re.findall(r'"\$ref": "(#[^"]+)"', json.dumps(node))


if __name__ == "__main__":
    description = prune(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
    for response in description["components"].get("responses", {}).values():
        response.setdefault("description", "")
    text = json.dumps(description, separators=(",", ":"), ensure_ascii=False)
    Path(__file__).with_name("github_openapi.json").write_text(text + "\n", encoding="utf-8")
