"""Who may do what in kpi. Rows outside one's scope are 404; these are the powers themselves."""

from __future__ import annotations

from services.kpi.work_powers import WORK
from shared.auth import STAFF, Powers
from shared.auth.roles import AUDITOR
from shared.personal.powers import HOLDS_IT, POWER

# Everybody may have a letter, and so a self score to give; machines and the technical roles have none.
_REVIEWERS = frozenset(STAFF) - {"ops", "admin"}
_READERS = frozenset(STAFF) | {AUDITOR, "service"}

POWERS: Powers = {
    "indicator.read": _READERS,
    "template.read": _READERS,
    "letter.read": _READERS,
    # row: D-053 quality assurance appraises the responsible person; those who are appraised write no letter
    # Letters are made by those who appraise or keep personnel files, never by the desk whose work they count.
    "letter.write": frozenset({"gm", "hr", "qa", "admin"}),
    # Whose place it is to sign is decided by the letter; here only who may sign anything at all.
    "letter.sign": _REVIEWERS | {"admin"},
    "letter.record": frozenset({"supervisor", "cs_manager", "project_manager", "qa", "safety", "hr", "gm"}),
    "scorecard.read": _READERS,
    "scorecard.freeze": frozenset({"gm", "hr", "qa", "safety", "admin"}),
    # An integrator reads the feeds by the scope `feed.read` of its token, over the communities of its units.
    "feed.read": _READERS,
    # Who fills which column is decided by the review; here only who may take part in one.
    "review.score": _REVIEWERS,
    "objection.raise": _REVIEWERS,
    # Never the desk; and of these not whoever's own letter counts the case.
    "objection.decide": frozenset({"cs_manager", "project_manager", "qa", "hr", "gm"}),
    "consequence.propose": frozenset({"supervisor", "cs_manager", "project_manager", "qa", "safety", "hr", "gm"}),
    "consequence.decide": frozenset({"gm", "hr"}),
    "consequence.record": frozenset({"qa", "safety", "hr", "gm", "finance"}),
    # Those who run a department record what they measured; a second person, of the role the indicator names, confirms.
    "observation.read": _READERS,
    "observation.record": frozenset(
        {"supervisor", "cs_manager", "project_manager", "qa", "safety", "finance", "hr", "gm"}
    ),
    "observation.review": frozenset({"cs_manager", "project_manager", "qa", "safety", "finance", "hr", "gm"}),
    # Who may open, accept or conclude which one is decided by the inspection: other departments check, the company
    # investigates, and the responsible person, whoever that is, accepts.
    "inspection.read": _REVIEWERS,
    "inspection.open": frozenset({"qa", "safety", "finance", "hr", "gm", "legal", "project_manager"}),
    "inspection.close": _REVIEWERS,
    # row: D-011 originals have one door and one role that opens it; the company reads who did
    "original.open": frozenset({AUDITOR}),
    "original.review": frozenset({AUDITOR, "gm", "qa", "hr"}),
    # Everything on a person, for the bundle that ticketing makes and records.
    POWER: HOLDS_IT,
    # A letter as if it said otherwise, its gaps and today's actions: for everybody whose work a letter counts.
    "advice.read": frozenset(STAFF),
    # What-if stores nothing and reads nothing of the organisation.
    "what_if.run": _READERS,
    **WORK,
}
