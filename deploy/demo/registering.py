"""The first act: the community's register, in bulk, as an ERP would send it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID, uuid4

from deploy.demo.client import Api, Refused
from deploy.demo.making.homes import Home
from deploy.demo.people import Tokens
from deploy.demo.plan import Plan

SOURCE = "demo"
CHUNK = 500
SOLD_ON = "2019-06-01"
STAFF = {
    "admin": ("E00", "系统管理员"),
    "clerk": ("E01", "前台客服 陈静"),
    "caller": ("E02", "回访专员 林芳"),
    "supervisor": ("E03", "客服主管 周敏"),
    "finance": ("E04", "收费员 何丽"),
    "engineer": ("E05", "维修工程师 郭强"),
    "qa": ("E06", "质检员 罗明"),
    "gm": ("E07", "总经理 唐勇"),
}
ROLES = {"caller": "clerk"}  # who makes follow-up calls is a clerk too, but another one


@dataclass
class Community:
    """What the register answered: our ids of what the plan knows by number."""

    id: UUID
    units: dict[int, UUID] = field(default_factory=dict)
    owners: dict[int, UUID] = field(default_factory=dict)
    staff: dict[str, UUID] = field(default_factory=dict)


class Desk:
    """The people of the demo with their tokens."""

    def __init__(self, tokens: Tokens, community: Community) -> None:
        self._tokens = tokens
        self._community = community

    def staff(self, who: str) -> str:
        """The token of an employee by the key of STAFF."""
        return self._tokens.staff(ROLES.get(who, who), self._community.staff[who])

    def owner(self, home: int) -> str:
        """The token of a home's owner."""
        return self._tokens.resident(self._community.owners[home], self._community.units[home])


async def bulk(api: Api, path: str, token: str, rows: Sequence[dict[str, Any]]) -> dict[str, UUID]:
    """Send rows in requests of 500; our ids by external id. Raises Refused when any row is not taken."""
    found: dict[str, UUID] = {}
    for start in range(0, len(rows), CHUNK):
        answer = await api.post(
            f"/ticketing/v1/{path}/bulk",
            token,
            {"source": SOURCE, "items": rows[start : start + CHUNK]},
            f"{path}-{start}",
        )
        if answer["errors"]:
            first = answer["errors"][0]
            raise Refused(f"{path} 导入有误：{first}", f"{path} were not all taken: {first}")
        found.update((item["external_id"], UUID(item["id"])) for item in answer["items"])
    return found


def _unit(home: Home) -> dict[str, Any]:
    return {
        "external_id": home.number,
        "community": "CX",
        "building": f"CX-{home.building}",
        "number": home.number,
        "area": f"{home.area // 100}.{home.area % 100:02d}",
        "use": "dwelling",
        "sold_on": SOLD_ON,
        "occupied_from": home.occupied_from,
        "occupied_to": home.occupied_to,
    }


async def register(api: Api, tokens: Tokens, plan: Plan) -> Community:
    """Enter org unit, community, buildings, units, owners, staff and the owners' files."""
    admin = tokens.staff("admin", uuid4())
    await bulk(api, "org-units", admin, [{"external_id": "HZ", "name": "杭州分公司", "kind": "branch"}])
    made = await bulk(api, "communities", admin, [{"external_id": "CX", "name": "翠溪花园", "org_unit": "HZ"}])
    community = Community(made["CX"])
    people = await bulk(
        api,
        "staff",
        admin,
        [
            {"external_id": number, "name": name, "roles": [ROLES.get(key, key)], "units": [str(tokens.org)]}
            for key, (number, name) in STAFF.items()
        ],
    )
    community.staff = {key: people[number] for key, (number, _) in STAFF.items()}
    buildings = sorted({home.building for home in plan.homes})
    await bulk(
        api,
        "buildings",
        admin,
        [{"external_id": f"CX-{n}", "community": "CX", "name": f"{n}幢"} for n in buildings],
    )
    units = await bulk(api, "units", admin, [_unit(home) for home in plan.homes])
    owners = await bulk(
        api,
        "people",
        admin,
        [
            {
                "external_id": f"P{home.index}",
                "name": home.owner,
                "phone": home.phone,
                "email": home.email,
                "locale": home.locale,
            }
            for home in plan.homes
        ],
    )
    community.units = {home.index: units[home.number] for home in plan.homes}
    community.owners = {home.index: owners[f"P{home.index}"] for home in plan.homes}
    await bulk(
        api,
        "relations",
        admin,
        [
            {
                "external_id": f"P{home.index}-{home.number}",
                "person": f"P{home.index}",
                "unit": home.number,
                "role": "owner",
                "since": SOLD_ON,
            }
            for home in plan.homes
        ],
    )
    await bulk(
        api,
        "archives",
        admin,
        [
            {
                "external_id": f"A-{home.number}",
                "unit": home.number,
                "person": f"P{home.index}",
                "fields": {
                    "name": home.owner,
                    "contact": {"phone": home.phone},
                    "house": {"number": home.number},
                    "service_history": [],
                },
            }
            for home in plan.homes
        ],
    )
    return community
