"""The desk's cash: counted when the day's callers are gone, and handed to finance, who counts it again."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from deploy.demo.client import Api
from deploy.demo.registering import Community, Desk
from services.billing.domain.cash import DENOMINATIONS

CASHIER, RECEIVER = "clerk", "finance"


def pieces(fen: int) -> Iterator[dict[str, Any]]:
    """The fewest notes and coins that make an amount."""
    for value in DENOMINATIONS:
        n, fen = divmod(fen, value)
        if n:
            yield {"value": {"amount": f"{value // 100}.{value % 100:02d}"}, "pieces": n}


async def cash_up(api: Api, desk: Desk, community: Community) -> None:
    """Close each open drawer with what the books say is in it, and hand it over; both sign."""
    asked = {"community_id": str(community.id), "state": "open"}
    for shift in (await api.get("/billing/v1/cash-shifts", desk.staff(CASHIER), asked))["items"]:
        path, key = f"/billing/v1/cash-shifts/{shift['id']}", shift["number"]
        report = await api.get(f"{path}/report", desk.staff(CASHIER))
        count = list(pieces(int(Decimal(report["expected_now"]["amount"]) * 100)))
        await api.post(f"{path}/close", desk.staff(CASHIER), {"count": count}, f"close-{key}")
        offered = await api.post(f"{path}/hand-over", desk.staff(CASHIER), {"to": "finance"}, f"over-{key}")
        await api.post(f"{path}/receive", desk.staff(RECEIVER), {"amount": offered["offered"]}, f"receive-{key}")
