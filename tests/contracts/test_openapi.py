"""The OpenAPI documents: kept in docs/api/ as the code has them, and complete."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest

from deploy import openapi
from shared.settings import SERVICES

PROBLEM = "application/problem+json"


@pytest.fixture(scope="module", params=SERVICES)
def document(request: pytest.FixtureRequest) -> dict[str, Any]:
    return openapi.document(request.param)


def _operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", path, operation


def _resolve(document: dict[str, Any], value: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in value:
        found: Any = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        value = found
    return value


def _refuse(faults: list[str]) -> None:
    assert not faults, "\n" + "\n".join(faults)


def test_the_kept_documents_are_as_the_code_has_them() -> None:
    stale = openapi.stale()
    assert not stale, f"docs/api/{', docs/api/'.join(stale)}: refresh with `make openapi` and read the difference"


def test_every_operation_has_an_id_a_summary_a_tag_and_says_who_may_call_it(document: dict[str, Any]) -> None:
    faults, ids = [], set()
    for name, _, operation in _operations(document):
        identity = operation.get("operationId", "")
        if not identity.islower() or identity in ids:
            faults.append(f"{name}: operation id {identity!r} is missing, not in small letters, or used twice")
        ids.add(identity)
        summary = operation.get("summary", "")
        if len(summary) < 8 or summary.istitle() or summary.endswith("\n"):
            faults.append(f"{name}: summary {summary!r} is not a sentence; write a docstring or summary=")
        if not operation.get("tags"):
            faults.append(f"{name}: no tag")
        security = operation.get("security", document["security"])
        if security not in ([], [{"bearer": []}]):
            faults.append(f"{name}: security {security}")
    _refuse(faults)


def test_every_operation_documents_its_errors_as_problems(document: dict[str, Any]) -> None:
    faults = []
    for name, path, operation in _operations(document):
        wanted = {"422", "500", "503"}
        if operation.get("security", document["security"]):
            wanted |= {"401", "403"}
        if "{" in path and not path.endswith("/preview"):
            wanted.add("404")
        headers = {p["name"] for p in operation.get("parameters", ()) if p["in"] == "header"}
        if "Idempotency-Key" in headers:
            wanted.add("409")
        if {"if-match", "If-Match"} & headers:
            wanted.add("412")
        if "requestBody" in operation:
            wanted.add("413")
        missing = wanted - operation["responses"].keys()
        if missing:
            faults.append(f"{name}: responses {', '.join(sorted(missing))} are missing")
        for status, response in operation["responses"].items():
            content = _resolve(document, response).get("content", {})
            if int(status) >= 400:
                schema = content.get(PROBLEM, {}).get("schema")
                if schema != {"$ref": "#/components/schemas/Problem"} or "example" not in content[PROBLEM]:
                    faults.append(f"{name}: {status} is not a problem with an example")
    _refuse(faults)


def test_every_success_has_a_schema(document: dict[str, Any]) -> None:
    faults = []
    for name, _, operation in _operations(document):
        successes = {s: r for s, r in operation["responses"].items() if s.startswith("2")}
        if len(successes) != 1:
            faults.append(f"{name}: successes {sorted(successes)}, one is wanted")
        for status, response in successes.items():
            content = response.get("content", {})
            schema = any("schema" in media for media in content.values())
            if "text/event-stream" not in content and status != "204" and not schema:
                faults.append(f"{name}: the answer {status} has no schema")
    _refuse(faults)


def test_every_request_body_has_an_example_that_its_schema_takes(document: dict[str, Any]) -> None:
    faults = []
    for name, _, operation in _operations(document):
        for media, content in operation.get("requestBody", {}).get("content", {}).items():
            schema = content["schema"]
            examples = [content["example"]] if "example" in content else []
            examples += [item["value"] for item in content.get("examples", {}).values()]
            examples += _resolve(document, schema).get("examples", [])
            if not examples and media == "application/json":
                faults.append(f"{name}: no example of its body; examples= in the schema, or body_example()")
            checked = jsonschema_rs.Draft202012Validator({**schema, "components": document["components"]})
            for example in examples:
                faults += [f"{name}: example {error.message}" for error in checked.iter_errors(example)]
    _refuse(faults)


def test_no_document_names_another_host(document: dict[str, Any]) -> None:
    text = openapi.dumps(document)
    assert "http://" not in text
    assert "https://" not in text.replace("https://portal.example.com", "")
