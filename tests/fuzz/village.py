"""An organisation with something of everything, so that guessed requests reach past the first 404."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx

from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS
from services.ticketing.orgs.service import create_in
from shared import clock
from shared.auth.roles import STAFF
from shared.auth.tokens import ServiceTokens, mint_token, user_claims
from tests.support.world import ISSUER, SERVICE_KEYS, World
from tests.ticketing.support import Register

#: Mixed with what the schemas allow: texts that real clients send and that have broken others before.
AWKWARD: Sequence[str] = ("\x00", "' OR 1=1 --", "\U0001f600", "％", "\u00ad", "\u202e")


@dataclass
class Village:
    """The organisation, the callers that try things on it, and the ids there are, by the field that names them."""

    org: UUID
    callers: list[dict[str, str]] = field(default_factory=list)
    known: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))

    def of(self, name: str) -> list[str]:
        """Ids that a field or path parameter of this name may mean; none for names that mean no id."""
        return self.known.get(name, [])


async def settle(world: World, api: httpx.AsyncClient) -> Village:
    """Make it: two communities, their people, tickets, a survey, files, bills, payments, a letter, messages."""
    org = await world.new_org("模糊测试物业")
    async with world.runtime("ticketing").db.tx(org) as tx:
        await create_in(tx, "模糊测试物业")
    register = Register(world, api, org)
    place, other = await register.community("F1"), await register.community("F2")
    (engineer,) = await register.stored(
        "staff", [{"external_id": "S1", "name": "李工", "roles": ["engineer"], "units": [str(org)]}]
    )
    village = Village(org, _callers(world, org, place.people[0], place.units))
    known = village.known
    known["community_id"] = [str(place.id), str(other.id)]
    known["org_unit_id"] = [str(org)]
    known["unit_id"] = [str(u) for u in (*place.units, *other.units)]
    known["person_id"] = known["subject_id"] = known["payer_id"] = [str(p) for p in (*place.people, *other.people)]
    for name in ("assignee_id", "handler_id", "caller_id"):
        known[name] = [str(engineer), known["person_id"][0]]
    await register.stored(
        "units",
        [
            {
                "external_id": f"F1-1-{n}",
                "community": "F1",
                "building": "F1-1",
                "number": f"1-{n}01",
                "area": "93.50",
                "sold_on": "2019-06-01",
                "occupied_from": "2020-06-01",
            }
            for n in range(1, 5)
        ],
    )
    known["community"], known["unit"], known["person"] = ["F1"], ["F1-1-1"], ["F1-P1"]
    known["source"], known["external_id"] = ["erp"], ["F1", "F1-1-1", "F1-P1"]
    await world.drain(org)
    await _tickets(api, village)
    await _survey(api, village)
    await _files(api, village)
    await _bills(world, api, village)
    await _letter(api, village)
    known["id"] = [item for items in list(known.values()) for item in items if len(item) == 36]
    await world.drain(org)
    return village


def _callers(world: World, org: UUID, owner: UUID, homes: Sequence[UUID]) -> list[dict[str, str]]:
    """A caller with every role of staff, an owner, an integrator with every scope, a peer, and somebody without."""
    everything = [power for app in world.apps.values() for power in app.state.powers]
    rights: Sequence[Mapping[str, Any]] = (
        {"roles": sorted(STAFF), "units": [org]},
        {"roles": ["resident"], "units": list(homes), "sub": owner},
        {"roles": ["integrator"], "units": [org], "scope": everything},
        {"roles": ["clerk"], "units": []},
    )
    tokens = []
    for right in rights:
        claims = user_claims(org=org, **{"sub": UUID(int=7), **right})
        tokens.append(mint_token(ISSUER, claims, timedelta(hours=2)))
    tokens.append(ServiceTokens("billing", SERVICE_KEYS["billing"]).for_org(org))
    return [{"Authorization": f"Bearer {token}"} for token in tokens]


async def _post(api: httpx.AsyncClient, village: Village, path: str, body: Any, caller: int = 0) -> dict[str, Any]:
    answer = await api.post(path, json=body, headers=village.callers[caller])
    assert answer.status_code in (200, 201, 202), f"{path}: {answer.text}"
    found: dict[str, Any] = answer.json()
    return found


async def _tickets(api: httpx.AsyncClient, village: Village) -> None:
    known = village.known
    for kind in ("repair", "complaint", "complaint"):
        home = {"community_id": known["community_id"][0], "unit_id": known["unit_id"][0]}
        body = {**home, "kind": kind, "summary": "漏水"}
        ticket = await _post(api, village, "/ticketing/v1/tickets", body)
        known["ticket_id"].append(ticket["id"])
    commands: Sequence[tuple[str, dict[str, Any]]] = (
        ("respond", {}),
        ("dispatch", {"assignee_id": known["assignee_id"][0]}),
        ("arrive", {}),
        ("plan", {"text": "更换接头"}),
        ("complete", {"result": "已修好"}),
    )
    for command, body in commands:
        await _post(api, village, f"/ticketing/v1/tickets/{known['ticket_id'][1]}/{command}", body)
    calls = await api.get("/ticketing/v1/revisits", headers=village.callers[0])
    known["revisit_id"] = [item["id"] for item in calls.json()["items"]]


async def _survey(api: httpx.AsyncClient, village: Village) -> None:
    known = village.known
    for name in ("开放的", "草稿"):
        body = {
            "community_id": known["community_id"][0],
            "period": "2025-Q1",
            "title": name,
            "dimensions": list(DEFAULT_DIMENSIONS),
            "closes_at": (clock.now() + timedelta(days=3)).isoformat(),
        }
        known["survey_id"].append((await _post(api, village, "/ticketing/v1/surveys", body))["id"])
    await _post(api, village, f"/ticketing/v1/surveys/{known['survey_id'][0]}/open", None)


async def _files(api: httpx.AsyncClient, village: Village) -> None:
    rows = [{"external_id": f"A{n}", "unit": f"F1-1-{n}", "fields": {"name": "张伟"}} for n in (1, 2)]
    stored = await _post(api, village, "/ticketing/v1/archives/bulk", {"source": "erp", "items": rows})
    village.known["file_id"] = [item["id"] for item in stored["items"]]


async def _bills(world: World, api: httpx.AsyncClient, village: Village) -> None:
    known = village.known
    community = known["community_id"][0]
    standard = {
        "community_id": community,
        "code": "property",
        "name": "物业费",
        "rule": "area",
        "fee_kind": "property",
        "effective_from": "2024-01-01",
        "params": {"rate": "2.85"},
        "due_day": 25,
    }
    made = await _post(api, village, "/billing/v1/charge-standards", standard)
    known["standard_id"] = [made["standard_id"] if "standard_id" in made else made["id"]]
    known["code"] = ["property"]
    await world.drain(village.org)
    for period in ("2025-01", "2025-02"):
        run = await _post(api, village, "/billing/v1/billing-runs", {"community_id": community, "period": period})
        known["run_id"].append(run["id"])
    await world.drain(village.org)
    bills = await api.get("/billing/v1/bills", headers=village.callers[0])
    known["bill_id"] = [bill["id"] for bill in bills.json()["items"]]
    assert known["bill_id"], "the runs billed nobody"
    payment = {
        "community_id": community,
        "unit_id": known["unit_id"][0],
        "method": "bank_transfer",
        "amount": {"amount": "300.00", "currency": "CNY"},
        "value_date": "2025-03-01",
    }
    paid = await _post(api, village, "/billing/v1/payments", payment)
    known["payment_id"] = [paid["id"]]


async def _letter(api: httpx.AsyncClient, village: Village) -> None:
    known = village.known
    letter = {
        "template": "T003S",
        "community_id": known["community_id"][0],
        "subject_id": known["person_id"][0],
        "term": "2025",
        "parameters": {},
    }
    known["template"] = ["T003S"]
    known["letter_id"] = [(await _post(api, village, "/kpi/v1/letters", letter))["id"]]
    frozen = await api.post(
        "/kpi/v1/scorecards",
        json={"letter_id": known["letter_id"][0], "period": "2025-Q1"},
        headers=village.callers[0],
    )
    if frozen.status_code == 201:  # refused while facts are behind; guessed requests then meet the refusal
        known["scorecard_id"] = [frozen.json()["id"]]
