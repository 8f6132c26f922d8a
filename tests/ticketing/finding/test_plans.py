"""The statements that people wait for use their indexes among fifty thousand tickets, under the row policies."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import Executable, and_

from services.ticketing.analysis import repository as analysis
from services.ticketing.models import search_documents, tickets
from services.ticketing.promises import repository as promising
from services.ticketing.search import repository as searching
from services.ticketing.search.marks import wanted
from services.ticketing.tickets import duplicates_repository as duplicates
from services.ticketing.tickets import repository as tickets_of
from services.ticketing.timeline import repository as timelines
from services.ticketing.timeline.sources import Scope
from shared import clock
from tests.support.world import World
from tests.ticketing.cases import NOON
from tests.ticketing.conftest import new_org
from tests.ticketing.finding import plans
from tests.ticketing.support import Community, Register


@dataclass
class Large:
    register: Register
    community: Community
    ids: list[UUID]


@pytest.fixture(scope="module")
async def large(world: World) -> AsyncIterator[Large]:
    assert world.client is not None
    client: httpx.AsyncClient = world.client
    register = Register(world, client, await new_org(world))
    community = await register.community("L", dwellings=200)
    ids = await plans.fill(register, community)
    yield Large(register, community, ids)
    async with world.runtime("ticketing").db.job(register.org) as tx:
        for table in ("tickets", "ticket_clocks", "search_documents"):
            await tx.raw.execute(f"DELETE FROM ticketing.{table} WHERE org_id = $1", register.org)


async def indexed(large: Large, statement: Executable, index: str, *, tables: str = "tickets") -> str:
    """The plan, which uses the index and reads no row after row through any of the tables."""
    plan = await plans.plan_of(large.register, statement)
    assert index in plan, plan
    assert not re.search(rf"Seq Scan on ({tables})\b", plan), plan
    return plan


async def hits_plan(large: Large, q: str) -> str:
    """The plan inside ``search_hits``, as its owner has it: the statement of the function itself, values put in."""
    org = large.register.org
    words = wanted(org, q)
    assert words is not None
    values = {
        "= org\n": f"= '{org}'\n",
        "in_words": "'" + words.replace("'", "''") + "'",
        "in_personal": "NULL::text",
        "ANY(kinds)": "ANY('{ticket}'::text[])",
        "ANY(communities)": f"ANY('{{{large.community.id}}}'::uuid[])",
        "communities IS NULL": "false",
        "below IS NULL": "true",
        "< below": "< NULL::uuid",
        "LIMIT most": "LIMIT 51",
    }
    async with large.register.world.runtime("ticketing").db.job(org) as tx:
        source = await tx.raw.fetchval("SELECT prosrc FROM pg_proc WHERE proname = 'search_hits'")
        statement = source.split("RETURN QUERY")[1].split(";")[0]
        for name, value in values.items():
            assert name in statement
            statement = statement.replace(name, value)
        # The job role passes the policies by, as the owner's policy on this one table lets the owner.
        rows = await tx.raw.fetch("EXPLAIN " + statement)
    return "\n".join(r[0] for r in rows)


async def test_words_are_found_through_the_index(large: Large) -> None:
    plan = await hits_plan(large, "钥匙断了")
    assert "ix_search_documents_words" in plan and "Seq Scan" not in plan, plan


async def test_common_words_are_found_without_reading_all(large: Large) -> None:
    plan = await hits_plan(large, "漏水")
    assert "Seq Scan" not in plan, plan
    began = clock.monotonic()
    answer = await large.register.get("/search", q="漏水", types="ticket")
    assert answer.status_code == 200 and len(answer.json()["items"]) == 50
    assert clock.monotonic() - began < 1.0


async def test_numbers_are_found_through_the_index_from_their_beginning(large: Large) -> None:
    d = search_documents.c
    statement = (
        searching.select(d.id)
        .where(d.org_id == large.register.org, d.number > "c20250", d.number < "c20250\u007f")
        .order_by(d.number.desc(), d.id.desc())
        .limit(51)
    )
    await indexed(large, statement, "ix_search_documents_number", tables="search_documents")


async def test_the_list_with_words_reads_only_what_has_them(large: Large) -> None:
    ids = large.ids[:9]
    statement = searching.select(tickets.c.id).where(tickets.c.org_id == large.register.org, tickets.c.id.in_(ids))
    await indexed(large, statement, "Index Cond: ((org_id")
    answer = await large.register.get("/tickets", q="钥匙断了", limit=200)
    assert len(answer.json()["items"]) == 50


async def test_open_promises_are_read_along_their_own_index(large: Large) -> None:
    statement = promising.listed(large.register.org, [], None, 51)
    await indexed(large, statement, "ix_ticket_clocks_open", tables="tickets|ticket_clocks")


async def test_duplicates_are_looked_for_in_the_community_alone(large: Large) -> None:
    row = await _row(large)
    span = timedelta(days=14)
    statement = duplicates.near_statement(large.register.org, row, row.received_at - span, row.received_at + span)
    plan = await indexed(large, statement, "Index")
    assert "ix_tickets_community" in plan or "pk_tickets" in plan or "ix_tickets_received" in plan, plan


async def test_a_timeline_reads_the_household_s_rows_alone(large: Large) -> None:
    unit = large.community.units[0]
    scope = Scope(
        org_id=large.register.org,
        unit_ids=[unit],
        communities=[large.community.id],
        cases=and_(tickets.c.org_id == large.register.org, tickets.c.unit_id == unit),
        person_id=None,
        timezone="Asia/Shanghai",
        now=NOON,
    )
    after = (NOON, large.ids[0])
    statement = timelines.page_statement(scope, ["ticket", "revisit", "signature", "file"], after, 51)
    await indexed(large, statement, "ix_tickets_unit")


async def test_an_analysis_reads_its_two_months_alone(large: Large) -> None:
    end = NOON - timedelta(days=60)
    statement = analysis.hot_spots_statement(
        large.register.org, "topic", [], before=end - timedelta(days=60), start=end - timedelta(days=30), end=end
    )
    await indexed(large, statement, "ix_tickets_received")


async def _row(large: Large) -> Any:
    async with large.register.world.runtime("ticketing").db.read(large.register.org) as tx:
        return await tickets_of.find(tx, large.ids[-1])
