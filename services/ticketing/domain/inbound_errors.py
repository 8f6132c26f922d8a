"""What calls, visits, mail and their connections refuse, each with a stable code and a sentence to act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound, Unauthorised


class NoSuchConnection(NotFound):
    """The exchange or mailbox is unknown, ended, or outside the caller's reach."""

    code = "ticketing.connection.unknown"
    zh = "没有这个接入，或者您无权查看"
    en = "There is no such connection within your reach"


class SourceTaken(Conflict):
    """Two connections of one source would mix up their calls."""

    code = "ticketing.connection.source_taken"
    zh = "来源代码 {source} 已被另一个接入使用，请换一个"
    en = "The source {source} belongs to another connection; choose another one"


class ConnectionInvalid(Malformed):
    """A connection as described cannot work; the fields say what to change."""

    code = "ticketing.connection.invalid"
    zh = "接入信息有误，请按提示修改"
    en = "The connection is not valid; see the fields"


class NotSigned(Unauthorised):
    """Unknown connection, wrong secret, altered content, or a message too old: which of them is not told."""

    code = "ticketing.connection.not_signed"
    zh = "签名无效、已过期或接入不存在；请核对密钥与系统时钟"
    en = "The signature is wrong or too old, or there is no such connection; check the secret and the clock"


class EventInvalid(Malformed):
    """An event of an exchange is not in its form; the fields say what is wrong."""

    code = "ticketing.call.event_invalid"
    zh = "通话事件格式有误，请按提示修改"
    en = "The event of the call is not valid; see the fields"


class EventChanged(Conflict):
    """The same event of the same call was sent before with another content; the first one stands."""

    code = "ticketing.call.event_changed"
    zh = "该通话的同一事件已收到过，但内容不同；以先收到的为准"
    en = "This event of the call came before with another content; the first one stands"


class CallTimesCross(Malformed):
    """A call cannot be answered before it is offered, nor end before that, nor lie in the future."""

    code = "ticketing.call.times_cross"
    zh = "通话时间前后矛盾，请核对呼入、接听与结束时间"
    en = "The times of the call contradict each other; check when it was offered, answered and ended"


class NoSuchCall(NotFound):
    """The call is unknown, or outside the caller's reach."""

    code = "ticketing.call.unknown"
    zh = "没有这通电话，或者您无权查看"
    en = "There is no such call within your reach"


class CallNotAnswered(Conflict):
    """Nobody spoke in this call, so nothing was settled in it."""

    code = "ticketing.call.not_answered"
    zh = "这通电话未接通，不能登记办理结果"
    en = "This call was not answered; nothing can have been settled in it"


class AffairSettled(Conflict):
    """What became of the matter is on record already."""

    code = "ticketing.affair.settled"
    zh = "此事项的办理结果已登记，不能重复登记"
    en = "What became of this matter is on record already"


class NoSuchReturn(NotFound):
    """The promise to call back is unknown, or outside the caller's reach."""

    code = "ticketing.call_return.unknown"
    zh = "没有这项回电任务，或者您无权查看"
    en = "There is no such call to return within your reach"


class ReturnClosed(Conflict):
    """The call was returned already, or the caller got through."""

    code = "ticketing.call_return.closed"
    zh = "该来电已回复或业主已接通，无需再登记"
    en = "This call was returned already, or the caller got through"


class NoSuchVisit(NotFound):
    """The visit is unknown, or outside the caller's reach."""

    code = "ticketing.visit.unknown"
    zh = "没有这条来访记录，或者您无权查看"
    en = "There is no such visit within your reach"


class VisitInvalid(Malformed):
    """What was said of the visit cannot be stored; the fields say what to change."""

    code = "ticketing.visit.invalid"
    zh = "来访记录有误，请按提示修改"
    en = "The record of the visit is not valid; see the fields"


class OwnVisit(Forbidden):
    """Whoever received a visitor does not observe their own greeting (B-002)."""

    code = "ticketing.visit.own"
    zh = "接待人不能为自己的接待作观察记录，请由他人登记"
    en = "You received this visitor yourself; somebody else has to record the observation"


class AlreadyObserved(Conflict):
    """One observation for each visit."""

    code = "ticketing.visit.observed"
    zh = "该次来访已有观察记录，不可更改"
    en = "This visit was observed already; the record does not change"


class NumberTaken(Conflict):
    """A case with the authority's number is there already: it is that one that should go on."""

    code = "ticketing.ticket.authority_number_taken"
    zh = "编号 {number} 已登记为工单 {ticket}，请在该工单上继续办理"
    en = "The number {number} stands on ticket {ticket} already; go on with that one"


class MailUnreadable(Malformed):
    """The content is no message of the form that mail has."""

    code = "ticketing.mail.unreadable"
    zh = "邮件内容无法解析，请发送完整的原始邮件（RFC 5322）"
    en = "This is no readable mail; send the complete original message (RFC 5322)"
