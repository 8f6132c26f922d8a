"""A small community on a running stack: its register, its people with their tokens, and short ways to ask the gateway.

Everything goes through the gateway under the role whose work it is; the clock stands where a test puts it.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx

from deploy.demo.people import Tokens
from deploy.demo.sink import mail_sink
from deploy.local import background
from deploy.local.clockwork import Clockwork
from deploy.local.folder import DataFolder
from deploy.local.options import Options
from deploy.local.ports import free_port
from shared import clock
from shared.http import signed

#: Of every office one person; the follow-up caller is a clerk too, but not the one who handled the case, and whose
#: letter the general manager's is does not close it.
STAFF = {
    "admin": "admin",
    "clerk": "clerk",
    "caller": "clerk",
    "supervisor": "supervisor",
    "manager": "cs_manager",
    "engineer": "engineer",
    "safety": "safety",
    "security": "security",
    "finance": "finance",
    "hr": "hr",
    "qa": "qa",
    "gm": "gm",
    "director": "gm",
}
AREA = "100.00"


def local(text: str) -> datetime:
    """A local time of Shanghai, such as ``2025-12-03 09:00``."""
    return datetime.fromisoformat(f"{text}:00+08:00").astimezone(UTC)


def z(at: datetime) -> str:
    """As the wire has it."""
    return at.isoformat().replace("+00:00", "Z")


def phone(home: int) -> str:
    """The number of a home's owner."""
    return f"138123400{home:02d}"


