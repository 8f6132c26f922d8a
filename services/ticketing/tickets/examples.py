"""A body of each command, for the API's documentation: one water leak from the call to the signature."""

from collections.abc import Mapping
from typing import Any, Final

_ENGINEER: Final = "01955a3e-7c00-7000-8000-00000000000e"

EXAMPLES: Final[Mapping[str, Mapping[str, Any]]] = {
    "respond": {"note": "已电话告知业主，工程人员半小时内到场", "channel": "phone"},
    "dispatch": {"assignee_id": _ENGINEER, "department": "工程部"},
    "arrive": {"place": "3 栋 2 单元 501", "finding": "厨房立管接头老化渗水"},
    "plan": {"text": "更换接头并试压，预计两小时，不收费"},
    "classify": {"urgency": "urgent", "complex": False, "reason": "水已渗到楼下"},
    "set-deadline": {"deadline": "2025-03-21T10:00:00Z"},
    "follow-up-note": {"note": "已与楼下住户说明情况", "public": True},
    "propose-validity": {"valid": False, "reason": "反映的噪声来自小区外的施工"},
    "rule-validity": {"valid": True, "reason": "现场核实属实"},
    "complete": {"result": "接头已更换，试压一小时无渗漏", "handler_id": _ENGINEER},
    "sign": {"signer_name": "王女士", "method": "app"},
    "rate": {"score": 95, "comment": "来得很快"},
    "reopen": {
        "reason": "次日又开始渗水",
        "occurred_at": "2025-03-08T01:30:00Z",
        "late_reason": "业主当日未联系上前台",
    },
    "cancel": {"reason": "业主已自行处理"},
    "pause": {"cause": "parts", "note": "水泵叶轮缺货，厂家次日发货"},
    "resume": {"note": "配件已到"},
}
