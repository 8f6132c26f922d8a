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
}
