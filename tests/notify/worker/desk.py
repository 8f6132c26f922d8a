"""Notify with two text-message providers and a mail server of its own, and what a test wants to see of it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import SecretStr
from sqlalchemy import select, update

from deploy.simulators._server import served
from deploy.simulators.sms import AliyunSms, TencentSms
from services.notify.channels import email
from services.notify.channels.providers import aliyun_sms, tencent_sms
from services.notify.models import attempts, deliveries, provider_templates
from services.notify.sending.tasks import send
from shared.db.helpers import insert_rows
from shared.ids import uuid7
from shared.runtime import Job
from tests.notify.support import Feed
from tests.notify.worker.smtp import Moody, smtp_server

TOKEN = "callback-token"


class Desk:
    """The providers beside the feed."""

    def __init__(self, feed: Feed, aliyun: AliyunSms, tencent: TencentSms, mail: Moody) -> None:
        self.feed, self.aliyun, self.tencent, self.mail = feed, aliyun, tencent, mail

    async def approve(self, provider: str, template: str = "bill.reminder", state: str = "approved") -> None:
        """The provider knows a template of ours."""
        async with self.feed.rt.db.tx(self.feed.org) as tx:
            row = {
                "id": uuid7(),
                "version": 1,
                "created_at": tx.now,
                "updated_at": tx.now,
                "provider": provider,
                "template": template,
                "locale": "zh",
                "code": "SMS_154950909" if provider == "aliyun_sms" else "1110",
                "signature": "翠湖物业",
                "parameters": ["place", "amount", "due"],
                "state": state,
            }
            await insert_rows(tx, provider_templates, [row])

    async def remind(self, number: str = "1-1", *, phone: str | None = "13800138000", email: str | None = None) -> UUID:
        """A household is reminded of its debt; the id of the request."""
        home = await self.feed.household(number, phone=phone, email=email)
        asked = self.feed.reminder(home)
        await self.feed.apply([asked])
        return asked.id

    async def jobs(self) -> list[Job]:
        """Take the sending jobs, whatever time they wait for."""
        async with self.feed.rt.db.tx(self.feed.org) as tx:
            rows = await tx.raw.fetch(
                "DELETE FROM notify.jobs WHERE org_id = $1 AND kind LIKE 'send%' RETURNING id, kind, payload::text",
                self.feed.org,
            )
        return [Job(r["id"], self.feed.org, r["kind"], json.loads(r["payload"]), 1, "test") for r in rows]

    async def run(self) -> None:
        """Run the sending jobs there are, once."""
        for job in await self.jobs():
            await send(self.feed.rt, job)

    async def later(self) -> None:
        """As if every wait were over, for deliveries and providers."""
        async with self.feed.rt.db.tx(self.feed.org) as tx:
            await tx.execute(
                update(deliveries)
                .where(deliveries.c.org_id == tx.org_id)
                .values(next_at=tx.wall - timedelta(seconds=1))
            )
        self.feed.rt.state.pop("notify.health", None)

    async def rows(self, table: Any) -> list[Any]:
        """All of a table, in order."""
        async with self.feed.rt.db.read(self.feed.org) as tx:
            return list(await tx.rows(select(table).where(table.c.org_id == tx.org_id).order_by(table.c.id)))

    async def states(self) -> list[tuple[str, str]]:
        """(channel, state) of every delivery."""
        return [(d.channel, d.state) for d in await self.rows(deliveries)]

    async def asked(self) -> list[tuple[str | None, str]]:
        """(provider, outcome) of every call."""
        return [(a.provider, a.outcome) for a in await self.rows(attempts)]

    async def told(self) -> list[str]:
        """The types of the events said about messages."""
        async with self.feed.rt.db.read(self.feed.org) as tx:
            rows = await tx.raw.fetch("SELECT type FROM notify.outbox WHERE org_id = $1 ORDER BY id", self.feed.org)
        return [row["type"] for row in rows]


@asynccontextmanager
async def desk_of(feed: Feed, patch: pytest.MonkeyPatch, *, only: str | None = None) -> AsyncIterator[Desk]:
    """Both providers and the mail server, set up; `only` leaves one provider."""
    feed.rt.state.pop("notify.health", None)
    async with AsyncExitStack() as stack:
        aliyun, tencent = AliyunSms(), TencentSms()
        mail = await stack.enter_async_context(smtp_server())
        ali = aliyun_sms.AliyunSettings(
            url=await stack.enter_async_context(served(aliyun.app)),
            key_id=aliyun.key_id,
            key_secret=SecretStr(aliyun.secret),
            receipt_token=SecretStr(TOKEN),
            read_timeout=0.4,
        )
        ten = tencent_sms.TencentSettings(
            url=await stack.enter_async_context(served(tencent.app)),
            secret_id=tencent.secret_id,
            secret_key=SecretStr(tencent.secret),
            app_id="1400006666",
            receipt_token=SecretStr(TOKEN),
            read_timeout=0.4,
        )
        if only != "tencent_sms":
            patch.setattr(aliyun_sms, "settings", lambda: ali)
        if only != "aliyun_sms":
            patch.setattr(tencent_sms, "settings", lambda: ten)
        given = email.EmailSettings(url=SecretStr(mail.url), connect_timeout=1, command_timeout=1, data_timeout=0.3)
        patch.setattr(email, "settings", lambda: given)
        yield Desk(feed, aliyun, tencent, mail)
