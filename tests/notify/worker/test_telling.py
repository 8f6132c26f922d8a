"""From events to messages in the database: once per event and person, in few statements, never for the
erased."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import event as sa_event
from sqlalchemy import select

from services.notify.models import contacts, deliveries, inbox, messages
from services.notify.sending.repository import BULK_JOB_SIZE
from shared.db.tx import Tx
from shared.ids import uuid7
from tests.notify.support import Feed
from tests.support.world import World


@pytest.fixture
def feed(world: World, org: UUID) -> Feed:
    return Feed(world.runtime("notify"), org)


async def stored(feed: Feed, table: Any, *, of: UUID | None = None) -> list[Any]:
    async with feed.rt.db.read(feed.org) as tx:
        query = select(table).where(table.c.org_id == tx.org_id)
        return list(await tx.rows(query if of is None else query.where(table.c.person_id == of)))


async def parked(feed: Feed) -> list[str]:
    async with feed.rt.db.read(feed.org) as tx:
        raw = await tx.driver()
        rows = await raw.fetch("SELECT error FROM notify.parked_events WHERE org_id = $1", feed.org)
        return [row["error"] for row in rows]


async def test_owner_is_told_in_their_language_that_the_ticket_moved(feed: Feed) -> None:
    unit, owner = await feed.household(locale="en", name="Ann Lee")
    ticket = uuid7()
    await feed.apply(
        [
            feed.ticket("created", ticket, unit, owner, received_at="2025-03-07T01:00:00Z", clocks=[]),
            feed.ticket("completed", ticket, unit, owner, completed_at="2025-03-07T02:00:00Z", handler_id=None),
        ]
    )
    told = sorted(await stored(feed, messages), key=lambda m: m.template)
    assert [m.template for m in told] == ["ticket.completed", "ticket.created"]
    assert told[1].title == "Your repair request was received (R20250307-0001)"
    assert "翠湖花园 1-101" in told[1].body and "7 Mar 2025 09:00" in told[1].body
    assert {row.id for row in await stored(feed, inbox)} == {m.id for m in told}
    assert await parked(feed) == []


async def test_owners_are_told_when_a_clerk_took_the_call(feed: Feed) -> None:
    unit, owner = await feed.household()
    clerk = uuid7()
    await feed.apply([feed.ticket("created", uuid7(), unit, clerk, received_at="2025-03-07T01:00:00Z")])
    assert [m.person_id for m in await stored(feed, messages)] == [owner]


async def test_a_repeated_event_tells_nobody_twice(feed: Feed) -> None:
    home = await feed.household(email="owner@example.com")
    [bill] = feed.bills([home])
    await feed.apply([bill])
    await feed.apply([bill])
    assert len(await stored(feed, messages)) == 1
    assert len(await stored(feed, inbox)) == 1


async def test_a_run_of_bills_is_a_handful_of_statements(feed: Feed) -> None:
    homes = [await feed.household(f"1-{n}") for n in range(8)]
    statements: list[str] = []

    def count(conn: Any, cursor: Any, statement: str, *_: Any) -> None:
        statements.append(statement)

    engine = feed.rt.db.app.sync_engine
    sa_event.listen(engine, "before_cursor_execute", count)
    try:
        await feed.apply(feed.bills(homes * 25))
    finally:
        sa_event.remove(engine, "before_cursor_execute", count)
    assert len(await stored(feed, messages)) == 200
    assert len(statements) <= 8, statements


async def test_mail_only_where_there_is_an_address_and_the_channel_is_set_up(feed: Feed, mail_is_set_up: None) -> None:
    with_mail = await feed.household("1-1", email="a@example.com")
    without = await feed.household("1-2")
    await feed.apply(feed.bills([with_mail, without]))
    by_person = {m.person_id: m.id for m in await stored(feed, messages)}
    assert [d.message_id for d in await stored(feed, deliveries)] == [by_person[with_mail[1]]]
    assert len(await stored(feed, inbox)) == 2


async def test_deliveries_are_queued_in_batches(feed: Feed, mail_is_set_up: None) -> None:
    home = await feed.household(email="a@example.com")
    await feed.apply(feed.bills([home] * (BULK_JOB_SIZE + 1)))
    async with feed.rt.db.read(feed.org) as tx:
        raw = await tx.driver()
        count = await raw.fetchval("SELECT count(*) FROM notify.jobs WHERE org_id = $1 AND kind LIKE 'send%'", feed.org)
    assert count == 2


async def test_a_person_is_parked_while_ticketing_cannot_be_asked_and_others_go_on(feed: Feed) -> None:
    unit, owner = await feed.household()
    stranger = uuid7()
    await feed.apply(
        [feed.event("person.upserted.v1", stranger, {"version": 1}), *feed.bills([(unit, owner)])],
        prepared={"person.upserted.v1": None},
    )
    assert len(await parked(feed)) == 1
    assert len(await stored(feed, messages)) == 1


async def test_an_older_version_of_a_person_changes_nothing(feed: Feed) -> None:
    _, owner = await feed.household(name="新名字")
    newer = {"name": "新名字", "email": None, "phone": None, "locale": "zh"}
    for seq, name in ((3, "第三版"), (2, "第二版")):
        await feed.apply(
            [feed.event("person.upserted.v1", owner, {"version": seq}, seq=seq)],
            prepared={"person.upserted.v1": {owner: {**newer, "name": name}}},
        )
    [contact] = await stored(feed, contacts)
    assert (contact.name, contact.seq) == ("第三版", 3)


async def test_an_erased_person_leaves_no_text_and_is_never_told_again(feed: Feed, mail_is_set_up: None) -> None:
    home = await feed.household(email="owner@example.com")
    await feed.apply(feed.bills([home]))
    await feed.apply([feed.event("person.erased.v1", home[1], {}, seq=2)])
    [contact] = await stored(feed, contacts)
    assert (contact.name, contact.email, contact.erased_at is None) == (None, None, False)
    [message] = await stored(feed, messages)
    assert (message.title, message.body) == (None, None)
    assert len(message.digest) == 64
    assert await stored(feed, inbox) == []
    assert [d.state for d in await stored(feed, deliveries)] == ["cancelled"]

    await feed.apply(feed.bills([home]))
    late = {home[1]: {"name": "王小明", "email": "owner@example.com", "phone": None, "locale": "zh"}}
    await feed.apply(
        [feed.event("person.upserted.v1", home[1], {"version": 3}, seq=3)], prepared={"person.upserted.v1": late}
    )
    assert len(await stored(feed, messages)) == 1
    assert (await stored(feed, contacts))[0].name is None


async def test_a_follow_up_call_is_told_to_the_tickets_reporter(feed: Feed) -> None:
    unit, owner = await feed.household()
    ticket = uuid7()
    await feed.apply([feed.ticket("created", ticket, unit, owner, received_at="2025-03-07T01:00:00Z")])
    await feed.apply(
        [
            feed.event(
                "revisit.done.v1",
                ticket,
                {
                    "revisit_id": str(uuid7()),
                    "ticket_id": str(ticket),
                    "outcome": "reached",
                    "rating": 90,
                    "satisfied": True,
                    "done_at": "2025-03-08T01:00:00Z",
                    "on_time": True,
                },
            )
        ]
    )
    assert {m.template for m in await stored(feed, messages)} == {"ticket.created", "revisit.reached"}


async def test_an_event_nobody_can_be_told_of_is_no_error(feed: Feed) -> None:
    await feed.apply([feed.ticket("created", uuid7(), uuid7(), None, received_at="2025-03-07T01:00:00Z")])
    assert await stored(feed, messages) == []
    assert await parked(feed) == []


async def test_messages_of_another_organisation_are_out_of_sight(feed: Feed, world: World) -> None:
    await feed.apply(feed.bills([await feed.household()]))
    other = await world.new_org()
    async with feed.rt.db.read(other) as tx:
        assert list(await Tx.rows(tx, select(messages))) == []


async def test_messages_and_contacts_follow_whoever_survives_a_merge(feed: Feed) -> None:
    """C-074: the inbox moves, the other's contact goes for good, and whoever is left is told of what comes."""
    unit, loser = await feed.household(email="old@example.com")
    _, survivor = await feed.household("1-102", name="张伟")
    ticket = uuid7()
    await feed.apply([feed.ticket("created", ticket, unit, loser, received_at="2025-03-07T01:00:00Z", clocks=[])])
    merged = feed.event("person.merged.v1", loser, {"survivor_id": str(survivor)}, seq=2)
    await feed.apply([merged])
    await feed.apply([merged])
    assert await stored(feed, messages, of=loser) == []
    assert await stored(feed, inbox, of=loser) == []
    told = [m.template for m in await stored(feed, messages, of=survivor)]
    assert sorted(told) == ["person.merged", "ticket.created"]
    assert len(await stored(feed, inbox, of=survivor)) == 2
    late = feed.event("person.upserted.v1", loser, {"version": 3}, seq=3)
    contact = {"name": "王小明", "email": "old@example.com", "phone": None, "locale": "zh"}
    await feed.apply([late], prepared={"person.upserted.v1": {loser: contact}})
    gone = next(row for row in await stored(feed, contacts) if row.id == loser)
    assert (gone.name, gone.email) == (None, None)
    await feed.apply([feed.ticket("completed", ticket, unit, loser, completed_at="2025-03-07T02:00:00Z")])
    assert {m.template for m in await stored(feed, messages, of=survivor)} == {
        "person.merged",
        "ticket.created",
        "ticket.completed",
    }
    assert await parked(feed) == []
