"""Facts about owners' files: one for being on the register, one for each check (AMB-113).

The register fact stands for a file nobody checked: it counts in the denominator and in no numerator.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from services.kpi.domain.facts import NEVER_CHECKED, Case, Fact
from services.kpi.domain.times import instant, local_date


def checked(code: str, case: Case, finding: Literal["complete", "up_to_date"], good: str, bad: str) -> Sequence[Fact]:
    """The register fact and a fact per check; which check of a period counts is the measure's business, not the
    judge's."""
    doc, link = case.doc, f"/ticketing/v1/archives/{case.subject}"
    since = None if doc.get("registered_at") is None else local_date(doc["registered_at"], case.zone)
    detail = {"unit_id": doc.get("unit_id")}
    facts = []
    if since is not None:
        facts.append(
            Fact(
                indicator=code,
                subject=case.subject,
                numerator=0,
                denominator=1,
                on=since,
                verdict=NEVER_CHECKED,
                group=case.subject,
                since=since,
                link=link,
                detail=detail,
            )
        )
    for check in doc.get("checks") or ():
        at = instant(check["checked_at"], case.zone)
        passed = bool(check[finding])
        facts.append(
            Fact(
                indicator=code,
                subject=f"{case.subject}@{check.get('check_id', check['checked_at'])}",
                numerator=int(passed),
                denominator=1,
                on=at.astimezone(case.zone).date(),
                verdict=good if passed else bad,
                at=at,
                group=case.subject,
                since=since,
                link=link,
                detail=detail,
            )
        )
    return facts
