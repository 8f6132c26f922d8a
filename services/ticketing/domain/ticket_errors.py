"""What tickets and follow-up calls refuse, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound


class NoSuchTicket(NotFound):
    """The ticket is unknown, or outside the caller's reach."""

    code = "ticketing.ticket.unknown"
    zh = "没有这张工单，或者您无权查看"
    en = "There is no such ticket within your reach"


class TicketInvalid(Malformed):
    """Something said of a ticket cannot be stored; the fields say what to change."""

    code = "ticketing.ticket.invalid"
    zh = "工单内容有误，请按提示修改"
    en = "What was said of the ticket is not valid; see the fields"


class NotNow(Conflict):
    """The action is not possible in the ticket's present state."""

    code = "ticketing.ticket.not_now"
    zh = "工单 {number} 现为“{state_zh}”，不能进行“{action_zh}”；目前可以：{allowed_zh}"
    en = 'Ticket {number} is "{state_en}" and cannot be {action_en} now; possible now: {allowed_en}'


class NotMergeable(Conflict):
    """The case cannot be merged into the other without a promise or an owner's say falling away."""

    code = "ticketing.ticket.not_mergeable"
    zh = "不能合并：{why_zh}"
    en = "They cannot be merged: {why_en}"


class AlreadyRecorded(Conflict):
    """The same thing is on record with an earlier or equal time; only an earlier one would change anything."""

    code = "ticketing.ticket.already_recorded"
    zh = "此事已记录在案（{at}），仅可补录更早的时间"
    en = "This is on record already ({at}); only an earlier time could still be added"


class NotComplex(Conflict):
    """Deadlines are agreed for complex complaints only (B-010)."""

    code = "ticketing.ticket.not_complex"
    zh = "只有复杂投诉才需约定解决时限，请先将其归类为复杂投诉"
    en = "Deadlines are agreed for complex complaints; classify this one as complex first"


class DeadlineAgreed(Conflict):
    """A deadline was agreed already; moving it would move the promise."""

    code = "ticketing.ticket.deadline_agreed"
    zh = "解决时限已约定为 {deadline}，不能更改"
    en = "The deadline was agreed as {deadline} and cannot be moved"


class OwnCase(Forbidden):
    """Whoever handled a case may not rate it, call about it or rule on it (C-054, architecture §3)."""

    code = "ticketing.ticket.own_case"
    zh = "您是该工单的处理人，不能由您进行“{action_zh}”，请由他人办理"
    en = "You handled this case; somebody else has to do this: {action_en}"


class MayNotDecide(Forbidden):
    """The resident's relation to the unit does not include this power."""

    code = "ticketing.ticket.relation_power_missing"
    zh = "您与该房屋的关系不包含此项权限，请由业主本人办理"
    en = "Your relation to the unit does not include this; the owner has to do it"


class WrongSigner(Forbidden):
    """Owners sign in the app themselves; staff record signatures given on a device or on paper."""

    code = "ticketing.ticket.wrong_signer"
    zh = "业主本人通过 app 签字；员工只能登记在设备或纸上的业主签字"
    en = "Owners sign in the app; staff can only record an owner's signature given on a device or on paper"


class DocumentChanged(Conflict):
    """What was shown to the signer is not what the case says now."""

    code = "ticketing.ticket.document_changed"
    zh = "签字内容与工单现状不一致，请重新展示后再签"
    en = "The case changed since it was shown for signing; show it again and sign that"


class AlreadyRated(Conflict):
    """One rating for each time the work was done."""

    code = "ticketing.ticket.already_rated"
    zh = "本次处理已评价过（{score} 分）"
    en = "This was rated already ({score} points)"


class AlreadyPaused(Conflict):
    """A pause covers that time already."""

    code = "ticketing.ticket.already_paused"
    zh = "该工单已暂停至 {until}，不能重复暂停；如需延长，请先恢复计时"
    en = "The case is paused until {until} already; resume it first to pause it for longer"


class NotPaused(Conflict):
    """Nothing is paused at that time."""

    code = "ticketing.ticket.not_paused"
    zh = "该工单在 {at} 并未暂停"
    en = "The case was not paused at {at}"


class NothingToPause(Conflict):
    """None of the case's open promises may be paused."""

    code = "ticketing.ticket.nothing_to_pause"
    zh = "该工单目前没有可以暂停的时限：响应、到场、方案和回访的时限不能暂停"
    en = "None of the promises that run now may be paused: response, visit, plan and follow-up call never are"


class NoSuchPause(NotFound):
    """The pause is unknown, or nobody has to decide about it."""

    code = "ticketing.pause.unknown"
    zh = "没有这项待审批的暂停，或者您无权查看"
    en = "There is no such pause waiting for a decision within your reach"


class NoSuchRevisit(NotFound):
    """The follow-up call is unknown, or outside the caller's reach."""

    code = "ticketing.revisit.unknown"
    zh = "没有这项回访任务，或者您无权查看"
    en = "There is no such follow-up call within your reach"


class RevisitDone(Conflict):
    """The call was made; its record does not change."""

    code = "ticketing.revisit.done"
    zh = "该回访已完成（{state}），记录不可更改"
    en = "This follow-up call is done ({state}); its record does not change"


class RevisitInvalid(Malformed):
    """The record of a call is not valid; the fields say what to change."""

    code = "ticketing.revisit.invalid"
    zh = "回访记录有误，请按提示修改"
    en = "The record of the call is not valid; see the fields"


class RevisitNamed(Forbidden):
    """Somebody else was named to make this call (C-048); the supervisor can name another person."""

    code = "ticketing.revisit.named_other"
    zh = "该回访已指定他人负责；如需由您回访，请主管改派"
    en = "Somebody else was named for this call; ask the supervisor to name you if you are to make it"


class NoSuchAttempt(NotFound):
    """The attempt is not one of this follow-up call."""

    code = "ticketing.revisit_attempt.unknown"
    zh = "该回访没有这次拨打记录"
    en = "This follow-up call has no such attempt"


class MayNotCorrect(Forbidden):
    """A record is corrected by whoever made the call, or by quality control."""

    code = "ticketing.revisit_attempt.not_yours"
    zh = "只有拨打人本人或质检人员可以更正回访记录"
    en = "Only whoever made the call, or quality control, can correct its record"


class NoSuchRevisitPlan(NotFound):
    """The sampling plan is unknown, or of an org unit outside the caller's reach."""

    code = "ticketing.revisit_plan.unknown"
    zh = "没有这个回访抽样方案，或者您无权查看"
    en = "There is no such sampling plan within your reach"


class RevisitPlanEnded(Conflict):
    """The plan has ended; a new one is made instead of changing it."""

    code = "ticketing.revisit_plan.ended"
    zh = "该抽样方案已停用，请另建新方案"
    en = "This sampling plan has ended; make a new one"


class RevisitPlanInvalid(Malformed):
    """The plan cannot be put in force; the fields say why."""

    code = "ticketing.revisit_plan.invalid"
    zh = "抽样方案有误，请按提示修改"
    en = "The sampling plan is not valid; see the fields"
