"""What organisation, staff and rosters refuse, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound


class NoSuchAssignment(NotFound):
    """Unknown, or outside the caller's reach."""

    code = "ticketing.assignment.unknown"
    zh = "没有这项任命，或者您无权查看"
    en = "There is no such assignment within your reach"


class AssignmentInvalid(Malformed):
    """It names what there is not, or ends before it begins."""

    code = "ticketing.assignment.invalid"
    zh = "任命内容有误，请按提示修改"
    en = "The assignment is not valid; see the fields"


class AssignmentNotYours(Forbidden):
    """D-017, D-018, D-084: decided by somebody above; it may be proposed."""

    code = "ticketing.assignment.not_yours"
    zh = "此项任免不在您的权限内，您可以提名（propose=true），由上级审批"
    en = "This is not yours to decide; propose it (propose=true) and let it be decided above you"


class OwnAssignment(Forbidden):
    """Nobody hands themselves a duty, nor takes one off."""

    code = "ticketing.assignment.own"
    zh = "不能为自己任免岗位或职责"
    en = "Nobody decides about their own duties"


class WorksElsewhere(Conflict):
    """A role holds in all org units of a person: whoever gives one has to see them all."""

    code = "ticketing.assignment.works_elsewhere"
    zh = "此人还在您管辖范围之外的部门任职，岗位须由能管辖其全部部门的人任免"
    en = "This person also works outside your reach; somebody who sees all their org units has to give them a role"


class AssignmentTwice(Conflict):
    """The person holds the same duty there in part of that time already."""

    code = "ticketing.assignment.held_already"
    zh = "此人在该时间段内已在该部门担任此职责"
    en = "This person holds this duty there in part of that time already"


class DutyTaken(Conflict):
    """D-047: one holder at a time."""

    code = "ticketing.assignment.taken"
    zh = "该部门此职责同一时间只能由一人担任，请先结束现任（{holder}）"
    en = "One person at a time holds this duty in an org unit; end the present one first ({holder})"


class AssignmentOver(Conflict):
    """It was not decided, or has ended."""

    code = "ticketing.assignment.over"
    zh = "该任命未生效或已结束"
    en = "The assignment does not hold, or has ended"


class StillEmployed(Conflict):
    """Whoever works here is needed by name; their data goes after they left."""

    code = "ticketing.staff.employed"
    zh = "此人尚在职；办理离职后方可删除其个人信息"
    en = "This member of staff has not left; their data can be erased once they have"


class StaffLeft(Conflict):
    """Whoever has left is given nothing any more."""

    code = "ticketing.staff.left"
    zh = "此人已离职"
    en = "This member of staff has left"


class WorkWithoutSuccessor(Conflict):
    """Somebody does not go while their work would be nobody's."""

    code = "ticketing.staff.work_left"
    zh = "以下工作尚无接手人：{work}"
    en = "Nobody takes these over yet: {work}"


class HandoverInvalid(Malformed):
    """A successor who cannot take it, or work that is not this person's."""

    code = "ticketing.handover.invalid"
    zh = "工作交接内容有误，请按提示修改"
    en = "The hand-over is not valid; see the fields"


class NoSuchDelegation(NotFound):
    """Unknown, or neither one's own nor within the caller's reach."""

    code = "ticketing.delegation.unknown"
    zh = "没有这项授权，或者您无权查看"
    en = "There is no such delegation within your reach"


class DelegationInvalid(Malformed):
    """To oneself, to nobody, or for a time that cannot be."""

    code = "ticketing.delegation.invalid"
    zh = "授权内容有误，请按提示修改"
    en = "The delegation is not valid; see the fields"


class DelegationOver(Conflict):
    """Revoked, or past its end."""

    code = "ticketing.delegation.over"
    zh = "该授权已撤销或已到期"
    en = "The delegation was revoked or has ended"


class NoSuchPost(NotFound):
    """Unknown, or outside the caller's reach."""

    code = "ticketing.post.unknown"
    zh = "没有这个岗点，或者您无权查看"
    en = "There is no such post within your reach"


class PostExists(Conflict):
    """One post of a code in an org unit."""

    code = "ticketing.post.exists"
    zh = "该部门已有此岗点"
    en = "The org unit has this post already"


class NoSuchShift(NotFound):
    """Unknown, or outside the caller's reach."""

    code = "ticketing.shift.unknown"
    zh = "没有这个班次，或者您无权查看"
    en = "There is no such shift within your reach"


class RosterInvalid(Malformed):
    """A day or a period that cannot be asked for."""

    code = "ticketing.roster.invalid"
    zh = "排班查询或登记内容有误，请按提示修改"
    en = "The request about the roster is not valid; see the fields"


class DayNotOver(Conflict):
    """A check of roster and presence speaks of a day that has begun."""

    code = "ticketing.roster_check.too_early"
    zh = "该日尚未开始，不能登记检查"
    en = "The day has not begun; it cannot be checked yet"


class NoSuchLeave(NotFound):
    """Unknown, or outside the caller's reach."""

    code = "ticketing.leave.unknown"
    zh = "没有这项请假，或者您无权查看"
    en = "There is no such leave within your reach"


class LeaveInvalid(Malformed):
    """It ends before it begins, or its org unit is not one's own."""

    code = "ticketing.leave.invalid"
    zh = "请假内容有误，请按提示修改"
    en = "The leave is not valid; see the fields"


class LeaveTwice(Conflict):
    """Asked for or approved already for part of that time."""

    code = "ticketing.leave.overlaps"
    zh = "该时间段与您已有的请假重叠"
    en = "You have asked for leave in part of that time already"


class LeaveNotYours(Forbidden):
    """Leave is taken back by whoever asked for it; those above refuse it before it is approved."""

    code = "ticketing.leave.not_yours"
    zh = "只有本人可以取消请假"
    en = "Leave is taken back by whoever asked for it"


class NoSuchBar(NotFound):
    """Unknown, or outside the caller's reach."""

    code = "ticketing.bar.unknown"
    zh = "没有这项停岗记录，或者您无权查看"
    en = "There is no such bar within your reach"


class BarInvalid(Malformed):
    """It ends before it begins."""

    code = "ticketing.bar.invalid"
    zh = "停岗内容有误，请按提示修改"
    en = "The bar is not valid; see the fields"


class BarOver(Conflict):
    """Lifted, or past its end."""

    code = "ticketing.bar.over"
    zh = "该停岗已解除或已到期"
    en = "The bar was lifted or has ended"


class PunchNotNow(Conflict):
    """Clocked in twice, or out without having clocked in, at one instant or before the last one."""

    code = "ticketing.punch.not_now"
    zh = "打卡时间早于上一次打卡，请核对"
    en = "The punch lies before your last one; check the time"
