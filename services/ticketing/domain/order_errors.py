"""What work orders refuse, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound


class NoSuchOrder(NotFound):
    """The order is unknown, or outside the caller's reach."""

    code = "ticketing.order.unknown"
    zh = "没有这张派工单，或者您无权查看"
    en = "There is no such work order within your reach"


class OrderInvalid(Malformed):
    """Something said of an order cannot be stored; the fields say what to change."""

    code = "ticketing.order.invalid"
    zh = "派工内容有误，请按提示修改"
    en = "What was said of the work order is not valid; see the fields"


class OrderNotNow(Conflict):
    """The order is in a state in which this is not possible."""

    code = "ticketing.order.not_now"
    zh = "派工单现为“{state_zh}”，不能{action_zh}；请刷新后重试"
    en = 'The work order is "{state_en}" and cannot be {action_en} now; read it again'


class OrderTaken(Conflict):
    """Somebody else was quicker."""

    code = "ticketing.order.taken"
    zh = "这张单已由{name}接走"
    en = "{name} has taken this order already"


class OrderOpen(Conflict):
    """The case is in somebody's hands already."""

    code = "ticketing.order.open"
    zh = "该工单已有未完成的派工（{name}），请转派，不要重复派工"
    en = "This case has an open work order ({name}); transfer it instead of giving out another"


class NotYourOrder(Forbidden):
    """The order is somebody else's."""

    code = "ticketing.order.not_yours"
    zh = "这张派工单不是派给您的，请由接单人或派工人员办理"
    en = "This order is not yours; its engineer, or whoever gives orders out, has to do this"


class NotOnDuty(Conflict):
    """Only who is on duty with the skill takes orders from the pool."""

    code = "ticketing.order.not_on_duty"
    zh = "只有当班且具备相应技能的人员可以抢单"
    en = "Orders in the pool are for those on duty who have the skill"
