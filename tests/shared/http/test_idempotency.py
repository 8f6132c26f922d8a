"""A repeated request is answered, not done again; a refused one leaves nothing behind (real Postgres)."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any
from uuid import UUID

import pytest
from fastapi import Response
from pydantic import BaseModel
from sqlalchemy import text

from shared.auth import Principal, allow
from shared.errors import Conflict
from shared.http.routing import TxDep, created, service_router
from shared.ids import uuid7
from tests.shared.http.support import Tiny, bearer, serve_real
from tests.support.world import World

router = service_router(prefix="/v1/marks")
STATE = {"closed": False, "runs": 0, "pause": 0.0}
POWERS = {"mark.write": {"clerk"}}


class MarkIn(BaseModel):
    note: str
    lock: list[int] = []
    wait: str = ""


class MarkOut(BaseModel):
    id: UUID
    note: str


class Closed(Conflict):
    code = "tiny.mark.closed"


@router.post("/{place}", status_code=201, operation_id="make_mark")
async def make_mark(
    place: str, body: MarkIn, tx: TxDep, who: Annotated[Principal, allow("mark.write")], response: Response
) -> MarkOut:
    STATE["runs"] += 1
    if STATE["closed"]:
        raise Closed
    for number in body.lock:
        await tx.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": number})
        await asyncio.sleep(STATE["pause"])
    if body.wait:
        await tx.execute(text(f"SET LOCAL {body.wait}"))
        await tx.execute(text("SELECT pg_sleep(1), pg_advisory_xact_lock(77)"))
    made = uuid7()
    tx.emit("mark.made.v1", subject=made, seq=1, data={"place": place})
    created(response, f"/x/v1/marks/{made}", 1)
    return MarkOut(id=made, note=body.note)


@pytest.fixture
async def tiny(world: World) -> Any:
    STATE.update(closed=False, runs=0, pause=0.0)
    async with serve_real(next(iter(world.apps.values())).state.runtime, [router], powers=POWERS) as app:
        yield app


async def marks(tiny: Tiny, org: UUID) -> int:
    async with tiny.db.read(org) as tx:
        raw = await tx.driver()
        found = await raw.fetchval(f"SELECT count(*) FROM {tx.schema}.outbox WHERE type = 'mark.made.v1'")
    return int(found)


def service(tiny: Tiny) -> str:
    return str(tiny.runtime.spec.name)


async def post(tiny: Tiny, who: dict[str, str], key: str | None = None, place: str = "a", **body: Any) -> Any:
    headers = who | ({"Idempotency-Key": key} if key else {})
    return await tiny.http.post(f"/{service(tiny)}/v1/marks/{place}", json={"note": "n", **body}, headers=headers)


async def test_the_same_key_and_body_is_answered_as_the_first_time(tiny: Tiny, org: UUID) -> None:
    who = bearer("clerk", org=org)
    first = await post(tiny, who, "k1")
    again = await post(tiny, who, "k1")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    for header in ("location", "etag", "content-type"):
        assert again.headers[header] == first.headers[header]
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert again.headers["x-request-id"] != first.headers["x-request-id"]
    assert await marks(tiny, org) == 1
    assert STATE["runs"] == 1


@pytest.mark.parametrize(
    "key", ["'); ROLLBACK; --", "\\'", '"quoted"', "$1 %s {0}", "' || 'a", "\\x00", "k" * 200, "~"]
)
async def test_a_key_is_only_a_key_whatever_it_looks_like(tiny: Tiny, org: UUID, key: str) -> None:
    who = bearer("clerk", org=org)
    first, again = await post(tiny, who, key), await post(tiny, who, key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.content == first.content
    assert await marks(tiny, org) == 1
    async with tiny.db.read(org) as tx:
        kept = await tx.raw.fetch(f"SELECT key FROM {tx.schema}.idempotency_keys WHERE org_id = $1", org)
    assert [row["key"] for row in kept] == [key]


async def test_without_a_key_twice_is_two(tiny: Tiny, org: UUID) -> None:
    who = bearer("clerk", org=org)
    assert (await post(tiny, who)).json() != (await post(tiny, who)).json()
    assert await marks(tiny, org) == 2


async def test_the_same_key_for_something_else_is_409(tiny: Tiny, org: UUID) -> None:
    who = bearer("clerk", org=org)
    await post(tiny, who, "k1")
    for other in (await post(tiny, who, "k1", note="other"), await post(tiny, who, "k1", place="b")):
        assert (other.status_code, other.json()["code"]) == (409, "idempotency.key.reused")
    assert await marks(tiny, org) == 1


async def test_keys_of_two_people_and_of_two_organisations_are_apart(tiny: Tiny, org: UUID, world: World) -> None:
    other = await world.new_org()
    for who in (bearer("clerk", org=org), bearer("clerk", org=org), bearer("clerk", org=other)):
        assert (await post(tiny, who, "k1")).status_code == 201
    assert (await marks(tiny, org), await marks(tiny, other)) == (2, 1)


async def test_a_refusal_leaves_no_key(tiny: Tiny, org: UUID) -> None:
    who = bearer("clerk", org=org)
    STATE["closed"] = True
    assert (await post(tiny, who, "k1")).status_code == 409
    STATE["closed"] = False
    retried = await post(tiny, who, "k1")
    assert retried.status_code == 201
    assert "idempotency-replayed" not in retried.headers


async def test_many_at_once_with_one_key_do_it_once(tiny: Tiny, org: UUID) -> None:
    who = bearer("clerk", org=org)
    STATE["pause"] = 0.05
    answers = await asyncio.gather(*(post(tiny, who, "k1", lock=[101]) for _ in range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.content for answer in answers}) == 1
    assert sum("idempotency-replayed" in answer.headers for answer in answers) == 5
    assert await marks(tiny, org) == 1


async def test_what_was_answered_is_stored(tiny: Tiny, org: UUID) -> None:
    counted: list[int] = []
    who = bearer("clerk", org=org)
    for _ in range(5):
        assert (await post(tiny, who)).status_code == 201
        counted.append(await marks(tiny, org))
    assert counted == [1, 2, 3, 4, 5]


async def test_a_deadlock_is_run_again_and_nobody_notices(tiny: Tiny, org: UUID) -> None:
    STATE["pause"] = 0.2
    who = bearer("clerk", org=org)
    one, two = await asyncio.gather(post(tiny, who, "d1", lock=[1, 2]), post(tiny, who, "d2", lock=[2, 1]))
    assert (one.status_code, two.status_code) == (201, 201)
    assert STATE["runs"] == 3
    assert await marks(tiny, org) == 2


@pytest.mark.parametrize("limit", ["lock_timeout = '50ms'", "statement_timeout = '50ms'"])
async def test_a_wait_that_is_too_long_is_503_with_a_time_to_come_back(tiny: Tiny, org: UUID, limit: str) -> None:
    async with tiny.db.tx(org) as tx:
        await tx.execute(text("SELECT pg_advisory_xact_lock(77)"))
        answer = await post(tiny, bearer("clerk", org=org), wait=limit)
    assert (answer.status_code, answer.json()["code"]) == (503, "http.service.busy")
    assert int(answer.headers["retry-after"]) >= 1
    assert await marks(tiny, org) == 0


async def test_the_kept_keys_of_the_issuer_survive_a_restart(tiny: Tiny) -> None:
    kept = await tiny.runtime.jwks_load("steward")
    assert [key["kid"] for key in kept["keys"]] == ["issuer"]


async def test_ready_asks_the_real_database(tiny: Tiny) -> None:
    checks = (await tiny.http.get(f"/{service(tiny)}/readyz")).json()["checks"]
    assert checks["database"] == {"ok": True}
    assert checks["schema"]["ok"] is True
    assert checks["redis"] == {"ok": True}
