"""What the fanout benchmark puts into notify's tables: people with addresses, and messages that wait to be sent."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg

from shared.clock import wall
from shared.ids import uuid7

COMMUNITY = uuid7()
JOB = {True: ("send.bulk", 200), False: ("send", 50)}
TITLE, BODY = "管理通告：楼道禁止停放电动车", "业主，您好：\n\n为保障消防安全，即日起楼道内禁止停放电动车及充电。" * 3


async def people(connection: asyncpg.Connection, org: UUID, count: int) -> list[UUID]:
    """So many owners, each of one unit of one community."""
    ids, units = [uuid7() for _ in range(count)], [uuid7() for _ in range(count)]
    await connection.execute(
        "INSERT INTO notify.organisations (id, name, created_at) VALUES ($1, 'bench', $2) ON CONFLICT DO NOTHING",
        org,
        wall(),
    )
    await _copy(
        connection, "ref_communities", ("org_id", "id", "seq", "name", "path", "timezone"),
        [(org, COMMUNITY, 1, "翠湖花园", [org], "Asia/Shanghai")],
    )  # fmt: skip
    await _copy(
        connection, "contacts", ("org_id", "id", "seq", "name", "email", "phone", "locale"),
        [(org, id, 1, "王小明", f"o{n}@example.com", f"138{n:08d}", "zh") for n, id in enumerate(ids)],
    )  # fmt: skip
    await _copy(
        connection, "ref_units", ("org_id", "id", "seq", "community_id", "number"),
        [(org, id, 1, COMMUNITY, f"1-{n}") for n, id in enumerate(units)],
    )  # fmt: skip
    await _copy(
        connection, "ref_relations", ("org_id", "id", "seq", "person_id", "unit_id", "role"),
        [(org, uuid7(), 1, person, unit, "owner") for person, unit in zip(ids, units, strict=True)],
    )  # fmt: skip
    return ids


async def approve(connection: asyncpg.Connection, org: UUID) -> None:
    """The provider knows our template."""
    await _copy(
        connection, "provider_templates",
        ("org_id", "id", "version", "created_at", "updated_at", "provider", "template", "locale", "code", "signature",
         "parameters", "state"),
        [(org, uuid7(), 1, wall(), wall(), "aliyun_sms", "campaign.notice", "zh", "SMS_1", "翠湖", ["subject"],
          "approved")],
    )  # fmt: skip


async def queue(
    connection: asyncpg.Connection, org: UUID, persons: Sequence[UUID], channel: str, *, bulk: bool = True
) -> list[UUID]:
    """A message to each of these people that waits on a channel, and the jobs that send them; the deliveries."""
    at, cause = wall(), uuid7()
    messages, deliveries = [uuid7() for _ in persons], [uuid7() for _ in persons]
    shown = json.dumps({"subject": "楼道禁停"})
    stamp = (1, at, at)
    async with connection.transaction():
        await _copy(
            connection, "messages",
            ("org_id", "id", "version", "created_at", "updated_at", "cause_id", "cause_type", "requested", "template",
             "template_version", "message_class", "person_id", "community_id", "subject_id", "locale", "title", "body",
             "shown", "digest"),
            [(org, m, *stamp, cause, "bench", False, "campaign.notice", 1, "notice" if bulk else "service", p,
              COMMUNITY, cause, "zh", TITLE, BODY, shown, "0" * 64)
             for m, p in zip(messages, persons, strict=True)],
        )  # fmt: skip
        await _copy(
            connection, "deliveries",
            ("org_id", "id", "version", "created_at", "updated_at", "message_id", "channel", "state", "attempts",
             "fallback", "bulk"),
            [(org, d, *stamp, m, channel, "queued", 0, [], bulk) for d, m in zip(deliveries, messages, strict=True)],
        )  # fmt: skip
        kind, size = JOB[bulk]
        await _copy(
            connection, "jobs",
            ("org_id", "id", "kind", "payload", "state", "run_at", "attempts", "request_id"),
            [(org, uuid7(), kind, json.dumps({"deliveries": [str(d) for d in deliveries[s : s + size]]}), "ready",
              wall(), 0, "bench") for s in range(0, len(deliveries), size)],
        )  # fmt: skip
    await connection.execute("SELECT pg_notify('notify_wake', '')")
    return deliveries


async def campaign(connection: asyncpg.Connection, org: UUID) -> UUID:
    """A campaign to all of them, begun."""
    id = uuid7()
    await _copy(
        connection, "campaigns",
        ("org_id", "id", "version", "created_at", "updated_at", "number", "name", "template", "variables",
         "communities", "units", "roles", "stage", "created_by", "published_at", "told"),
        [(org, id, 1, wall(), wall(), f"TG-{id}", "bench", "campaign.notice",
          json.dumps({"subject": "楼道禁停", "text": "即日起楼道内禁止停放电动车。"}), [COMMUNITY], [], ["owner"],
          "running", uuid7(), wall(), 0)],
    )  # fmt: skip
    await _copy(
        connection, "jobs", ("org_id", "id", "kind", "payload", "state", "run_at", "attempts", "request_id"),
        [(org, uuid7(), "campaign.step", json.dumps({"campaign": str(id)}), "ready", wall(), 0, "bench")],
    )  # fmt: skip
    await connection.execute("SELECT pg_notify('notify_wake', '')")
    return id


async def _copy(
    connection: asyncpg.Connection, table: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]
) -> None:
    await connection.copy_records_to_table(table, schema_name="notify", columns=columns, records=rows)
