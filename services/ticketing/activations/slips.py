"""Activation codes on paper: a slip for each unit, as its bill or by itself, made in the answer and kept nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from services.ticketing.activations import repository, service
from services.ticketing.activations.schemas import PrintedOut, SlipsIn
from services.ticketing.clients import fetch_open_bills
from services.ticketing.domain.household_errors import BillsUnavailable
from services.ticketing.sessions.context import Context
from shared.auth import Principal
from shared.documents import Template, render
from shared.money import Money
from shared.runtime import Runtime

TEMPLATE: Final = Template(Path(__file__).parents[1] / "documents" / "templates", "activation_slip")
_ZONE: Final = ZoneInfo("Asia/Shanghai")

#: Fees as people read them; the words are billing's.
_FEES: Final = {
    "property": "物业服务费 property",
    "parking": "停车费 parking",
    "water": "水费 water",
    "electricity": "电费 electricity",
    "gas": "燃气费 gas",
    "shared": "公摊费 shared cost",
    "service": "有偿服务费 paid service",
    "deposit": "押金 deposit",
    "late_fee": "违约金 late fee",
}

Bills = Mapping[UUID, Sequence[Mapping[str, Any]]]


async def make(rt: Runtime, ctx: Context, who: Principal, body: SlipsIn) -> bytes:
    """Codes for these units, printed.

    Bills are asked for before the codes are made, so that none is revoked in vain, and typeset after the commit.

    Raises:
        NoSuchCommunity, NoSuchUnit, TooManyUnits: as where codes are issued.
        BillsUnavailable: bills are wanted, and billing cannot be asked; then no code is made.
    """
    bills: Bills = {}
    if body.bills:
        async with ctx.tx(who.org, actor_id=who.sub) as tx:
            places = await service.communities_of(tx, who, body)
        found = await fetch_open_bills(rt, who.org, places)
        if found is None:
            raise BillsUnavailable()
        bills = found
    async with ctx.tx(who.org, actor_id=who.sub) as tx:
        made = await service.issue(tx, ctx.vault, who, body)
        today = tx.now.astimezone(_ZONE).date()
        homes = await repository.households(tx, [one.unit_id for one in made], today)
        organisation, at = await repository.organisation(tx), tx.now
    slips = [_slip(one, _of_household(bills.get(one.unit_id, ()), homes[one.unit_id])) for one in made]
    content = {"organisation": organisation, "issued_on": today.isoformat(), "slips": slips, "bills": body.bills}
    return await asyncio.to_thread(render, TEMPLATE, content, at)


def _of_household(bills: Sequence[Mapping[str, Any]], home: set[UUID]) -> list[Mapping[str, Any]]:
    """The bills that whoever opens the letter box may read: never those of a household before this one."""
    own = [b for b in bills if b["payer_id"] is None or UUID(b["payer_id"]) in home]
    return sorted(own, key=lambda b: (b["due_date"], b["number"]))


def _slip(one: PrintedOut, bills: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    owed = sum(Money.parse(b["open"]["amount"]).fen for b in bills)
    return {
        "community": one.community,
        "unit": " ".join(part for part in (one.building, one.number) if part),
        "code": one.code,
        "until": one.expires_at.astimezone(_ZONE).date().isoformat(),
        "owed": str(Money(owed)),
        "bills": [
            {
                "number": b["number"],
                "fee": _FEES.get(b["fee_kind"], "其他费用 other"),
                "period": b["period"],
                "due": b["due_date"],
                "open": b["open"]["amount"],
            }
            for b in bills
        ],
    }
