"""A-212: closed complaints rated satisfied, by the owner's own rating or else the follow-up call's (AMB-022, AMB-110,
AMB-111)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from services.kpi.domain.complaint_facts import link, who
from services.kpi.domain.facts import NOT_ASKED, WITHIN_LIMIT, Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text, exact
from services.kpi.domain.times import instant, maybe_instant

CODE = "complaint.resolution.satisfaction.rate"
TO_ASK = timedelta(hours=48)  # the follow-up call's own limit (B-013): until then nobody has failed to ask


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """One rating per complaint, never both; it belongs to the period in which it was given (AMB-109).

    A complaint that was closed without anybody asking the owner is listed as not asked: a period with only such cases
    was not measured, which is a miss and not an absence of cases (AMB-008).
    """
    doc = case.doc
    if doc.get("cancelled_at") is not None:
        return ()
    closed = maybe_instant(doc.get("closed_at") or doc.get("signed_at"), case.zone)
    own, call = doc.get("rated_at"), doc.get("revisit") or {}
    if own is not None:
        source, score, told, at = "owner", doc.get("score"), doc.get("satisfied"), instant(own, case.zone)
    elif call.get("done_at") is not None and (call.get("score") is not None or call.get("satisfied") is not None):
        source, score, told, at = (
            "revisit",
            call.get("score"),
            call.get("satisfied"),
            instant(call["done_at"], case.zone),
        )
    elif closed is not None:
        if doc.get("asked_at") is not None:
            return (_fact(case, closed, 0, "not_rated", counted=False),)
        return (_fact(case, closed, 0, NOT_ASKED, counted=False, decided=closed + TO_ASK),)
    else:
        return ()
    # row: AMB-022, AMB-085 a share of satisfied ratings, each by its own mark
    satisfied = exact(score) >= exact(judging.parameters["satisfied_from"]) if score is not None else bool(told)
    detail = {"number": doc.get("number"), "score": score, "source": source}
    if closed is None:
        return (
            _fact(case, at, int(satisfied), WITHIN_LIMIT, counted=False, detail={**detail, "waits_for": "closing"}),
        )
    verdict = "satisfied" if satisfied else "unsatisfied"
    return (_fact(case, at, int(satisfied), verdict, decided=max(at, closed), detail=detail),)


def _fact(
    case: Case,
    at: datetime,
    numerator: int,
    verdict: str,
    *,
    counted: bool = True,
    decided: datetime | None = None,
    detail: Mapping[str, Any] | None = None,
) -> Fact:
    return Fact(
        indicator=CODE,
        subject=case.subject,
        numerator=numerator,
        denominator=1,
        on=at.astimezone(case.zone).date(),
        verdict=verdict,
        counted=counted,
        at=at,
        decided_at=decided,
        who=who(case),
        link=link(case),
        detail=detail or {"number": case.doc.get("number")},
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-212",
    title=Text("投诉解决满意度", "Satisfaction with solved complaints"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    parameters={"satisfied_from": "80"},
    misses=Text("件不满意", "not satisfied"),
)

EXAMPLES = (
    Example(
        "80 of 100 is satisfied",
        [{"score": 80, "rated_at": "2025-03-10T10:00:00+08:00", "closed_at": "2025-03-10T10:00:00+08:00"}],
        1,
        1,
        ["satisfied"],
    ),
    Example(
        "79 is not",
        [{"score": 79, "rated_at": "2025-03-10T10:00:00+08:00", "closed_at": "2025-03-10T10:00:00+08:00"}],
        0,
        1,
        ["unsatisfied"],
    ),
    Example(
        "AMB-110: the owner's own rating stands, whatever the call says",
        [
            {
                "score": 60,
                "rated_at": "2025-03-10T10:00:00+08:00",
                "closed_at": "2025-03-10T10:00:00+08:00",
                "revisit": {"score": 95, "done_at": "2025-03-11T10:00:00+08:00"},
            }
        ],
        0,
        1,
        ["unsatisfied"],
    ),
    Example(
        "AMB-110: without one, the call that reached the owner",
        [{"closed_at": "2025-03-10T10:00:00+08:00", "revisit": {"score": 95, "done_at": "2025-03-11T10:00:00+08:00"}}],
        1,
        1,
        ["satisfied"],
    ),
    Example(
        "AMB-008: closed and nobody asked: not measured",
        [{"closed_at": "2025-03-10T10:00:00+08:00"}],
        0,
        0,
        [NOT_ASKED],
        state="not_measured",
    ),
)
