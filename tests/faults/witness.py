"""What the database itself saw, noted by triggers in the transactions that did it; and questions about the end.

Every move of a cursor and every write of a subscriber's effects is noted with its transaction. Cursors that moved in an
unbroken chain, and no effect outside of a transaction that moved one: so each event was applied once, in order.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg

from deploy.local.folder import DataFolder
from shared.settings import SERVICES


def follows(folder: DataFolder) -> list[tuple[str, str]]:
    """Who follows whom: (subscriber, source)."""
    found: Mapping[str, Sequence[str]] = folder.state()["subscriptions"]
    return [(service, source) for service in sorted(found) for source in found[service]]


async def connect(folder: DataFolder) -> asyncpg.Connection:
    """A session of the administrator, who sees all organisations."""
    connection = await asyncpg.connect(folder.state()["urls"]["database"], timeout=10)
    await connection.set_type_codec("jsonb", encoder=json.dumps, decoder=json.loads, schema="pg_catalog")
    return connection


#: Tables that only events of others write to: what a subscriber does with what it hears.
EFFECTS = {
    "billing": ("ref_communities", "ref_units", "ref_relations"),
    "kpi": ("ref_org_units", "ref_communities", "ref_units", "cases", "facts"),
    "notify": ("ref_communities", "ref_units", "ref_relations", "ref_tickets", "contacts", "messages"),
}

#: Rows among them that a timer of the subscriber writes by itself. What became of a message that was asked for is
#: counted as a version of it by whoever sends: of these tables only what is new is an effect of an event.
TIMED = {"notify.messages": "NEW.cause_type = 'digest'"}


async def install(folder: DataFolder) -> None:
    """Make the triggers. Called on a stack that is ready and has not played yet."""
    admin = await connect(folder)
    await admin.execute(
        """
        CREATE SCHEMA witness;
        CREATE TABLE witness.moves (n bigint GENERATED ALWAYS AS IDENTITY, service text, org uuid, source text,
                                    before bigint, after bigint, xid text);
        CREATE TABLE witness.parked (service text, type text, error text);
        CREATE TABLE witness.unparked (service text, xid text);
        CREATE TABLE witness.effects (service text, name text, xid text);
        CREATE FUNCTION witness.moved() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF TG_OP = 'INSERT' AND NEW.position <> 0 OR TG_OP = 'UPDATE' AND NEW.position <> OLD.position THEN
            INSERT INTO witness.moves (service, org, source, before, after, xid) VALUES
              (TG_TABLE_SCHEMA, NEW.org_id, NEW.source, CASE WHEN TG_OP = 'INSERT' THEN 0 ELSE OLD.position END,
               NEW.position, pg_current_xact_id()::text);
          ELSIF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'a cursor is never deleted';
          END IF;
          RETURN NULL;
        END $$;
        CREATE FUNCTION witness.parked() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          IF TG_OP = 'INSERT' THEN
            INSERT INTO witness.parked VALUES (TG_TABLE_SCHEMA, NEW.type, NEW.error);
          ELSE
            INSERT INTO witness.unparked VALUES (TG_TABLE_SCHEMA, pg_current_xact_id()::text);
          END IF;
          RETURN NULL;
        END $$;
        CREATE FUNCTION witness.effected() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
        BEGIN
          INSERT INTO witness.effects VALUES (TG_TABLE_SCHEMA, TG_TABLE_NAME, pg_current_xact_id()::text);
          RETURN NULL;
        END $$;
        """
    )
    for service in SERVICES:
        # In one transaction with the trigger, whose lock lets nobody move meanwhile: where the cursors stand already.
        async with admin.transaction():
            await admin.execute(
                f"CREATE TRIGGER witness AFTER INSERT OR UPDATE OR DELETE ON {service}.cursors "
                f"FOR EACH ROW EXECUTE FUNCTION witness.moved()"
            )
            await admin.execute(
                "INSERT INTO witness.moves (service, org, source, before, after, xid) "
                f"SELECT '{service}', org_id, source, 0, position, '' FROM {service}.cursors WHERE position > 0"
            )
        await admin.execute(
            f"CREATE TRIGGER witness AFTER INSERT OR DELETE ON {service}.parked_events "
            f"FOR EACH ROW EXECUTE FUNCTION witness.parked()"
        )
        for table in EFFECTS.get(service, ()):
            if f"{service}.{table}" not in TIMED:
                each = "INSERT OR UPDATE OR DELETE ON {0}.{1} FOR EACH STATEMENT"
            else:
                each = f"INSERT ON {{0}}.{{1}} FOR EACH ROW WHEN (NOT ({TIMED[f'{service}.{table}']}))"
            await admin.execute(
                f"CREATE TRIGGER witness AFTER {each.format(service, table)} EXECUTE FUNCTION witness.effected()"
            )
    await admin.close()


async def durable(admin: asyncpg.Connection) -> bool:
    """Whether a commit means that it is on the disk."""
    found = [await admin.fetchval(f"SHOW {name}") for name in ("fsync", "synchronous_commit", "full_page_writes")]
    return found == ["on", "on", "on"]


#: A warning is given while its promise is still open. Where the work is done about then, it is told in one run and
#: needed no more in another whose worker was dead for a moment; and so is what a digest has to sum up.
_LASTING = "m.cause_type NOT IN ('clock.warned.v1', 'digest')"

#: The state of a played quarter in words that do not depend on ids, times or the order of independent things.
PICTURE = {
    "events of {s}": "SELECT type, count(*) FROM {s}.outbox WHERE type <> 'clock.warned.v1' GROUP BY type",
    "tickets": "SELECT kind || ' ' || state, count(*) FROM ticketing.tickets GROUP BY kind, state",
    "clocks": "SELECT clock || ' ' || state, count(*) FROM ticketing.ticket_clocks GROUP BY clock, state",
    "entries": "SELECT 'entries', count(*) FROM ticketing.ticket_entries WHERE action <> 'clock.warned'",
    "revisits": "SELECT state, count(*) FROM ticketing.revisits GROUP BY state",
    "answers": "SELECT 'answers', count(*) FROM ticketing.survey_answers",
    "bills": "SELECT period, count(*) FROM billing.bills GROUP BY period",
    "billed": "SELECT period, sum(amount_fen) FROM billing.bills GROUP BY period",
    "paid": "SELECT method, sum(amount_fen) FROM billing.payments GROUP BY method",
    "accounts": "SELECT 'owed and in advance', ARRAY[sum(receivable_fen), sum(prepaid_fen)] FROM billing.accounts",
    "allocated": "SELECT due_date::text, sum(amount_fen) FROM billing.allocations GROUP BY due_date",
    "postings": "SELECT ledger, sum(amount_fen) FROM billing.postings GROUP BY ledger",
    "facts": "SELECT indicator || ' ' || verdict, ARRAY[count(*), sum(numerator), sum(denominator)] "
    "FROM kpi.facts_current GROUP BY indicator, verdict",
    "messages": f"SELECT template || ' ' || locale, count(*) FROM notify.messages m WHERE {_LASTING} "
    "GROUP BY template, locale",
    "inbox": f"SELECT 'inbox', count(*) FROM notify.inbox JOIN notify.messages m USING (org_id, id) WHERE {_LASTING}",
    "deliveries": "SELECT channel, count(*) FROM notify.deliveries d JOIN notify.messages m "
    f"ON m.org_id = d.org_id AND m.id = d.message_id WHERE {_LASTING} GROUP BY channel",
    "idempotent requests of {s}": "SELECT method || ' ' || route, count(*) FROM {s}.idempotency_keys "
    "GROUP BY method, route",
}


async def picture(admin: asyncpg.Connection) -> dict[str, dict[str, Any]]:
    """What PICTURE asks, by question."""
    found = {}
    for title, statement in PICTURE.items():
        for service in SERVICES if "{s}" in title else ("",):
            rows = await admin.fetch(statement.format(s=service))
            found[title.format(s=service)] = {row[0]: row[1] for row in rows}
    return found


async def left_over(admin: asyncpg.Connection) -> dict[str, int]:
    """What should be nothing at the end."""
    asked = {
        "events without position": "SELECT count(*) FROM {s}.feed WHERE position IS NULL",
        "parked events": "SELECT count(*) FROM {s}.parked_events",
        "jobs": "SELECT count(*) FROM {s}.jobs",
        "failed timers": "SELECT count(*) FROM {s}.timers WHERE state = 'failed'",
        "events without a place in the feed": "SELECT count(*) FROM {s}.outbox o LEFT JOIN {s}.feed f "
        "ON f.org_id = o.org_id AND f.id = o.id WHERE f.id IS NULL",
        "places in the feed without an event": "SELECT count(*) FROM {s}.feed f LEFT JOIN {s}.outbox o "
        "ON f.org_id = o.org_id AND f.id = o.id WHERE o.id IS NULL",
        "unfinished keys": "SELECT count(*) FROM {s}.idempotency_keys WHERE status IS NULL",
    }
    return {
        f"{service}: {what}": int(await admin.fetchval(statement.format(s=service)))
        for service in SERVICES
        for what, statement in asked.items()
    }


async def feeds(admin: asyncpg.Connection) -> dict[str, list[tuple[int, int, int, int]]]:
    """Of each service's feeds: the lowest and highest position, how many there are, and the head."""
    found = {}
    for service in SERVICES:
        rows = await admin.fetch(
            "SELECT min(f.position) AS low, max(f.position) AS high, count(DISTINCT f.position) AS n, h.head "
            f"FROM {service}.feed f JOIN {service}.feed_heads h ON h.org_id = f.org_id GROUP BY f.org_id, h.head"
        )
        found[service] = [(row["low"], row["high"], row["n"], row["head"]) for row in rows]
    return found


