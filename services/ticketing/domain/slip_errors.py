"""What paid service slips refuse, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Malformed, NotFound


class NoSuchSlip(NotFound):
    """The slip is unknown, or outside the caller's reach."""

    code = "ticketing.slip.unknown"
    zh = "没有这张有偿服务单，或者您无权查看"
    en = "There is no such service slip within your reach"


class SlipInvalid(Malformed):
    """Something said of a slip cannot be stored; the fields say what to change."""

    code = "ticketing.slip.invalid"
    zh = "有偿服务单内容有误，请按提示修改"
    en = "What was said of the service slip is not valid; see the fields"


class SlipNotNow(Conflict):
    """The slip is in a state in which this is not possible."""

    code = "ticketing.slip.not_now"
    zh = "有偿服务单现为“{state_zh}”，不能{action_zh}"
    en = 'The service slip is "{state_en}" and cannot be {action_en} now'


class SlipChanged(Conflict):
    """The lines are not those that were shown; what nobody read is not confirmed."""

    code = "ticketing.slip.changed"
    zh = "服务单明细已变更，请重新核对后再确认"
    en = "The lines of the slip have changed; read them again before you confirm"


class SlipOpen(Conflict):
    """The case has a slip that is not settled with the owner."""

    code = "ticketing.slip.open"
    zh = "有偿服务单 {number} 现为“{state_zh}”，请先由业主确认，或修改、作废"
    en = 'Service slip {number} is "{state_en}"; have the owner confirm it, change it or make it void first'


class CaseOver(Conflict):
    """The case is closed or taken back; nothing more is charged on it."""

    code = "ticketing.slip.case_over"
    zh = "工单已关闭或撤销，不能再开具或修改有偿服务单"
    en = "The case is closed or cancelled; no slip can be written or changed on it any more"
