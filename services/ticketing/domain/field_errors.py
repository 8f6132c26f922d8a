"""What happens in the field and cannot now, each with a stable code and a sentence a person can act on."""

from __future__ import annotations

from shared.errors import Conflict


class WorkOver(Conflict):
    """The work is done, or the case has ended: no time can be agreed and nobody urged."""

    code = "ticketing.work.over"
    zh = "维修已完成或工单已结束，不能再预约或催办；如未修好请先重新处理"
    en = "The work is done or the case has ended; reopen it first if it is not"


class WorkNotDone(Conflict):
    """The work is not done yet: nothing to accept and no slip to collect."""

    code = "ticketing.work.not_done"
    zh = "维修尚未完工，完工后再办理"
    en = "The work is not done yet; do this after its completion"


class AlreadyDone(Conflict):
    """It was done for this round of work."""

    code = "ticketing.work.already_done"
    zh = "本次维修已办理过“{what_zh}”"
    en = "This was done for this round of work already: {what_en}"
