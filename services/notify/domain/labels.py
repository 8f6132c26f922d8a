"""The words for codes that reach a reader: a code is never shown to an owner.

Without this table a message would say `repair` to someone who reads Chinese. A code that is not listed is
shown as it is, so that a new kind of ticket never stops a message; the templates' test names the codes in
use.
"""

from collections.abc import Mapping
from typing import Final

LABELS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "ticket_kind": {
        "repair": ("报修", "repair request"),
        "complaint": ("投诉", "complaint"),
        "inquiry": ("咨询", "question"),
    },
    "fee_kind": {
        "property": ("物业费", "property fee"),
        "parking": ("停车费", "parking fee"),
        "water": ("水费", "water charge"),
        "electricity": ("电费", "electricity charge"),
        "gas": ("燃气费", "gas charge"),
        "shared": ("公摊费", "shared cost"),
        "service": ("有偿服务费", "paid service"),
        "deposit": ("押金", "deposit"),
        "late_fee": ("违约金", "late fee"),
    },
    "clock": {
        "complaint": ("投诉处理", "handling of a complaint"),
        "complaint.complex.deadline": ("复杂投诉约定期限", "agreed date of a complex complaint"),
        "complaint.onsite.urgent": ("紧急投诉到场", "arrival at an urgent complaint"),
        "complaint.plan": ("投诉初步方案", "preliminary plan for a complaint"),
        "complaint.rectification": ("投诉整改", "rectification of a complaint"),
        "complaint.resolution": ("投诉办结", "resolution of a complaint"),
        "complaint.response": ("投诉响应", "answer to a complaint"),
        "repair.arrival": ("报修到场", "arrival at a repair"),
        "repair.completion": ("报修完成", "completion of a repair"),
        "repair.dispatch": ("报修派单", "dispatch of a repair"),
        "revisit.48h": ("48 小时回访", "follow-up call within 48 hours"),
        "ticket.followup": ("回访", "follow-up"),
    },
    "department": {
        "engineering": ("工程部", "the engineering team"),
        "security": ("秩序维护部", "the security team"),
        "cleaning": ("保洁部", "the cleaning team"),
        "greening": ("绿化部", "the gardening team"),
        "customer_service": ("客服部", "customer service"),
        "finance": ("财务部", "the finance team"),
    },
}


def label(group: str, code: str, locale: str) -> str:
    """The word a reader of `locale` ("zh" or "en") sees for a code; the code itself where none is listed.

    An unknown group is a mistake in a template's own declaration and raises KeyError.
    """
    pair = LABELS[group].get(code)
    if pair is None:
        return code
    return pair[0] if locale == "zh" else pair[1]