async def disorder(admin: asyncpg.Connection, service: str) -> list[str]:
    """Subjects whose versions go back along the feed, and events that were told twice."""
    back = await admin.fetch(
        f"""
        SELECT subject, type, seq, position, before FROM (
          SELECT o.subject, o.type, o.seq, f.position,
                 max(o.seq) OVER (PARTITION BY o.org_id, o.subject ORDER BY f.position
                                  ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
          FROM {service}.feed f JOIN {service}.outbox o ON o.org_id = f.org_id AND o.id = f.id) AS told
        WHERE seq < before LIMIT 10"""
    )
    twice = await admin.fetch(
        f"SELECT subject, type, seq, count(*) AS n FROM {service}.outbox "
        "GROUP BY org_id, subject, type, seq, data HAVING count(*) > 1 LIMIT 10"
    )
    return [f"back: {dict(row)}" for row in back] + [f"twice: {dict(row)}" for row in twice]


async def moves(admin: asyncpg.Connection, service: str, source: str) -> list[tuple[int, int]]:
    """All moves of a subscriber's cursor on a source, in their order."""
    rows = await admin.fetch(
        "SELECT before, after FROM witness.moves WHERE service = $1 AND source = $2 ORDER BY n", service, source
    )
    return [(row["before"], row["after"]) for row in rows]


async def effects(admin: asyncpg.Connection, service: str) -> tuple[dict[str, int], dict[str, int]]:
    """Statements that wrote a subscriber's effects, by table: all, and those in a transaction that neither moved its
    cursor nor took an event out of parking."""
    rows = await admin.fetch(
        "SELECT e.name, count(*) AS n, count(*) FILTER (WHERE NOT EXISTS "
        "(SELECT FROM witness.moves m WHERE m.service = e.service AND m.xid = e.xid) AND NOT EXISTS "
        "(SELECT FROM witness.unparked u WHERE u.service = e.service AND u.xid = e.xid)) AS alone "
        "FROM witness.effects e WHERE e.service = $1 GROUP BY e.name",
        service,
    )
    return {row["name"]: row["n"] for row in rows}, {row["name"]: row["alone"] for row in rows if row["alone"]}


async def parked(admin: asyncpg.Connection) -> list[tuple[str, str, str]]:
    """What was parked for a while."""
    rows = await admin.fetch("SELECT service, type, error FROM witness.parked")
    return [(row["service"], row["type"], row["error"]) for row in rows]
