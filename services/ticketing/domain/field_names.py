"""How the history of a case names what happens in the field, Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

FIELD_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "order.pool": ("等待接单", "waiting for somebody to take it"),
    "order.accept": ("接单", "order accepted"),
    "order.refuse": ("拒单", "order refused"),
    "order.lapse": ("超时未接", "order not answered in time"),
    "appointment.propose": ("业主提议预约时间", "appointment proposed"),
    "appointment.set": ("确定预约时间", "appointment agreed"),
    "accept-work": ("质量验收", "quality checked"),
    "return-slip": ("收回维修任务单", "work slip returned"),
    "chase": ("催办", "chased"),
    "review": ("主管查阅", "reviewed"),
    "repeat.found": ("重复报修", "fault came again"),
    "slip.draft": ("开具有偿服务单", "service slip written"),
    "slip.price": ("修改有偿服务单", "service slip changed"),
    "slip.confirm": ("业主确认有偿服务单", "service slip confirmed"),
    "slip.refuse": ("业主不认可有偿服务单", "service slip refused"),
    "slip.post": ("录入有偿服务金额", "service slip posted"),
    "slip.void": ("作废有偿服务单", "service slip made void"),
    "order.transfer": ("转派交接", "handed over"),
}
