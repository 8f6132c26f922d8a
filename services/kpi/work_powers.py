"""Who may do what in the registers that letters count: tasks, plans and reports, meetings, policies, budgets."""

from __future__ import annotations

from shared.auth import STAFF, Powers
from shared.auth.roles import AUDITOR

# Everybody may have something to do; machines and the technical roles have not.
_WORKERS = frozenset(STAFF) - {"ops", "admin"}
_READERS = frozenset(STAFF) | {AUDITOR, "service"}
_LEADS = frozenset({"supervisor", "cs_manager", "project_manager", "qa", "safety", "hr", "gm"})

WORK: Powers = {
    "task.read": _READERS,
    "task.assign": _LEADS,
    # Which of them it is, the task says: only its assignee works on it.
    "task.work": _WORKERS,
    # And never the doer, services/kpi/domain/tasks.py says.
    "task.judge": _LEADS,
    # row: C-263 what the production meeting suggests is carried out once the company has approved it
    "task.approve": frozenset({"gm", "project_manager"}),
    "report.read": _READERS,
    # Who owes which report is the company's to say, not the desk's that hands it in.
    "report_duty.set": frozenset({"cs_manager", "project_manager", "hr", "gm"}),
    # Which of them owes it, the report says.
    "report.submit": _WORKERS,
    "report.judge": _LEADS,
    "meeting.read": _READERS,
    # row: D-022 whoever runs a department calls its meetings together and has them minuted
    "meeting.record": _LEADS,
    "suggestion.read": _READERS,
    "suggestion.make": _WORKERS,
    # And never one's own.
    "suggestion.judge": _LEADS,
    "policy.read": _READERS,
    "policy.write": _LEADS,
    # Rules and procedures of a department are approved by whoever leads the project, or the company.
    "policy.approve": frozenset({"project_manager", "gm"}),
    "policy.confirm": _WORKERS,
    # Those who run a department, keep the books, or audit them.
    "budget.read": _LEADS | {"finance", AUDITOR, "service"},
    # row: D-023 a department applies; it never decides on its own funds
    "budget.submit": frozenset({"supervisor", "cs_manager", "project_manager", "safety", "hr", "finance"}),
    "budget.approve": frozenset({"project_manager", "gm"}),
    "budget.report": frozenset({"finance"}),
}
