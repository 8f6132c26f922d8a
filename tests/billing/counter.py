"""An owner, a billed flat, and both providers on loopback: short ways to order, pay and be told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from shared import clock
from tests.billing.village import Village
from tests.support.simulators.payers import Alipay, Trade, WechatPay


@dataclass
class Counter:
    """The way from an order to the money."""

    village: Village
    wechat: WechatPay
    alipay: Alipay

    @property
    def owner(self) -> dict[str, str]:
        """Headers of the owner of the first unit."""
        v = self.village
        return v.world.token("resident", v.org, units=[v.first()], sub=next(iter(v.owners.values())))

    async def ask_for(self, method: str = "wechat", **more: Any) -> httpx.Response:
        """Order a payment for the first unit."""
        body = {"unit_id": str(self.village.first()), "method": method, **more}
        return await self.village.post("payment-orders", body, self.owner)

    async def order(self, method: str = "wechat", **more: Any) -> dict[str, Any]:
        """A started order."""
        made = await self.ask_for(method, **more)
        assert made.status_code == 201, made.text
        order: dict[str, Any] = made.json()
        started = await self.start(order)
        assert started.status_code == 200, started.text
        if method == "alipay":
            self.alipay.open(started.json()["pay"]["url"])
        return {**order, "pay": started.json()["pay"]}

    async def start(self, order: dict[str, Any], payer: str | None = "openid-1") -> httpx.Response:
        """Send the payer to the provider."""
        return await self.village.post(f"payment-orders/{order['id']}/start", {"payer": payer}, self.owner)

    def paid(self, order: dict[str, Any], taken: int | None = None) -> Trade:
        """The owner pays on the phone."""
        number = UUID(order["id"]).hex
        if order["method"] == "wechat":
            return self.wechat.pay(number, clock.now(), taken)
        trade = self.alipay.trades[number]
        trade.state, trade.paid_at = "TRADE_SUCCESS", clock.now()
        return trade

    async def tell(self, account: str, body: bytes, headers: dict[str, str], org: UUID | None = None) -> httpx.Response:
        """Deliver a callback."""
        path = f"/billing/v1/payment-callbacks/{org or self.village.org}/{account}"
        return await self.village.api.post(path, content=body, headers=headers)

    async def see(self, order: dict[str, Any]) -> Any:
        """The order as its owner sees it."""
        return await self.village.get(f"payment-orders/{order['id']}", self.owner)

    async def payments(self) -> list[dict[str, Any]]:
        """All payments of the community."""
        items: list[dict[str, Any]] = (await self.village.get("payments", community_id=str(self.village.id)))["items"]
        return items

    async def later(self, delta: timedelta, now: Any) -> None:
        """Let time pass, and the worker do what fell due."""
        now.by(delta)
        await self.village.world.drain(self.village.org)
