"""The sending job over real SMTP: claims first, records after, and never twice what may have arrived."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from services.notify.channels import email
from services.notify.domain.delivery import Outcome, Result, State
from services.notify.domain.proof import attempt_entry, link
from services.notify.models import attempts, deliveries
from services.notify.sending import claims, records
from services.notify.sending.calling import Tried
from services.notify.sending.records import Verdict
from services.notify.sending.sessions import sessions_of
from services.notify.sending.tasks import send
from shared.ids import uuid7
from shared.runtime import Job
from tests.notify.support import Feed
from tests.notify.worker.smtp import Moody, smtp_server
from tests.support.world import World


@pytest.fixture
async def server() -> AsyncIterator[Moody]:
    async with smtp_server() as running:
        yield running


@pytest.fixture
def mail(server: Moody, feed: Feed, monkeypatch: pytest.MonkeyPatch) -> Iterator[Moody]:
    feed.rt.state.pop("notify.health", None)  # what other tests did to a provider is not this one's
    given = email.EmailSettings(url=SecretStr(server.url), connect_timeout=1, command_timeout=1, data_timeout=0.3)
    monkeypatch.setattr(email, "settings", lambda: given)
    yield server


@pytest.fixture
def feed(world: World, org: UUID) -> Feed:
    return Feed(world.runtime("notify"), org)


async def bill(feed: Feed, *addresses: str) -> None:
    homes = [await feed.household(f"1-{n}", email=address) for n, address in enumerate(addresses)]
    await feed.apply(feed.bills(homes))


async def jobs(feed: Feed) -> list[Job]:
    async with feed.rt.db.tx(feed.org) as tx:
        raw = await tx.driver()
        rows = await raw.fetch(
            "DELETE FROM notify.jobs WHERE org_id = $1 AND kind LIKE 'send%' RETURNING id, payload::text", feed.org
        )
    import json

    return [Job(r["id"], feed.org, "send", json.loads(r["payload"]), 1, "test") for r in rows]


async def run(feed: Feed) -> None:
    for job in await jobs(feed):
        await send(feed.rt, job)


async def rows(feed: Feed, table: Any) -> list[Any]:
    async with feed.rt.db.read(feed.org) as tx:
        return list(await tx.rows(select(table).where(table.c.org_id == tx.org_id).order_by(table.c.id)))


async def due_now(feed: Feed) -> None:
    """As if the waiting time of every delivery were over."""
    async with feed.rt.db.tx(feed.org) as tx:
        await tx.execute(
            update(deliveries).where(deliveries.c.org_id == tx.org_id).values(next_at=tx.wall - timedelta(seconds=1))
        )


async def test_bills_go_out_over_one_connection_and_are_recorded(feed: Feed, mail: Moody) -> None:
    await bill(feed, *(f"owner{n}@example.com" for n in range(25)))
    await run(feed)
    assert sorted(mail.recipients) == sorted(f"owner{n}@example.com" for n in range(25))
    assert mail.connections == 1
    assert {d.state for d in await rows(feed, deliveries)} == {"sent"}
    made = await rows(feed, attempts)
    assert len(made) == 25
    assert {(a.outcome, a.number, a.code) for a in made} == {("sent", 1, "250")}
    assert all(a.reference and a.address_digest and a.digest for a in made)


async def test_the_next_job_goes_over_the_connection_of_the_last(feed: Feed, mail: Moody) -> None:
    for n in range(3):
        await bill(feed, f"owner{n}@example.com")
        await run(feed)
    assert len(mail.recipients) == 3
    assert mail.connections == 1


async def test_a_job_that_breaks_off_in_the_middle_of_a_mail_leaves_no_connection_behind(
    feed: Feed, mail: Moody
) -> None:
    mail.hang.add("slow@example.com")
    await bill(feed, "slow@example.com")
    [job] = await jobs(feed)
    sending = asyncio.create_task(send(feed.rt, job))
    while not mail.recipients:
        await asyncio.sleep(0.01)
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending
    await bill(feed, "owner@example.com")
    await run(feed)
    assert mail.recipients == ["slow@example.com", "owner@example.com"]
    assert mail.connections == 2


async def test_the_same_job_twice_sends_once(feed: Feed, mail: Moody) -> None:
    await bill(feed, "owner@example.com")
    [job] = await jobs(feed)
    await send(feed.rt, job)
    await send(feed.rt, job)
    assert mail.recipients == ["owner@example.com"]


async def test_a_busy_server_is_tried_again_when_its_time_has_come(feed: Feed, mail: Moody) -> None:
    mail.rcpt["owner@example.com"] = "451 busy"
    await bill(feed, "owner@example.com")
    [job] = await jobs(feed)
    await send(feed.rt, job)
    [delivery] = await rows(feed, deliveries)
    assert (delivery.state, delivery.attempts) == ("queued", 1)
    await send(feed.rt, job)  # too early: nothing happens
    assert len(await rows(feed, attempts)) == 1

    mail.rcpt.clear()
    await due_now(feed)
    await run(feed)
    assert mail.recipients == ["owner@example.com"]
    assert [(a.number, a.outcome) for a in await rows(feed, attempts)] == [(1, "throttled"), (2, "sent")]


async def test_a_refused_address_fails_for_good(feed: Feed, mail: Moody) -> None:
    mail.rcpt["nobody@example.com"] = "550 no such mailbox"
    await bill(feed, "nobody@example.com", "owner@example.com")
    await run(feed)
    assert sorted(d.state for d in await rows(feed, deliveries)) == ["failed", "sent"]
    assert await jobs(feed) == []


async def test_silence_after_the_data_is_unknown_and_is_not_repeated(feed: Feed, mail: Moody) -> None:
    mail.hang.add("owner@example.com")
    await bill(feed, "owner@example.com")
    await run(feed)
    [delivery] = await rows(feed, deliveries)
    assert delivery.state == "unknown"
    assert await jobs(feed) == []
    assert mail.recipients == ["owner@example.com"]


async def test_a_restart_in_the_middle_never_sends_again_what_was_claimed(feed: Feed, mail: Moody) -> None:
    await bill(feed, "first@example.com", "second@example.com")
    [job] = await jobs(feed)
    ids = [UUID(i) for i in job.payload["deliveries"]]
    async with feed.rt.db.tx(feed.org) as tx:  # a run that claimed one, committed, and was killed
        [claimed] = await claims.claim(tx, ids[:1], uuid7())
    await send(feed.rt, job)
    states = {d.id: d.state for d in await rows(feed, deliveries)}
    assert states.pop(claimed.id) == "unknown"
    assert list(states.values()) == ["sent"]
    assert mail.recipients == [a for a in ("first@example.com", "second@example.com") if a in mail.recipients]
    assert len(mail.recipients) == 1
    outcomes = {a.delivery_id: (a.outcome, a.code) for a in await rows(feed, attempts)}
    assert outcomes[claimed.id] == ("unknown", "interrupted")


async def test_a_slow_run_that_did_send_corrects_the_unknown(feed: Feed, mail: Moody) -> None:
    await bill(feed, "owner@example.com")
    [job] = await jobs(feed)
    ids = [UUID(i) for i in job.payload["deliveries"]]
    slow = uuid7()
    async with feed.rt.db.tx(feed.org) as tx:
        [claimed] = await claims.claim(tx, ids, slow)
    await send(feed.rt, job)
    async with feed.rt.db.tx(feed.org) as tx:
        tried = [Tried(claimed, "email", Result(Outcome.SENT, "250"), tx.wall, tx.wall, "owner@example.com")]
        assert await records.put(tx, slow, tried, {claimed.id: Verdict(State.SENT)}, {}) == {claimed.id}
    assert [d.state for d in await rows(feed, deliveries)] == ["sent"]
    first, second = await rows(feed, attempts)
    assert (first.outcome, second.outcome) == ("unknown", "sent")
    assert second.link == link(claimed.id, first.link, attempt_entry(second._mapping))
    assert mail.recipients == []


async def test_a_dead_server_is_not_asked_for_every_message(
    feed: Feed, mail: Moody, monkeypatch: pytest.MonkeyPatch
) -> None:
    await bill(feed, *(f"owner{n}@example.com" for n in range(15)))
    gone = email.EmailSettings(url=SecretStr("smtp://127.0.0.1:1"), connect_timeout=0.2)
    monkeypatch.setattr(email, "settings", lambda: gone)
    await run(feed)
    assert {d.state for d in await rows(feed, deliveries)} == {"queued"}
    assert len(await rows(feed, attempts)) == 2

    monkeypatch.undo()
    feed.rt.state.pop("notify.health")  # as if the rest were over
    await sessions_of(feed.rt).close()  # as if they had rested
    monkeypatch.setattr(email, "settings", lambda: email.EmailSettings(url=SecretStr(mail.url)))
    await due_now(feed)
    await run(feed)
    assert len(mail.recipients) == 15
    assert {d.state for d in await rows(feed, deliveries)} == {"sent"}


async def test_whoever_asked_for_a_message_hears_its_outcome(feed: Feed, mail: Moody) -> None:
    unit, owner = await feed.household(email="owner@example.com")
    asked = feed.event(
        "message.requested.v1",
        uuid7(),
        {
            "template": "bill.reminder",
            "person_id": str(owner),
            "unit_id": str(unit),
            "variables": {"number": "B1", "fee_kind": "property", "due": "2025-03-25", "amount": 100},
        },
        source="billing",
    )
    await feed.apply([asked, *feed.bills([(unit, owner)])])
    await run(feed)
    async with feed.rt.db.read(feed.org) as tx:
        raw = await tx.driver()
        told = await raw.fetch("SELECT type, data->>'cause_id' AS cause FROM notify.outbox WHERE org_id = $1", feed.org)
    assert [(t["type"], t["cause"]) for t in told] == [("message.delivered.v1", str(asked.id))]
