"""A request runs in one transaction that is committed before its answer leaves, or not at all."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID, uuid4

import pytest
from fastapi import Request, Response
from pydantic import BaseModel

from shared.auth import Principal, allow
from shared.errors import Conflict, NotFound
from shared.http.routing import (
    IfMatch,
    PrincipalDep,
    TxDep,
    created,
    own_transactions,
    public,
    service_router,
)
from tests.shared.http.support import ORG, Tiny, bearer, peer_bearer, serve, settings, user_token

router = service_router(prefix="/v1/things", tags=["things"])
RUNS: list[str] = []


class ThingIn(BaseModel):
    name: str
    fails: str = ""


class ThingOut(BaseModel):
    id: UUID
    name: str


class NotNow(Conflict):
    code = "tiny.thing.not_now"
    zh = "现在不行：{why}"
    en = "Not now: {why}"


@router.post("", status_code=201, operation_id="create_thing")
async def create_thing(
    body: ThingIn, tx: TxDep, who: Annotated[Principal, allow("thing.write")], response: Response
) -> ThingOut:
    RUNS.append(body.name)
    if body.fails == "app":
        raise NotNow(why="teatime")
    if body.fails == "bug":
        raise ZeroDivisionError("secret detail")
    assert tx.org_id == who.org
    made = uuid4()
    created(response, f"/tiny/v1/things/{made}", 1)
    return ThingOut(id=made, name=body.name)


@router.get("", operation_id="list_things")
async def list_things(tx: TxDep, who: Annotated[Principal, allow("thing.read")]) -> list[str]:
    return []


@router.get("/whoami", operation_id="whoami")
async def whoami(who: PrincipalDep) -> dict[str, str]:
    return {"org": str(who.org), "kind": who.kind}


@router.get("/open", operation_id="open_thing")
@public
async def open_thing() -> dict[str, bool]:
    return {"open": True}


@router.get("/{thing_id}", operation_id="get_thing")
async def get_thing(thing_id: UUID, who: Annotated[Principal, allow("thing.read")]) -> ThingOut:
    raise NotFound


@router.post("/{thing_id}/turn", operation_id="turn_thing")
async def turn_thing(
    thing_id: UUID, who: Annotated[Principal, allow("thing.write")], version: IfMatch
) -> dict[str, Any]:
    return {"version": version}


@router.post("/refuse", operation_id="refuse_thing")
async def refuse_thing(who: PrincipalDep) -> Response:
    return Response(b"{}", status_code=409, media_type="application/json")


@router.post("/long", operation_id="long_thing")
@own_transactions
async def long_thing(request: Request, who: PrincipalDep) -> dict[str, bool]:
    return {"ok": True}


POWERS = {"thing.write": {"clerk", "service:billing"}, "thing.read": {"clerk", "engineer"}}


@pytest.fixture
async def tiny() -> Any:
    RUNS.clear()
    async with serve([router], powers=POWERS) as app:
        yield app


def failing(sqlstate: str) -> Exception:
    problem = RuntimeError(f"database said {sqlstate}")
    problem.sqlstate = sqlstate  # type: ignore[attr-defined]
    return problem


async def post(tiny: Tiny, body: Any = None, **headers: str) -> Any:
    return await tiny.http.post("/tiny/v1/things", json=body or {"name": "a"}, headers={**bearer("clerk"), **headers})


async def test_a_write_is_committed_and_answered(tiny: Tiny) -> None:
    answer = await post(tiny)
    assert answer.status_code == 201
    assert answer.headers["location"].startswith("/tiny/v1/things/")
    assert answer.headers["etag"] == '"1"'
    assert answer.json()["name"] == "a"
    assert tiny.db.log == ["begin", "commit"]
    assert tiny.db.last.org_id == ORG
    assert tiny.db.last.actor_id is not None
    assert tiny.db.last.request_id == answer.headers["x-request-id"]


async def test_the_commit_comes_before_the_first_byte_of_the_answer(tiny: Tiny) -> None:
    at_start: list[list[str]] = []
    body = b'{"name":"a"}'

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            at_start.append(list(tiny.db.log))

    await tiny.app(scope("POST", "/tiny/v1/things"), receive, send)  # type: ignore[arg-type]
    assert at_start == [["begin", "commit"]]


async def test_the_body_is_read_before_the_transaction_so_that_a_slow_caller_holds_no_connection(tiny: Tiny) -> None:
    parts: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(message: dict[str, Any]) -> None:
        return None

    await parts.put({"type": "http.request", "body": b'{"name":', "more_body": True})
    running = asyncio.create_task(tiny.app(scope("POST", "/tiny/v1/things"), parts.get, send))  # type: ignore[arg-type]
    await asyncio.sleep(0.02)
    assert tiny.db.log == []
    await parts.put({"type": "http.request", "body": b'"a"}', "more_body": False})
    await running
    assert tiny.db.log == ["begin", "commit"]


def scope(method: str, path: str) -> dict[str, Any]:
    headers = {"authorization": f"Bearer {user_token('clerk')}", "content-type": "application/json"}
    return {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "scheme": "http",
        "server": ("tiny", 80),
        "client": ("127.0.0.1", 1),
        "headers": [(k.encode(), v.encode()) for k, v in headers.items()],
    }


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"name": "a", "fails": "app"}, 409, "tiny.thing.not_now"),
        ({"name": "a", "fails": "bug"}, 500, "http.error.unexpected"),
        ({"name": 1}, 422, "http.request.malformed"),
    ],
)
async def test_a_refused_write_leaves_nothing(tiny: Tiny, body: Any, status: int, code: str) -> None:
    answer = await post(tiny, body)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert tiny.db.log == ["begin", "rollback"]


async def test_an_answer_of_400_or_more_is_rolled_back_too(tiny: Tiny) -> None:
    answer = await tiny.http.post("/tiny/v1/things/refuse", headers=bearer("clerk"))
    assert answer.status_code == 409
    assert tiny.db.log == ["begin", "rollback"]


async def test_a_failing_commit_is_no_201(tiny: Tiny) -> None:
    tiny.db.commit_fails = [ConnectionResetError("gone")]
    answer = await post(tiny)
    assert (answer.status_code, answer.json()["code"]) == (503, "http.database.down")
    assert int(answer.headers["retry-after"]) >= 1


@pytest.mark.parametrize("state", ["40001", "40P01"])
async def test_a_serialization_failure_or_deadlock_runs_the_write_again(tiny: Tiny, state: str) -> None:
    tiny.db.commit_fails = [failing(state), failing(state)]
    answer = await post(tiny)
    assert answer.status_code == 201
    assert RUNS == ["a", "a", "a"]
    assert tiny.db.log == ["begin", "rollback"] * 2 + ["begin", "commit"]


async def test_after_three_attempts_the_caller_is_asked_to_come_back(tiny: Tiny) -> None:
    tiny.db.commit_fails = [failing("40001")] * 3
    answer = await post(tiny)
    assert (answer.status_code, answer.json()["code"]) == (503, "http.service.busy")
    assert "retry-after" in answer.headers
    assert len(RUNS) == 3


@pytest.mark.parametrize(
    ("state", "status", "code"),
    [
        ("23505", 409, "http.row.duplicate"),
        ("23503", 409, "http.row.reference_broken"),
        ("55P03", 503, "http.service.busy"),
        ("57014", 503, "http.service.busy"),
        ("57P01", 503, "http.database.down"),
        ("08006", 503, "http.database.down"),
        ("42P01", 500, "http.error.unexpected"),
    ],
)
async def test_database_errors_are_told_apart_by_sqlstate(tiny: Tiny, state: str, status: int, code: str) -> None:
    tiny.db.commit_fails = [failing(state)]
    answer = await post(tiny)
    assert (answer.status_code, answer.json()["code"]) == (status, code)


async def test_reads_get_a_read_transaction_only_when_they_ask(tiny: Tiny) -> None:
    assert (await tiny.http.get("/tiny/v1/things", headers=bearer("clerk"))).status_code == 200
    assert tiny.db.log == ["read", "read end"]
    tiny.db.log.clear()
    who = await tiny.http.get("/tiny/v1/things/whoami", headers=peer_bearer())
    assert who.json() == {"org": str(ORG), "kind": "service"}
    assert tiny.db.log == []


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ({}, "auth.token.missing"),
        ({"Authorization": "Basic abc"}, "auth.token.missing"),
        ({"Authorization": "Bearer"}, "auth.token.missing"),
        ({"Authorization": "Bearer nonsense"}, "auth.token.invalid"),
        ({"Authorization": f"Bearer {user_token('clerk', ttl=-60)}"}, "auth.token.expired"),
    ],
)
async def test_without_a_good_token_nothing_opens(tiny: Tiny, header: dict[str, str], code: str) -> None:
    for method in ("GET", "POST"):
        answer = await tiny.http.request(method, "/tiny/v1/things", headers=header)
        assert (answer.status_code, answer.json()["code"]) == (401, code)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert tiny.db.log == []


async def test_without_the_power_no_transaction_is_opened(tiny: Tiny) -> None:
    answer = await tiny.http.post("/tiny/v1/things", json={"name": "a"}, headers=bearer("engineer"))
    assert (answer.status_code, answer.json()["code"]) == (403, "auth.power.missing")
    assert tiny.db.log == []


async def test_a_peer_named_in_the_power_is_let_in_and_integrators_go_by_scope(tiny: Tiny) -> None:
    assert (await post(tiny, Authorization=peer_bearer()["Authorization"])).status_code == 201
    allowed = bearer("integrator", scope=["thing.write"])
    assert (await post(tiny, Authorization=allowed["Authorization"])).status_code == 201
    assert (await post(tiny, Authorization=bearer("integrator")["Authorization"])).status_code == 403


async def test_public_endpoints_ask_for_no_token(tiny: Tiny) -> None:
    assert (await tiny.http.get("/tiny/v1/things/open")).json() == {"open": True}


async def test_an_endpoint_may_have_its_own_transactions(tiny: Tiny) -> None:
    assert (await tiny.http.post("/tiny/v1/things/long")).status_code == 401
    assert (await tiny.http.post("/tiny/v1/things/long", headers=bearer("clerk"))).status_code == 200
    assert tiny.db.log == []


@pytest.mark.parametrize(
    ("header", "version"), [('"3"', 3), ('W/"12"', 12), ("7", 7), ("*", None), (None, None)], ids=str
)
async def test_if_match_is_the_version_that_was_read(tiny: Tiny, header: str | None, version: int | None) -> None:
    headers = bearer("clerk") | ({"If-Match": header} if header else {})
    answer = await tiny.http.post(f"/tiny/v1/things/{uuid4()}/turn", headers=headers)
    assert answer.json() == {"version": version}


@pytest.mark.parametrize("header", ['"x"', '""', "-1", '"1", "2"'])
async def test_an_if_match_that_names_no_version_is_422(tiny: Tiny, header: str) -> None:
    answer = await tiny.http.post(f"/tiny/v1/things/{uuid4()}/turn", headers=bearer("clerk") | {"If-Match": header})
    assert (answer.status_code, answer.json()["code"]) == (422, "http.if_match.malformed")


@pytest.mark.parametrize("key", ["", "x" * 201, "tab\there", "bell\x07"])
async def test_an_unusable_idempotency_key_is_422(tiny: Tiny, key: str) -> None:
    answer = await post(tiny, **{"Idempotency-Key": key})
    assert (answer.status_code, answer.json()["code"]) == (422, "http.idempotency_key.malformed")
    assert tiny.db.log == []


async def test_a_body_beyond_the_limit_is_413(tiny: Tiny) -> None:
    answer = await post(tiny, {"name": "x" * (5 * 1024 * 1024)})
    assert (answer.status_code, answer.json()["code"]) == (413, "http.body.too_large")
    assert tiny.db.log == []


async def test_a_power_nobody_defined_stops_the_start() -> None:
    with pytest.raises(ValueError, match=r"thing\.read, thing\.write"):
        async with serve([router]):
            pass


async def test_an_operation_id_used_twice_stops_the_start() -> None:
    other = service_router(prefix="/v1/others")
    other.get("", operation_id="list_things")(whoami)
    with pytest.raises(ValueError, match="list_things"):
        async with serve([router, other], powers=POWERS):
            pass


def test_settings_of_the_tests_reach_nothing() -> None:
    assert settings().database_url == "postgresql://nowhere"
