"""The graph of a kind as a test walks it through the API: what each action wants, and the shortest way to a state."""

from __future__ import annotations

from collections import deque
from typing import Any
from uuid import uuid4

import httpx

from services.ticketing.domain.kind import TicketKind
from tests.ticketing.cases import Desk

#: Fields of an intake that a kind does not do without.
INTAKE: dict[str, dict[str, Any]] = {
    "hazard": {"level": "1_leak"},
    "incident": {"event": "fire"},
    "renovation_violation": {"violation": "minor"},
    "emergency": {"alarm": "fire"},
    "gas_counter": {"business": "payment"},
    "water_counter": {"business": "rename"},
    "retail_return": {"wants": "return"},
    "goods_complaint": {"problem": "price"},
}
BODIES: dict[str, dict[str, Any]] = {
    "classify": {"complex": True},
    "follow-up-note": {"note": "已联系"},
    "plan": {"text": "更换"},
    "set-deadline": {"deadline": "2035-01-01T00:00:00Z"},
    "complete": {"result": "已办结"},
    "sign": {"signer_name": "张伟", "method": "device", "signature": "c3Ryb2tlcw=="},
    "rate": {"score": 90},
    "reopen": {"reason": "未解决"},
    "cancel": {"reason": "误报"},
    "propose-validity": {"valid": True, "reason": "属实"},
    "rule-validity": {"valid": True, "reason": "属实"},
    "pause": {"cause": "parts", "note": "缺配件"},
}
FIELDS: dict[str, dict[str, Any]] = {
    "reply": {"channel": "phone", "text": "已答复"},
    "understand": {"need": "每周三代取快递", "asked_by": "phone"},
    "follow": {"what": "已排入管家日程", "standing": "under_way"},
    "feed-back": {"adopted": True, "text": "采纳"},
    "assess": {"effective": True, "effect": "改善"},
    "mediate": {"agreed": True, "summary_of_talk": "已和解"},
    "track": {"progress": "办理中"},
    "hand-over-data": {"to_department": "收费队"},
    "register": {"deadline": "2035-01-01T00:00:00Z"},
    "assign": {"department": "工程部"},
    "send-back": {"reason": "仍渗漏"},
    "correct": {"reason": "等级有误", "level": "2"},
    "report": {"to_role": "gm"},
    "take-command": {"commander_id": str(uuid4())},
    "investigate": {
        "cause": "老化",
        "responsibility": "维护",
        "handling_opinion": "更换",
        "prevention": "检测",
        "plan_followed": False,
    },
    "rule": {
        "definition_set": "T003G",
        "event_class": "property_over_100k",
        "level": "general",
        "by_dereliction": True,
        "loss_fen": 20_000_001,
    },
    "set-measures": {"accountability": "约谈", "prevention_measures": "检测"},
    "stop": {"done_on_site": "责令停工", "effective": True},
    "notify": {"addressee": "业主", "demand": "恢复原状", "deadline": "2035-01-01T00:00:00Z"},
    "deliver-notice": {"how": "handed_over"},
    "report-authority": {"authority": "住建局", "report": "拒不整改"},
    "propose-major": {"reason": "联名"},
    "raise-major": {"reason": "群体维权"},
    "lower-major": {"reason": "个案"},
    "handle-major": {"record": "已约谈"},
    "propose-deduction": {"deducted_id": str(uuid4()), "points": 3, "reason": "服务品质"},
    "record-fault": {"fault": "misunderstanding", "fault_by": str(uuid4()), "reason": "口径有误"},
    "hold-to-account": {"measure": "warning", "accountable_id": str(uuid4()), "reason": "响应迟缓"},
    "coordinate": {"departments": "工程、客服", "agreed": "本周完成"},
}
#: Refused for the case's own sake where its graph would allow it.
NEEDS_MORE = {"lower-major", "set-deadline", "resume", "propose-deduction", "hold-to-account"}


def actions(kind: TicketKind) -> list[str]:
    """What people can do to some kind of ticket; closing by itself is nobody's command."""
    from services.ticketing.tickets.commands_router import COMMANDS

    return [*(command for command, *_ in COMMANDS), *(deed.code for deed in kind.deeds)]


async def do(desk: Desk, kind: TicketKind, ticket_id: str, action: str) -> httpx.Response:
    """An action by somebody who may do it."""
    deed = kind.deed(action)
    role = "gm"
    if deed is not None:
        role = sorted(deed.roles)[0]
    elif action == "rule-validity":
        role = "qa"
    elif action in ("propose-validity", "cancel") or action in kind.actors:
        role = "supervisor"
    # Each by somebody else, so that nobody looks at their own work.
    headers = desk.owner() if action == "rate" else desk.staff(role, uuid4())
    path, body = f"/tickets/{ticket_id}/{action}", BODIES.get(action, {})
    if deed is not None:
        path, body = f"/tickets/{ticket_id}/deeds", {"deed": action, "fields": FIELDS.get(action, {})}
    return await desk.register.post(path, body, headers)


def ways(kind: TicketKind) -> dict[str, list[str]]:
    """The shortest way to every state that people can bring a case to."""
    found: dict[str, list[str]] = {kind.first: []}
    queue = deque([kind.first])
    possible = [a for a in actions(kind) if a not in NEEDS_MORE]
    while queue:
        state = queue.popleft()
        for action in possible:
            after = kind.moves.get(action, {}).get(state)
            if after is not None and after not in found:
                found[after] = [*found[state], action]
                queue.append(after)
        refusal = kind.moves.get("refuse-signature", {}).get(state)
        if refusal is not None and refusal not in found:
            found[refusal] = [*found[state], "reopen"]
            queue.append(refusal)
    return found


async def brought_to(desk: Desk, kind: TicketKind, way: list[str]) -> dict[str, Any]:
    """A new ticket, brought to the end of a way."""
    ticket = await desk.ticket(kind.code, fields=INTAKE.get(kind.code, {}))
    for action in way:
        answer = await do(desk, kind, ticket["id"], action)
        assert answer.status_code == 200, (action, answer.text)
        ticket = answer.json()
    return ticket
