"""What was noted about a debtor goes with them; that the debt was claimed stays (D-075)."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

import pytest

from services.billing.consumers import SUBSCRIPTIONS
from shared.auth.tokens import ServiceTokens
from shared.messaging import puller
from tests.billing.debtors import Debtors
from tests.billing.village import Village, event
from tests.support.world import SERVICE_KEYS, Standing

NOTE = "业主住院，其女儿代接电话"


@pytest.fixture
async def debtors(village: Village, now: Standing) -> Debtors:
    """Two households that owe January and February; the first was called and asked for a hold."""
    found = await Debtors(village, now).bill("2025-01", "2025-02")
    await found.plan("2025-04")
    await found.to("2025-04-12 10:00")
    step = (await found.steps())["call"]
    await found.post(f"dunning-steps/{step['id']}/contacts", {"result": "no_answer", "note": NOTE})
    await found.hold(kind="dispute", ticket_id=str(UUID(int=5)), until_on="2025-04-25", reason=NOTE)
    return found


def asking(service: str, org: UUID) -> dict[str, str]:
    return {"Authorization": f"Bearer {ServiceTokens(service, SERVICE_KEYS[service]).for_org(org)}"}


async def held(debtors: Debtors, person: str) -> dict[str, Any]:
    org = debtors.village.org
    path = "/billing/v1/personal"
    answer = await debtors.village.api.get(path, params={"ids": [person]}, headers=asking("ticketing", org))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["data"]
    return found


async def erased(debtors: Debtors, person: str) -> None:
    org = debtors.village.org
    async with debtors.village.world.runtime("billing").db.tx(org) as tx:
        said = event(org, "person.erased.v1", UUID(person), {})
        await puller.apply(tx, "ticketing", SUBSCRIPTIONS["ticketing"], [said])


async def test_d075_everything_billing_holds_on_a_payer_is_told_to_the_register_alone(debtors: Debtors) -> None:
    case = await debtors.case()
    data = await held(debtors, case["payer_id"])
    assert [b["period"] for b in data["books"]["bills"]] == ["2025-01", "2025-02"]
    assert [k["note"] for k in data["collecting"]["dunning_contacts"]] == [NOTE]
    assert data["books"]["kept_after_erasure"]["zh"] and data["relations"]["ref_relations"]
    other = next(c for c in (await debtors.village.get("dunning-cases"))["items"] if c["id"] != case["id"])
    assert NOTE not in json.dumps(await held(debtors, other["payer_id"]), ensure_ascii=False)
    org = debtors.village.org
    for headers in (asking("kpi", org), debtors.supervisor, debtors.village.world.token("admin", org)):
        answer = await debtors.village.api.get(
            "/billing/v1/personal", params={"ids": [case["payer_id"]]}, headers=headers
        )
        assert answer.status_code == 403
    bare = await debtors.village.api.get("/billing/v1/personal", headers=asking("ticketing", org))
    assert bare.status_code == 422


async def test_d075_the_words_about_a_debtor_go_and_the_claim_stays(debtors: Debtors) -> None:
    case = await debtors.case()
    before = await debtors.village.bills()
    for _ in range(2):  # it may be told twice
        await erased(debtors, case["payer_id"])
    data = await held(debtors, case["payer_id"])
    assert NOTE not in json.dumps(data, ensure_ascii=False)
    (contact,) = data["collecting"]["dunning_contacts"]
    assert (contact["result"], contact["note"], contact["exception"]) == ("no_answer", None, None)
    (hold,) = data["collecting"]["dunning_holds"]
    assert "erased" in hold["reason"] and hold["state"] == "active"
    assert await debtors.village.bills() == before
    assert (await debtors.case())["state"] == "open"
    await debtors.village.proven()


async def test_d075_nobody_edits_the_record_of_contacts_by_that_door(debtors: Debtors) -> None:
    """The service's own role may blank, for its own organisation; it still may not change a word."""
    import asyncpg

    org = debtors.village.org
    case = await debtors.case()
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with debtors.village.world.runtime("billing").db.tx(org) as tx:
            await tx.raw.execute("UPDATE billing.dunning_contacts SET note = 'x' WHERE org_id = $1", org)
    stranger = await debtors.village.world.new_org("别家物业")
    async with debtors.village.world.runtime("billing").db.tx(stranger) as tx:
        await tx.raw.execute("SELECT billing.blank_contacts($1, $2)", org, [UUID(case["id"])])
    data = await held(debtors, case["payer_id"])
    assert [k["note"] for k in data["collecting"]["dunning_contacts"]] == [NOTE]