@dataclass
class Town:
    """One community; people by their key in `STAFF`, homes by number."""

    http: httpx.AsyncClient
    clockwork: Clockwork
    tokens: Tokens
    community: str = ""
    units: list[UUID] = field(default_factory=list)
    owners: list[UUID] = field(default_factory=list)
    staff: dict[str, UUID] = field(default_factory=dict)

    # --- asking

    def as_(self, who: str | int) -> dict[str, str]:
        """Headers of an employee by key, or of a home's owner by number."""
        if isinstance(who, int):
            token = self.tokens.resident(self.owners[who], self.units[who])
        else:
            token = self.tokens.staff(STAFF[who], self.staff.setdefault(who, uuid4()))
        return {"Authorization": f"Bearer {token}"}

    async def get(self, who: str | int, path: str, **params: Any) -> Any:
        """GET; the parsed answer of a success."""
        answer = await self.http.get(path, params=params, headers=self.as_(who))
        assert answer.status_code == 200, (path, answer.text)
        return answer.json()

    async def post(self, who: str | int, path: str, /, **body: Any) -> Any:
        """POST under a key of its own; the parsed answer of a success."""
        headers = {**self.as_(who), "Idempotency-Key": uuid4().hex}
        answer = await self.http.post(path, json=body, headers=headers)
        assert answer.status_code in (200, 201, 202), (path, answer.status_code, answer.text)
        return answer.json()

    async def everything(self, who: str, path: str, **params: Any) -> list[dict[str, Any]]:
        """All items of a list, page by page."""
        found: list[dict[str, Any]] = []
        cursor: dict[str, str] = {}
        while True:
            page = await self.get(who, path, **params, **cursor)
            found += page["items"]
            if page.get("next") is None:
                return found
            cursor = {"cursor": page["next"]}

    # --- the clock

    async def to(self, text: str) -> None:
        """Move the clock to a local time, through everything due on the way, and wait for quiet."""
        await self.clockwork.to(local(text), timedelta(hours=12))

    # --- the register

    async def _bulk(self, path: str, *rows: Mapping[str, Any]) -> list[UUID]:
        answer = await self.post("admin", f"/ticketing/v1/{path}/bulk", source="test", items=list(rows))
        assert answer["errors"] == [], answer["errors"]
        return [UUID(item["id"]) for item in answer["items"]]

    async def register(self, homes: int) -> None:
        """Branch, community, building, homes with one owner each, the owners' files, and the staff."""
        await self._bulk("org-units", {"external_id": "HZ", "name": "杭州分公司", "kind": "branch"})
        [community] = await self._bulk("communities", {"external_id": "EY", "name": "E苑", "org_unit": "HZ"})
        self.community = str(community)
        units = [str(self.tokens.org)]
        rows = [{"external_id": f"S-{k}", "name": k, "roles": [role], "units": units} for k, role in STAFF.items()]
        self.staff = dict(zip(STAFF, await self._bulk("staff", *rows), strict=True))
        await self._bulk("buildings", {"external_id": "EY-1", "community": "EY", "name": "1幢"})
        numbers = [f"1-{n + 1:02d}" for n in range(homes)]
        home = {"community": "EY", "building": "EY-1", "area": AREA, "use": "dwelling", "sold_on": "2019-06-01"}
        home |= {"occupied_from": "2019-07-01"}
        self.units = await self._bulk("units", *({**home, "external_id": n, "number": n} for n in numbers))
        people = [
            {"external_id": f"P{number}", "name": f"业主{n}", "phone": phone(n), "email": f"owner{n}@example.com"}
            for n, number in enumerate(numbers)
        ]
        self.owners = await self._bulk("people", *people)
        tie = {"role": "owner", "since": "2019-06-01"}
        await self._bulk("relations", *({**tie, "external_id": f"R{n}", "person": f"P{n}", "unit": n} for n in numbers))
        for number, row in zip(numbers, people, strict=True):
            fields = {"name": row["name"], "contact": {"phone": row["phone"]}, "house": {"number": number}}
            fields["service_history"] = []
            file = {"external_id": f"A-{number}", "unit": number, "person": f"P{number}", "fields": fields}
            await self._bulk("archives", file)

    # --- the exchange

    async def exchange(self) -> dict[str, Any]:
        """Connect a telephone exchange to the community's desk."""
        told = {"kind": "pbx", "name": "前台", "source": "pbx", "community_id": self.community}
        found: dict[str, Any] = await self.post("admin", "/ticketing/v1/connections", **told)
        return found

    async def rings(self, exchange: Mapping[str, Any], call: str, event: str, at: datetime, **more: Any) -> str:
        """What the exchange tells of a call, signed with its secret; the call's id."""
        body = json.dumps({"call_id": call, "event": event, "at": z(at), **more}).encode()
        id_, sent = uuid4().hex, int(clock.wall().timestamp())
        secret = base64.b64decode(exchange["secret"].removeprefix(signed.PREFIX))
        headers = {
            "webhook-id": id_,
            "webhook-timestamp": str(sent),
            "webhook-signature": signed.sign(secret, id_, sent, body),
            "content-type": "application/json",
        }
        params = {"connection": exchange["key"]}
        answer = await self.http.post("/ticketing/v1/calls/events", params=params, content=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return str(answer.json()["id"])


@asynccontextmanager
async def town(path: Path, start: str, homes: int) -> AsyncIterator[Town]:
    """A stack of its own on a clock that stands at a local time, with its community entered; stopped at the end.

    What it mails arrives at a server of this process, as a message of dunning must to have been made.
    """
    folder = DataFolder(path)
    options = Options(port=free_port(), simulated_clock=local(start) - timedelta(minutes=30))
    async with mail_sink(path.with_name("mail")) as sink:
        state = await asyncio.to_thread(background.start, path, options, {"STEWARD_NOTIFY_EMAIL_URL": sink.url})
        try:
            async with (
                httpx.AsyncClient(base_url=state["gateway"], timeout=60) as http,
                Clockwork(state) as clockwork,
            ):
                clockwork.clock.stand()
                await clockwork.to(local(start))
                made = Town(http, clockwork, Tokens(folder))
                await made.register(homes)
                await clockwork.quiet()
                yield made
        finally:
            await asyncio.to_thread(background.stop, path)
