"""A new owner sees what is theirs, and never what the household before them owed or paid."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest

from shared.ids import uuid7
from tests.billing.village import Village, event, tell, yuan
from tests.support.world import World

ALL = ["sees_bills", "pays", "signs", "rates", "answers_surveys", "admits"]


class Flat:
    """The village's first unit, sold on 11 March 2025: the old owner owes their days of March."""

    def __init__(self, village: Village) -> None:
        self.village, self.unit = village, village.first()
        self.old, self.new = uuid7(), uuid7()

    async def relate(self, person: UUID, role: str, since: str, until: str | None = None, **more: Any) -> None:
        data = {"unit_id": str(self.unit), "person_id": str(person), "role": role, "since": since, "until": until}
        data["powers"] = more.pop("powers", ALL)
        said = event(self.village.org, "relation.upserted.v1", uuid7(), data, community_id=self.village.id, **more)
        await tell(self.village.world, self.village.org, [said])

    def token(self, person: UUID) -> dict[str, str]:
        return self.village.world.token("resident", self.village.org, units=[self.unit], sub=person)

    async def seen(self, person: UUID, what: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.village.get(what, self.token(person)))["items"]
        return found

    async def owed(self, person: UUID, **query: str) -> str:
        return yuan((await self.village.get(f"accounts/{self.unit}", self.token(person), **query))["owed"])

    async def status(self, person: UUID, path: str) -> int:
        answer = await self.village.api.get(f"/billing/v1/{path}", headers=self.token(person))
        return answer.status_code


@pytest.fixture
async def flat(village: Village) -> Flat:
    """1 April: March is billed, to each for their days."""
    flat = Flat(village)
    forget = "DELETE FROM billing.ref_relations WHERE org_id = $1 AND unit_id = $2"
    async with village.world.runtime("billing").db.tx(village.org) as tx:
        await tx.raw.execute(forget, tx.org_id, flat.unit)
    await flat.relate(flat.old, "owner", "2019-06-01", "2025-03-10")
    await flat.relate(flat.new, "owner", "2025-03-11")
    await village.standard("2.00")
    await village.bill("2025-03")
    return flat


async def test_a_new_owner_sees_their_own_days_and_not_those_of_the_household_before(flat: Flat) -> None:
    """March is two bills: ten days of the old owner's, twenty-one of the new one's."""
    bills = await flat.village.bills(unit_id=str(flat.unit))
    assert {b["payer_id"] for b in bills} == {str(flat.old), str(flat.new)}
    (mine,) = await flat.seen(flat.new, "bills")
    assert mine["payer_id"] == str(flat.new)
    (others,) = [b for b in bills if b["payer_id"] == str(flat.old)]
    assert await flat.status(flat.new, f"bills/{others['id']}") == 404
    assert await flat.status(flat.new, f"bills/{mine['id']}") == 200
    assert await flat.owed(flat.new) == yuan(mine["amount"])
    assert await flat.owed(flat.new, as_of="2025-03-01") == "0.00"
    entries = await flat.seen(flat.new, f"accounts/{flat.unit}/entries")
    assert {e["bill_id"] for e in entries} == {mine["id"]}
    # staff see the whole account
    assert yuan((await flat.village.get(f"accounts/{flat.unit}"))["owed"]) == "200.00"


async def test_the_live_feed_keeps_the_last_bill_of_the_household_before_from_the_new_one(flat: Flat) -> None:
    async def payers(person: UUID) -> set[str]:
        page = await flat.village.get("changes", flat.token(person), types="bill.issued.v1")
        return {e["data"]["payer_id"] for e in page["items"]}

    assert await payers(flat.new) == {str(flat.new)}
    assert await payers(flat.old) == {str(flat.old)}


async def test_payments_and_receipts_of_the_household_before_stay_theirs(flat: Flat) -> None:
    paid = await flat.village.pay("10.00", "2025-03-01", payer_id=str(flat.old))
    receipt = await flat.village.post(f"payments/{paid['id']}/receipts", {})
    assert receipt.status_code == 201, receipt.text
    assert await flat.seen(flat.new, "payments") == [] and await flat.seen(flat.new, "receipts") == []
    for path in (f"payments/{paid['id']}", f"receipts/{receipt.json()['id']}"):
        assert await flat.status(flat.new, path) == 404
    own = await flat.village.pay("5.00", "2025-04-01", payer_id=str(flat.new))
    assert [p["id"] for p in await flat.seen(flat.new, "payments")] == [own["id"]]


async def test_whoever_is_out_sees_nothing_though_the_token_lives_on(flat: Flat) -> None:
    """But what is addressed to them stays theirs."""
    assert [b["payer_id"] for b in await flat.seen(flat.old, "bills")] == [str(flat.old)]
    assert await flat.status(flat.old, f"accounts/{flat.unit}") == 404
    assert await flat.seen(flat.old, "meter-readings") == []


async def test_family_without_the_power_sees_no_bills_and_pays_none(flat: Flat, world: World) -> None:
    child = uuid7()
    await flat.relate(child, "family", "2025-03-11", powers=["signs", "rates"])
    assert await flat.seen(child, "bills") == []
    assert await flat.status(child, f"accounts/{flat.unit}") == 404
    body = {"unit_id": str(flat.unit), "method": "wechat"}
    refused = await flat.village.post("payment-orders", body, flat.token(child))
    assert (refused.status_code, refused.json()["code"]) == (404, "billing.unit.unknown")
    tenant = uuid7()
    await flat.relate(tenant, "tenant", "2025-03-20", powers=["sees_bills"])
    assert len(await flat.seen(tenant, "bills")) == 1
    assert (await flat.village.post("payment-orders", body, flat.token(tenant))).status_code == 404


async def test_a_payment_of_the_new_owner_does_not_go_to_the_debts_of_others(flat: Flat) -> None:
    (mine,) = await flat.seen(flat.new, "bills")
    for body in ({}, {"amount": {"amount": "500.00", "currency": "CNY"}}):
        made = await flat.village.post(
            "payment-orders", {"unit_id": str(flat.unit), "method": "wechat", **body}, flat.token(flat.new)
        )
        assert made.status_code == 201, made.text
        assert made.json()["bills"] == [mine["id"]]
    others = next(b for b in await flat.village.bills(unit_id=str(flat.unit)) if b["id"] != mine["id"])
    named = {"unit_id": str(flat.unit), "method": "wechat", "bills": [others["id"]]}
    refused = await flat.village.post("payment-orders", named, flat.token(flat.new))
    assert (refused.status_code, [e["path"] for e in refused.json()["errors"]]) == (422, ["bills.0"])


async def test_a_copy_made_before_powers_were_told_gives_all_of_them(flat: Flat) -> None:
    owner = uuid7()
    await flat.relate(owner, "co_owner", "2025-03-11", powers=None)
    assert len(await flat.seen(owner, "bills")) == 1
