"""The demo's providers of text messages and of messages to staff: the simulators of Aliyun and WeCom, in this process.

Debtors are reminded by text message, as the catalogue asks, and each report of one comes back to notify as Aliyun would
bring it; employees are warned over WeCom.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from starlette.responses import Response

from deploy.demo.client import Api
from deploy.demo.registering import Community, Desk
from deploy.demo.wire import NoAnswer, Wire
from deploy.local.failures import Failure
from deploy.simulators._server import served
from deploy.simulators.sms import AliyunSms, Taken
from deploy.simulators.staff_chat import WeComChat

REMINDER = "dunning.reminder"
SIGNATURE = "翠溪物业"
PARAMETERS = ["place", "amount", "due"]
_CHINA = ZoneInfo("Asia/Shanghai")
_TRIES = 20
#: Reports are gathered for so many seconds, as Aliyun's push in batches does.
_GATHER = 0.2
#: Text messages cost money: only what the catalogue wants told so is.
_FREE = ("wecom", "email")
_WITHOUT_SMS = ("warning", "desk", "service", "billing", "notice", "survey", "campaign")


class NoReport(Failure):
    """Notify did not take a report."""

    exit_code = 22


class Reporting(AliyunSms):
    """Aliyun's service, which also reports: `outstanding` are messages taken whose report is still under way."""

    def __init__(self, token: str) -> None:
        super().__init__(secret=token_hex(16))
        self.outstanding = 0
        self.reported = 0
        self._token = token
        self._wire: Wire | None = None
        self._clock: Any = None
        self._gathered: list[dict[str, Any]] = []
        self._task: asyncio.Task[None] | None = None

    def begin(self, state: Mapping[str, Any]) -> None:
        """The stack runs, and this is where it is."""
        from shared.clock import SimulatedClock

        self._wire = Wire(state["gateway"], 4)
        self._clock = SimulatedClock(Path(state["simulated_clock"]))

    def accepted(self, message: Taken) -> Response:
        """Take it, and report it once the sender has its answer."""
        now = f"{self._clock.read()[0].astimezone(_CHINA):%Y-%m-%d %H:%M:%S}"
        self._gathered.append({**self.report(message), "send_time": now, "report_time": now})
        self.outstanding += 1
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._push())
        return super().accepted(message)

    async def _push(self) -> None:
        while self._gathered:
            await asyncio.sleep(_GATHER)
            batch, self._gathered = self._gathered, []
            try:
                await self._bring(orjson.dumps(batch))
                self.reported += len(batch)
            finally:
                self.outstanding -= len(batch)

    async def _bring(self, body: bytes) -> None:
        assert self._wire is not None  # nothing is sent before the stack runs
        target, headers = f"/notify/v1/receipts/aliyun_sms?token={self._token}", {"Content-Type": "application/json"}
        for _ in range(_TRIES):
            try:
                answer = await self._wire.ask("POST", target, headers, body)
            except NoAnswer:
                answer = None
            if answer is not None and answer.status == 200:
                return
            await asyncio.sleep(0.5)
        raise NoReport("短信回执未被接收。", "notify did not take a report of a text message.")

    async def end(self) -> None:
        """Close the line to the stack."""
        if self._wire is not None:
            await self._wire.close()


class Phones:
    """Both providers, what to set so that notify finds them, and what they took."""

    def __init__(self, sms: Reporting, wecom: WeComChat, environment: dict[str, str]) -> None:
        self.sms = sms
        self.wecom = wecom
        self.environment = environment

    @property
    def under_way(self) -> int:
        """Reports that have not arrived yet."""
        return self.sms.outstanding

    @property
    def repeated(self) -> list[str]:
        """Deliveries whose text message was sent more than once."""
        return sorted(echo for echo, times in Counter(taken.echo for taken in self.sms.taken).items() if times > 1)


async def introduce(api: Api, desk: Desk, community: Community) -> None:
    """Tell notify what Aliyun has approved, and under which ids WeCom knows the employees."""
    admin = desk.staff("admin")
    for locale in ("zh", "en"):
        await api.post(
            f"/notify/v1/templates/{REMINDER}/providers",
            admin,
            {
                "provider": "aliyun_sms",
                "locale": locale,
                "provider_code": f"SMS_{locale.upper()}_1",
                "signature": SIGNATURE,
                "parameters": PARAMETERS,
                "state": "approved",
            },
            f"sms-template-{locale}",
        )
    for message_class in _WITHOUT_SMS:
        body = {"message_class": message_class, "channels": list(_FREE)}
        await api.post("/notify/v1/routes", admin, body, f"route-{message_class}")
    accounts = [
        {"person_id": str(person), "kind": "wecom", "address": f"demo-{key}"} for key, person in community.staff.items()
    ]
    await api.post("/notify/v1/accounts/work", admin, {"items": accounts}, "work-accounts")


@asynccontextmanager
async def phones() -> AsyncIterator[Phones]:
    """Both on free ports of this machine, in this loop."""
    token = token_hex(16)
    async with AsyncExitStack() as stack:
        sms, wecom = Reporting(token), WeComChat()
        stack.push_async_callback(sms.end)
        environment = {
            "STEWARD_NOTIFY_ALIYUN_SMS_URL": await stack.enter_async_context(served(sms.app)),
            "STEWARD_NOTIFY_ALIYUN_SMS_KEY_ID": sms.key_id,
            "STEWARD_NOTIFY_ALIYUN_SMS_KEY_SECRET": sms.secret,
            "STEWARD_NOTIFY_ALIYUN_SMS_RECEIPT_TOKEN": token,
            "STEWARD_NOTIFY_WECOM_URL": await stack.enter_async_context(served(wecom.app)),
            "STEWARD_NOTIFY_WECOM_CORP_ID": wecom.corp_id,
            "STEWARD_NOTIFY_WECOM_SECRET": wecom.secret,
            "STEWARD_NOTIFY_WECOM_AGENT_ID": str(wecom.agent_id),
        }
        yield Phones(sms, wecom, environment)
