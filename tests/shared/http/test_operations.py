"""Health, metrics, the OpenAPI document."""

from __future__ import annotations

from typing import Annotated, Any

import pytest

from shared.auth import Principal, allow
from shared.http.routing import TxDep, problems, public, service_router
from tests.shared.http.support import Tiny, bearer, serve

router = service_router(prefix="/v1/notes", tags=["notes"])


@router.post("", status_code=201, responses=problems(404, 409))
async def create_note(tx: TxDep, who: Annotated[Principal, allow("note.write")]) -> dict[str, str]:
    """Write a note."""
    return {}


@router.get("/{note_id}", operation_id="get_note")
@public
async def get_note(note_id: int) -> dict[str, str]:
    return {}


@pytest.fixture
async def tiny() -> Any:
    async with serve([router], powers={"note.write": {"clerk"}}) as app:
        yield app


async def test_alive_asks_nothing_of_the_database(tiny: Tiny) -> None:
    tiny.runtime.checks = {"database": {"ok": False}}
    answer = await tiny.http.get("/tiny/healthz")
    assert (answer.status_code, answer.json()) == (200, {"ok": True})


async def test_ready_names_what_is_missing(tiny: Tiny) -> None:
    tiny.runtime.checks = {"database": {"ok": True}, "worker": {"ok": True, "age_s": 1.5}}
    answer = await tiny.http.get("/tiny/readyz")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    tiny.runtime.checks["worker"] = {"ok": False, "age_s": 99.0}
    answer = await tiny.http.get("/tiny/readyz")
    assert (answer.status_code, answer.json()["ok"]) == (503, False)
    assert answer.json()["checks"]["worker"] == {"ok": False, "age_s": 99.0}


async def test_metrics_are_free_on_the_own_port_and_for_operators_through_the_gateway(tiny: Tiny) -> None:
    await tiny.http.get("/tiny/v1/notes/7")
    await tiny.http.get("/tiny/v1/nothing/8")
    page = await tiny.http.get("/tiny/metrics")
    assert page.status_code == 200
    assert 'route="/tiny/v1/notes/{note_id}"' in page.text
    assert "/tiny/v1/notes/7" not in page.text
    assert "nothing" not in page.text
    for header in ({"X-Forwarded-For": "10.0.0.1"}, {"Forwarded": "for=10.0.0.1"}):
        assert (await tiny.http.get("/tiny/metrics", headers=header)).status_code == 401
        assert (await tiny.http.get("/tiny/metrics", headers=header | bearer("clerk"))).status_code == 403
        assert (await tiny.http.get("/tiny/metrics", headers=header | bearer("ops"))).status_code == 200


async def test_the_openapi_document_tells_the_truth(tiny: Tiny) -> None:
    answer = await tiny.http.get("/tiny/openapi.json")
    document = answer.json()
    assert document["security"] == [{"bearer": []}]
    post = document["paths"]["/tiny/v1/notes"]["post"]
    assert post["operationId"] == "create_note"
    assert post["tags"] == ["notes"]
    assert {"201", "401", "403", "404", "409", "413", "422", "500", "503"} == set(post["responses"])
    assert post["summary"] == "Write a note"
    assert post["responses"]["409"] == {"$ref": "#/components/responses/Problem409"}
    conflict = document["components"]["responses"]["Problem409"]["content"]["application/problem+json"]
    assert conflict["schema"] == {"$ref": "#/components/schemas/Problem"}
    assert conflict["example"]["status"] == 409
    assert [p["name"] for p in post["parameters"]] == ["Idempotency-Key"]
    get = document["paths"]["/tiny/v1/notes/{note_id}"]["get"]
    assert get["security"] == []
    assert [p["name"] for p in get["parameters"]] == ["note_id"]
    assert "HTTPValidationError" not in answer.text
    assert {"list_changes", "list_heads", "stream_changes", "list_parked_events", "replay_parked_event"} <= {
        operation["operationId"] for path in document["paths"].values() for operation in path.values()
    }
    assert "/tiny/healthz" not in document["paths"]
    assert "http://" not in answer.text
    assert "https://" not in answer.text


async def test_there_is_no_page_with_assets_from_elsewhere(tiny: Tiny) -> None:
    for path in ("/docs", "/redoc", "/tiny/docs"):
        assert (await tiny.http.get(path)).status_code == 404
