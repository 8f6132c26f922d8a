"""Billing's own fixtures: a community it has heard of, on a clock that stands on 1 April 2025, 10:00 local."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from uuid import UUID

import httpx
import pytest

from deploy.simulators._server import served
from tests.billing.counter import Counter
from tests.billing.village import Village
from tests.support.simulators.payers import Alipay, WechatPay, pay_accounts
from tests.support.world import Standing, World


@pytest.fixture
def now(standing: Callable[[datetime], Standing]) -> Standing:
    """1 April 2025, 10:00 in Shanghai, unless the test moves it."""
    return standing(datetime(2025, 4, 1, 2, tzinfo=UTC))


@pytest.fixture
async def village(world: World, org: UUID, api: httpx.AsyncClient, now: Standing) -> Village:
    """Two units of 100.00 and 93.50 square metres, sold in 2024."""
    return await Village(world, org, api).build(["100.00", "93.50"])


@pytest.fixture
async def counter(village: Village, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Counter]:
    """January and February billed, 200.00 each; both providers are up."""
    await village.standard("2.00")
    for period in ("2025-01", "2025-02"):
        await village.bill(period)
    wechat, alipay = WechatPay(), Alipay()
    async with served(wechat.app) as wechat_url, served(alipay.app) as alipay_url:
        rt = village.world.runtime("billing")
        changed = {"pay_accounts": pay_accounts(wechat_url, alipay_url)}
        monkeypatch.setattr(rt, "settings", rt.settings.model_copy(update=changed))
        yield Counter(village, wechat, alipay)
