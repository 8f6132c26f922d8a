"""A notice went out to a thousand households, and all of them open the app at once."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest

from services.ticketing.models import people, relations, staff
from services.ticketing.sessions import hashing, passwords
from services.ticketing.sessions.identities import follow
from shared import clock
from shared.db.helpers import insert_rows
from shared.ids import uuid7
from tests.ticketing.sessions.support import PASSWORD, Door
from tests.ticketing.support import Register

OWNERS = 1000
STAFF = 60
#: Seconds; some eight are usual on two processors. Clients wait thirty.
BOUND = 60.0


def _row(tx: Any, table: str, n: int, **values: Any) -> dict[str, Any]:
    return {
        "id": uuid7(),
        "version": 1,
        "created_at": tx.now,
        "updated_at": tx.now,
        "source": "rush",
        "external_id": f"{table}-{n}",
        **values,
    }


async def test_a_thousand_owners_sign_in_at_once_and_none_is_refused(door: Door, register: Register) -> None:
    """Real codes, real argon2 for the staff who come to work meanwhile, and all of them behind one address."""
    community = await register.community("CX", dwellings=1)
    db = door.world.runtime("ticketing").db
    stored = await hashing.hashed(PASSWORD)
    async with db.tx(register.org) as tx:
        contact: dict[str, Any] = {"email": None, "locale": "zh", "erased_at": None}
        owners = [_row(tx, "p", n, name="业主", phone=f"1371{n:07d}", **contact) for n in range(OWNERS)]
        bonds = [
            _row(
                tx,
                "r",
                n,
                person_id=owner["id"],
                unit_id=community.units[0],
                community_id=community.id,
                role="owner",
                since=tx.now.date(),
                until=None,
                powers=[],
            )
            for n, owner in enumerate(owners)
        ]
        colleagues = [
            _row(tx, "s", n, name="员工", phone=f"1372{n:07d}", roles=["clerk"], units=[register.org], **contact)
            for n in range(STAFF)
        ]
        await insert_rows(tx, people, owners)
        await insert_rows(tx, relations, bonds)
        await insert_rows(tx, staff, colleagues)
        for colleague in colleagues:
            await passwords.set_password(tx, colleague["id"], stored)
        follow(tx, "person", [owner["id"] for owner in owners])
        follow(tx, "staff", [colleague["id"] for colleague in colleagues])
    await door.work(register.org)

    began, slowest = clock.monotonic(), 0.0

    async def heartbeat() -> None:
        # Hashing on the event loop would stop everybody else of the process for 60 ms each.
        nonlocal slowest
        for _ in itertools.count():
            before = clock.monotonic()
            await asyncio.sleep(0.01)
            slowest = max(slowest, clock.monotonic() - before)

    beat = asyncio.create_task(heartbeat())
    async with door.client("192.0.2.1") as client:

        async def post(path: str, body: dict[str, Any]) -> int:
            answer = await client.post(f"/ticketing/v1{path}", json=body)
            return answer.status_code

        asked = await asyncio.gather(*(post("/sessions/codes", {"phone": owner["phone"]}) for owner in owners))
        assert set(asked) == {202}
        await door.work(register.org)
        assert len(door.phones.messages) == OWNERS, "one message each"
        codes = {message.phone: message.code for message in door.phones.messages}
        bodies = [{"grant": "phone_code", "phone": phone, "code": code} for phone, code in codes.items()]
        bodies += [{"grant": "password", "login": c["phone"], "password": PASSWORD} for c in colleagues]
        signed = await asyncio.gather(*(post("/sessions", body) for body in bodies))
    beat.cancel()
    taken = clock.monotonic() - began
    assert set(signed) == {200}
    assert taken < BOUND
    print(f"{OWNERS} owners and {STAFF} staff in {taken:.1f} s; the event loop never busy beyond {slowest:.2f} s")


async def test_a_queue_of_passwords_that_is_too_long_says_so(monkeypatch: pytest.MonkeyPatch, door: Door) -> None:
    monkeypatch.setattr(hashing, "MOST_WAITING", 0)
    answer = await door.by_password("13600000001", address="192.0.2.9")
    assert (answer.status_code, answer.json()["code"]) == (503, "ticketing.sign_in.busy")
    for _ in range(10):  # what was not compared is no failure
        answer = await door.by_password("13600000001", address="192.0.2.9")
    assert answer.status_code == 503
