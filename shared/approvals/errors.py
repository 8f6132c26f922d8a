"""What approvals refuse."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed


class OwnRequest(Forbidden):
    """Four eyes: whoever asks does not decide."""

    code = "approval.request.own"
    zh = "不能审批自己提出的申请"
    en = "Nobody decides about their own request"


class NotYourTurn(Forbidden):
    """The step is another's."""

    code = "approval.step.not_yours"
    zh = "当前审批环节不由您处理"
    en = "The present step is not yours to decide"


class NotNow(Conflict):
    """Decided, given back or expired."""

    code = "approval.request.not_pending"
    zh = "该申请当前不能处理（状态：{state}）"
    en = "The request cannot be decided now (it is {state})"


class NotReturned(Conflict):
    """Only what was given back is asked again."""

    code = "approval.request.not_returned"
    zh = "只有被退回且未过期的申请才能重新提交（状态：{state}）"
    en = "Only a request that was given back and has not expired can be asked again (it is {state})"


class AlreadyInChain(Conflict):
    """A delegation to somebody who is in the chain would make two eyes of four."""

    code = "approval.delegation.already_in_chain"
    zh = "不能转交给已在审批链中的人员"
    en = "A step cannot be delegated to somebody who is in the chain already"


class NobodyToAsk(Malformed):
    """The ladder has no rung for this."""

    code = "approval.ladder.empty"
    zh = "没有为此申请设置审批人"
    en = "Nobody is set to decide about this"
