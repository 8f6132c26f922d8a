"""Lists cost the same however long they are, and every operation is described for those who build on it."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event

from tests.ticketing.support import Community, Register

LISTS = (
    "/org-units",
    "/communities",
    "/buildings",
    "/units",
    "/people",
    "/relations",
    "/staff",
    "/archives",
    "/archive-checks",
    "/surveys",
    "/tickets",
    "/revisits",
)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("role", ["admin", "supervisor", "resident"])
async def test_a_list_is_one_query_for_any_caller(
    register: Register, community: Community, path: str, role: str
) -> None:
    (branch,) = await register.stored("org-units", [{"external_id": "A", "name": "A", "kind": "branch"}])
    headers = {
        "admin": register.admin(),
        "supervisor": register.staff("supervisor", [branch]),
        "resident": register.resident(community, 0),
    }[role]
    seen: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        seen.append(statement)

    engine = register.world.runtime("ticketing").db.app.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        answer = await register.get(path, headers)
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert answer.status_code in (200, 403)
    if answer.status_code == 200:
        assert set(answer.json()) == {"items", "next"}
    queries = [s for s in seen if "set_org" not in s and s.lstrip().upper().startswith(("SELECT", "WITH"))]
    # A resident's own relations are looked up once: since when each unit is theirs.
    dated = role == "resident" and path in ("/relations", "/tickets")
    assert len(queries) == (1 + dated if answer.status_code == 200 else 0), queries


@pytest.mark.parametrize("path", LISTS)
async def test_a_foreign_cursor_is_malformed_and_never_a_server_error(register: Register, path: str) -> None:
    for cursor in ("x", "e30", "eyJpZCI6MX0", "eyJpZCI6Im5vLXV1aWQifQ"):
        assert (await register.get(path, cursor=cursor)).status_code == 422


async def test_every_operation_has_a_schema_and_a_description(register: Register) -> None:
    document = (await register.api.get("/ticketing/openapi.json")).json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            assert operation.get("summary") or operation.get("description"), (method, path)
            assert operation["operationId"], (method, path)
    bulk = document["components"]["schemas"]["UnitsBulk"]
    row = bulk["properties"]["items"]["items"]["$ref"].rsplit("/", 1)[-1]
    assert {"external_id", "community", "number", "area"} <= set(document["components"]["schemas"][row]["required"])
