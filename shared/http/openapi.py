"""The OpenAPI document of a service: security scheme, Problem schema, no address of another host."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from typing import Any, Final

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute

from shared.http.problems import PROBLEM_SCHEMA, problems

DESCRIPTION: Final = (
    "Errors are `application/problem+json`; switch on `code`. Lists take `limit`, `cursor`, `updated_after`. "
    "Every POST and PATCH takes `Idempotency-Key`. Times are RFC 3339 in UTC, money is a string with two decimals."
)


def document_of(app: FastAPI) -> Callable[[], dict[str, Any]]:
    """A replacement of `app.openapi` that builds the document once."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema:
            return app.openapi_schema
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=DESCRIPTION,
            routes=app.routes,
            openapi_version=app.openapi_version,
        )
        components = document.setdefault("components", {})
        schemas = components.setdefault("schemas", {})
        schemas["Problem"] = PROBLEM_SCHEMA
        for unused in ("HTTPValidationError", "ValidationError"):
            if f"#/components/schemas/{unused}" not in str(document.get("paths")):
                schemas.pop(unused, None)
        components["securitySchemes"] = {
            "bearer": {
                "type": "http",
                "scheme": "bearer",
                "bearerFormat": "JWT",
                "description": "A token of `/ticketing/v1/sessions`, of `steward token`, or of the OIDC provider.",
            }
        }
        document["security"] = [{"bearer": []}]
        components["responses"] = _share_problems(document)
        document["paths"] = dict(sorted(document.get("paths", {}).items()))
        app.openapi_schema = document
        return document

    return openapi


def _share_problems(document: dict[str, Any]) -> dict[str, Any]:
    """Put the standard errors under `components/responses`, once each; operations refer to them by status."""
    shared: dict[str, Any] = {}
    for operation in operations(document):
        for status, response in operation.get("responses", {}).items():
            if not status.isdigit() or int(status) < 400 or response != _standard(int(status)):
                continue
            shared[f"Problem{status}"] = response
            operation["responses"][status] = {"$ref": f"#/components/responses/Problem{status}"}
    return dict(sorted(shared.items()))


@cache
def _standard(status: int) -> dict[str, Any]:
    return problems(status)[status]


def operations(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Every operation of a document."""
    for methods in document.get("paths", {}).values():
        yield from methods.values()


def check_operation_ids(routes: Iterable[APIRoute]) -> None:
    """Raise ValueError when two operations share an id: generated clients would lose one of them."""
    counted = Counter(route.operation_id or route.unique_id for route in routes if route.include_in_schema)
    twice = sorted(name for name, times in counted.items() if times > 1)
    if twice:
        raise ValueError(f"operation ids used more than once: {', '.join(twice)}")
