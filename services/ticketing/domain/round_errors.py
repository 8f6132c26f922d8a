"""What patrols and rounds of calls refuse, each with a stable code and a sentence to act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, Malformed, NotFound


class NoSuchPatrol(NotFound):
    """The patrol is unknown, or outside the caller's reach."""

    code = "ticketing.patrol.unknown"
    zh = "没有这条巡查记录，或者您无权查看"
    en = "There is no such patrol within your reach"


class PatrolInvalid(Malformed):
    """A patrol as told cannot be; the fields say what to change."""

    code = "ticketing.patrol.invalid"
    zh = "巡查记录有误，请按提示修改"
    en = "The patrol is not valid; see the fields"


class OwnPatrol(Forbidden):
    """Nobody reads their own record for the supervisor."""

    code = "ticketing.patrol.own"
    zh = "巡查记录须由他人审阅"
    en = "The record of a patrol is read by somebody else"


class PatrolRead(Conflict):
    """The record was read before; the first reading stands."""

    code = "ticketing.patrol.read"
    zh = "该巡查记录已审阅"
    en = "This record was read already"


class NoSuchCarePlan(NotFound):
    """The plan of regular calls is unknown, or outside the caller's reach."""

    code = "ticketing.care_plan.unknown"
    zh = "没有这个定期回访计划，或者您无权查看"
    en = "There is no such plan of regular calls within your reach"


class CarePlanEnded(Conflict):
    """The plan has ended; its records stay."""

    code = "ticketing.care_plan.ended"
    zh = "该定期回访计划已结束"
    en = "This plan of regular calls has ended"


class NoSuchCareCall(NotFound):
    """The household is not in this round, or outside the caller's reach."""

    code = "ticketing.care_call.unknown"
    zh = "本轮没有这户的回访，或者您无权查看"
    en = "This household is in no such round within your reach"


class CareCallDone(Conflict):
    """The household was reached, or refused, in this round."""

    code = "ticketing.care_call.done"
    zh = "本轮该户已回访"
    en = "This household was called on in this round already"


class CareInvalid(Malformed):
    """A plan or a call as told cannot be; the fields say what to change."""

    code = "ticketing.care.invalid"
    zh = "定期回访信息有误，请按提示修改"
    en = "The regular call is not valid; see the fields"
