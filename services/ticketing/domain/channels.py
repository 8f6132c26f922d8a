"""By what way an owner's matter reached us, and what each way demands so that it can be followed back (C-043).

A screenshot of a WeChat group names the message and its time; 12345 and the authorities ask again under their own
number and by their own deadline; a media report is found by its outlet.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from shared.errors import FieldError


@dataclass(frozen=True, slots=True)
class Channel:
    """A way in. ``demands`` must be given with it, ``takes`` may be; residents choose among ``own`` ones alone."""

    zh: str
    en: str
    demands: tuple[str, ...] = ()
    takes: tuple[str, ...] = ()
    own: bool = False


_AUTHORITY: Final = ("number", "deadline")

CHANNELS: Final[Mapping[str, Channel]] = {
    "app": Channel("业主 app", "owners' app", own=True),
    "mini_program": Channel("微信小程序", "WeChat mini-program", own=True),
    # row: C-043 every channel is a channel of the register
    "phone": Channel("电话", "phone", takes=("call_id",)),
    "visit": Channel("来访", "visit", takes=("visit_id",)),
    "wechat_group": Channel("微信群", "WeChat group", demands=("screenshot_id", "posted_at")),
    # row: B-024, C-042 a hotline's case is followed under its own number and deadline
    "hotline_12345": Channel("12345 热线", "12345 hotline", demands=_AUTHORITY),
    "authority": Channel("主管部门", "authority", demands=_AUTHORITY, takes=("outlet",)),
    "media": Channel("媒体", "media", demands=("outlet",), takes=("posted_at",)),
    "email": Channel("电子邮件", "e-mail"),
    "patrol": Channel("巡查", "patrol"),
    "chat": Channel("在线聊天", "online chat", own=True),
    "system": Channel("系统", "system"),
}

_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "call_id": ("通话", "the call"),
    "visit_id": ("来访记录", "the visit"),
    "screenshot_id": ("群消息截图", "the screenshot of the message"),
    "posted_at": ("消息时间", "the time of the message"),
    "number": ("来件编号", "the number it has there"),
    "deadline": ("办结时限", "the deadline set for it"),
    "outlet": ("媒体或单位名称", "the name of the outlet or office"),
}


def faults_of(
    channel: str,
    origin: Mapping[str, Any],
    attachments: Collection[UUID],
    received_at: datetime,
    now: datetime,
    *,
    resident: bool,
) -> list[FieldError]:
    """What is missing from, or strange to, an intake by this channel; nothing when it can be taken in."""
    spec = CHANNELS[channel]
    found = []
    if resident and not spec.own:
        zh, en = "业主自助报事不能使用此渠道", "Owners cannot report by this channel themselves"
        found.append(FieldError("channel", zh, en))
    for name in spec.demands:
        if origin.get(name) is None:
            zh, en = _NAMES[name]
            found.append(FieldError(f"origin.{name}", f"{spec.zh}渠道须填写{zh}", f"By {spec.en}, give {en}"))
    for name, value in origin.items():
        if value is not None and name not in (*spec.demands, *spec.takes):
            found.append(FieldError(f"origin.{name}", f"{spec.zh}渠道没有此项", f"This does not go with {spec.en}"))
    if found:
        return found
    posted, deadline = origin.get("posted_at"), origin.get("deadline")
    if posted is not None and posted > now:
        found.append(FieldError("origin.posted_at", "消息时间不能晚于现在", "The message cannot be of the future"))
    if deadline is not None and deadline <= received_at:
        zh, en = "办结时限须晚于收件之时", "The deadline lies before the case was received"
        found.append(FieldError("origin.deadline", zh, en))
    if origin.get("screenshot_id") is not None and origin["screenshot_id"] not in attachments:
        zh, en = "截图须同时列在附件中", "List the screenshot among the attachments, too"
        found.append(FieldError("origin.screenshot_id", zh, en))
    return found


def told_at(channel: str, origin: Mapping[str, Any], occurred_at: datetime | None) -> datetime | None:
    """When the owner told us, unless that was said: in a group, when they wrote it there, not when we read it."""
    return occurred_at or (origin.get("posted_at") if channel == "wechat_group" else None)
