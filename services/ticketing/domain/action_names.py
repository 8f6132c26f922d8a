"""What is done to a case, as sentences and histories name it, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

#: Actions as sentences name them.
ACTIONS: Final[Mapping[str, tuple[str, str]]] = {
    "create": ("登记", "taken in"),
    "respond": ("响应", "responded to"),
    "dispatch": ("派工", "dispatched"),
    "arrive": ("到场", "visited on site"),
    "plan": ("反馈方案", "given a plan"),
    "classify": ("归类", "classified"),
    "set-deadline": ("约定时限", "given a deadline"),
    "follow-up-note": ("跟进记录", "annotated"),
    "propose-validity": ("提议是否有效", "proposed as valid or not"),
    "rule-validity": ("裁定是否有效", "ruled valid or not"),
    "complete": ("处理完毕", "completed"),
    "sign": ("业主签字", "signed"),
    "refuse-signature": ("业主拒签", "refused by the owner"),
    "rate": ("评价", "rated"),
    "reopen": ("重新处理", "reopened"),
    "cancel": ("撤销", "cancelled"),
    "close": ("自动关闭", "closed"),
    "pause": ("暂停计时", "paused"),
    "pause-asked": ("申请暂停", "asked to be paused"),
    "pause-refused": ("暂停未获批准", "not paused"),
    "resume": ("恢复计时", "resumed"),
    "acknowledge": ("自动回执", "acknowledged automatically"),
    "revisit": ("回访", "followed up by phone"),
    "reply": ("回复", "replied to"),
    "withdraw-reply": ("撤回回复", "relieved of a reply"),
    "urge": ("催单", "urged"),
    "decide-unsigned": ("未签字结案决定", "closed unsigned by decision"),
    "keep-open": ("未签字不结案决定", "kept open by decision"),
}
