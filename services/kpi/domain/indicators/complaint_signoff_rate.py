"""A-224: closed complaints that the owner signed off (B-011, AMB-105)."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.complaint_facts import link, who
from services.kpi.domain.complaints import received
from services.kpi.domain.facts import Case, Example, Fact, Indicator, Judging
from services.kpi.domain.numbers import Text
from services.kpi.domain.times import maybe_instant

CODE = "complaint.signoff.rate"


def judge(case: Case, judging: Judging) -> Sequence[Fact]:
    """A complaint closed without the owner's signature (a recorded decision of the GM) counts against the rate."""
    closed = maybe_instant(case.doc.get("closed_at"), case.zone)
    if closed is None:
        return ()
    start, signed = received(case), case.doc.get("signed_at") is not None
    return (
        Fact(
            indicator=CODE,
            subject=case.subject,
            numerator=int(signed),
            denominator=1,
            on=start.astimezone(case.zone).date(),
            verdict="signed" if signed else "unsigned",
            at=start,
            decided_at=closed,
            who=who(case),
            link=link(case),
            detail={
                "number": case.doc.get("number"),
                "closed_at": closed.isoformat(),
                "method": case.doc.get("sign_method"),
            },
        ),
    )


INDICATOR = Indicator(
    code=CODE,
    row="A-224",
    title=Text("投诉业主签字结案率", "Complaints closed with the owner's signature"),
    unit="percent",
    families=("complaint",),
    judge=judge,
    misses=Text("件无签字", "unsigned"),
)

EXAMPLES = (
    Example(
        "signed and closed",
        [
            {
                "received_at": "2025-03-07T09:00:00+08:00",
                "signed_at": "2025-03-09T10:00:00+08:00",
                "closed_at": "2025-03-09T10:00:00+08:00",
            }
        ],
        1,
        1,
        ["signed"],
    ),
    Example("still open: not a case yet", [{"received_at": "2025-03-07T09:00:00+08:00"}], 0, 0, state="no_data"),
)
