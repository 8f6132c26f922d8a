"""Who may do what in ticketing. Rows outside one's scope are 404; these are the powers themselves."""

from __future__ import annotations

from services.ticketing.domain.archive_loans import SUPERIORS
from shared.auth import STAFF, Powers
from shared.auth.roles import AUDITOR

_DESK = frozenset({"clerk", "butler", "supervisor", "cs_manager", "project_manager", "admin"})
_LEADS = frozenset({"supervisor", "cs_manager", "project_manager", "admin"})
_EVERYONE = STAFF | {"resident", "service"}

_REGISTER: Powers = {
    "register.read": _EVERYONE,
    # Org units and communities carry everybody's scope: whoever moves one changes what others see.
    "structure.write": frozenset({"project_manager", "admin"}),
    "register.write": _LEADS,
    "people.read": (STAFF - {"ops"}) | {"resident", "service"},
    "people.write": _DESK | {"hr"},
    "people.open": _DESK | {"finance", "legal", "gm", "engineer"},
    "people.erase": frozenset({"project_manager", "admin"}),
    # row: G-011, D-077 owner data leaves only with this power, a reason and a record; one's own is one's right.
    "people.export": frozenset({"project_manager", "admin", "resident"}),
    # row: G-010 the access log is read by whoever investigates, never by those whose openings it shows.
    "people.opened": frozenset({"admin", "qa", "gm"}),
    # Texts that everybody is held to are the company's to publish, with its lawyer.
    "notice.publish": frozenset({"admin", "gm", "legal"}),
    "notice.read": (STAFF - {"ops"}) | {"resident"},
    "consent.own": frozenset({"resident"}),
    "consent.record": _DESK,
    "staff.read": STAFF | {"service"},
    "staff.write": frozenset({"hr", "project_manager", "admin"}),
    # Whoever keeps the personnel files, once somebody has left.
    "staff.erase": frozenset({"hr", "admin"}),
    "assignment.read": STAFF,
    # What each may decide, services/ticketing/domain/duties.py says; whoever may not decide may propose.
    "assignment.write": _LEADS | {"hr", "gm"},
    "roster.read": STAFF | {"service"},
    "roster.write": _LEADS,
    "roster.check": _LEADS,
    # One's own; other people's by those who lead (services/ticketing/rosters/reach.py).
    "attendance.read": STAFF,
    "presence.punch": STAFF - {"ops"},
    "leave.ask": STAFF - {"ops"},
    # Whoever holds the examination, and whoever makes the roster.
    "bar.write": _LEADS | {"hr", "safety", "qa"},
    # A change moves everybody's promises: whoever answers for the project sets it, all staff may read it.
    # A line of business opens for the organisation as a whole.
    "pack.switch": frozenset({"admin"}),
    "calendar.read": STAFF - {"ops"},
    "calendar.write": frozenset({"project_manager", "admin"}),
    "clock_policy.read": STAFF - {"ops"},
    "clock_policy.write": frozenset({"project_manager", "admin"}),
    "archive.read": _DESK | {"qa", "gm", "service"},
    "archive.write": _DESK,
    "archive.check": _DESK | {"qa"},
    # The desk, and those of the company who check it.
    "archive.borrow": _DESK | SUPERIORS,
    # row: C-082 the office manager permits
    "archive.permit": frozenset({"project_manager"}),
    "survey.read": _EVERYONE,
    "survey.manage": _LEADS,
    # What is asked decides what is scored; the whole organisation asks the same, so that its parts can be compared.
    "survey.configure": frozenset({"qa", "gm", "admin"}),
    "survey.results": STAFF | {"service"},
    # row: D-003, C-119 the general manager decides on the measures
    "survey.approve": frozenset({"gm"}),
    # The sample that checks the desk's own entries is not drawn by the desk.
    "survey.draw": frozenset({"qa", "gm", "project_manager", "admin"}),
    "survey.recall": _DESK | {"qa"},
    "survey.measure": STAFF - {"ops"},
    # Who urged the departments does not say that it helped (C-119).
    "survey.verify": frozenset({"qa", "gm", "project_manager"}),
    # What households said on the telephone or wrote on paper, with the call or the scan; how much of it is reported.
    "survey.enter": _DESK,
    # Whoever is measured by it has it brought in by others where that can be; the agency's report proves it.
    "third_party.import": _LEADS | {"qa", "gm"},
    # row: D-054 employees are sampled by others than the department they work in
    "staff_sample.manage": frozenset({"hr", "qa", "gm", "admin"}),
    # One's own household only, and only with the power of the relation (AMB-021): nobody answers for an owner.
    "survey.answer": frozenset({"resident"}),
}

_HOUSEHOLDS: Powers = {
    # What somebody of the app may do before any unit is theirs: ask for one, and show the code on their bill.
    "household.bind": frozenset({"resident"}),
    "household.activate": frozenset({"resident"}),
    # Of one's own unit, and as far as the relation goes (D-063).
    "household.admit": frozenset({"resident"}),
    "household.read": _DESK | {"resident"},
    "household.end": _DESK | {"resident"},
    "household.transfer": _DESK,
    "household.decide": _DESK,
    "household.codes": _DESK,
    "people.merge": _LEADS,
}

_COMPANY: Powers = {
    # row: C-251 the customer service manager applies for a change of structure or headcount
    "org_change.ask": frozenset({"cs_manager", "project_manager", "hr"}),
    "org_change.read": _LEADS | {"hr", "gm", "qa"},
    # Whoever keeps the establishment plan.
    "org_change.carry_out": frozenset({"hr", "admin"}),
    # row: C-254 the store of customer service: its desk moves things, whoever leads it keeps the list and counts
    "store.move": _DESK,
    "store.keep": _LEADS,
    "store.read": _DESK | {"qa", "gm", "finance"},
}

_FIELD = frozenset({"engineer", "security", "safety"})
_SERVING = _DESK | {"gm"}

_CASES: Powers = {
    "ticket.create": _SERVING | _FIELD | {"resident", "qa"},
    # What one kind alone knows; the kind says whose each deed is (services/ticketing/domain/kinds).
    "ticket.deed": STAFF - {"ops"},
    # row: D-099 other departments look at the work of customer service
    "ticket.read": (STAFF - {"ops"}) | {"resident", "service"},
    "ticket.contact": _SERVING | _FIELD | {"qa"},
    "ticket.respond": _SERVING | _FIELD,
    "ticket.dispatch": _SERVING,
    "ticket.arrive": _SERVING | _FIELD,
    "ticket.plan": _SERVING,
    "ticket.classify": _SERVING,
    "ticket.deadline": _SERVING,
    "ticket.note": (STAFF - {"ops", "hr"}) | {"resident"},
    "ticket.complete": _SERVING | _FIELD,
    # Owners sign in the app, or on a device or paper that staff hold out to them.
    "ticket.sign": _SERVING | _FIELD | {"resident"},
    # row: AMB-105 nobody below decides on what no owner signs
    "ticket.decide_unsigned": frozenset({"gm"}),
    # Whoever works on the case knows why it stands still; what is long or late somebody else approves.
    "ticket.pause": _SERVING | _FIELD,
    "ticket.rate": frozenset({"resident"}),
    "ticket.mine": frozenset({"resident"}),
    # row: D-063 owners talk on their case and urge it; staff do so for an owner on the phone
    "ticket.reply": _SERVING | _FIELD | {"resident", "qa"},
    "ticket.urge": _DESK | {"resident"},
    "ticket.reopen": _SERVING | {"resident", "qa"},
    "ticket.cancel": _DESK | {"resident"},
    "ticket.duplicates": _SERVING | {"qa"},
    # A merged complaint stays received and its missed clocks missed, so that leads may merge what counts for them.
    "ticket.merge": _LEADS,
    # The supervisor, whose own letter counts valid complaints, proposes; others rule (AMB-084).
    "ticket.propose_validity": _LEADS,
    # row: AMB-084 the supervisor proposes, others rule
    "ticket.rule_validity": frozenset({"qa", "project_manager", "gm"}),
    # Whoever serves at the desk gives orders out; whoever goes out takes them on, refuses or hands them over.
    "order.read": STAFF - {"ops"},
    "order.work": _SERVING | _FIELD,
    "order.give": _SERVING,
    "order.rules": _LEADS,
    # An owner proposes, the desk and the field agree.
    "ticket.appointment": _SERVING | _FIELD | {"resident"},
    # The owner, or a checker; never the handler, which the case itself says.
    "ticket.accept_work": _SERVING | {"resident", "qa"},
    "ticket.return_slip": _SERVING,
    "ticket.chase": _SERVING,
    "ticket.review": _LEADS | {"qa", "gm"},
    "field.sync": _SERVING | _FIELD,
    "slip.read": (STAFF - {"ops"}) | {"resident", "service"},
    "slip.draft": _SERVING | _FIELD,
    # Owners confirm in the app, or sign on what staff hold out to them.
    "slip.confirm": _SERVING | _FIELD | {"resident"},
    "slip.post": _DESK | {"finance"},
    "revisit.read": _SERVING | {"qa", "service"},
    # row: D-034 the supervisor names who calls
    "revisit.assign": _LEADS,
    "revisit.attempt": _DESK | {"qa"},
    "revisit.plans": _LEADS | {"qa", "gm"},
    # How many are called about decides numbers that the service desk is judged by: others set it.
    "revisit.plan": frozenset({"qa", "gm", "admin"}),
}

_RECEPTION: Powers = {
    "connection.manage": frozenset({"admin"}),
    "call.read": _SERVING | {"qa"},
    "call.answer": _DESK,
    "call.import": _LEADS,
    "visit.read": _SERVING | {"qa", "security"},
    "visit.record": _DESK | {"security"},
    # B-002: a sample taken by others; nobody observes their own greeting.
    "visit.observe": _LEADS | {"qa"},
    "mail.read": _SERVING | {"qa"},
}

_ROUNDS: Powers = {
    # Views show their readers what these may see anyway.
    "view.keep": STAFF - {"ops"},
    "patrol.read": _SERVING | _FIELD | {"qa"},
    "patrol.record": _DESK | _FIELD,
    # row: B-033 the supervisor reads the records
    "patrol.review": _LEADS | {"qa", "gm"},
    "patrol.plan": _LEADS | {"gm"},
    "care.read": _SERVING | {"qa"},
    "care.plan": _LEADS | {"gm"},
    "care.call": _DESK,
}

_PAPERS: Powers = {
    "file.upload": (STAFF - {"ops"}) | {"resident"},
    "document.print": _SERVING | _FIELD | {"qa"},
    "approval.ask": _SERVING | _FIELD | {"qa", "hr", "finance"},
    # Which step is whose, the chain of each request says.
    "approval.read": STAFF - {"ops"},
    "approval.decide": STAFF - {"ops"},
    "delegation.own": STAFF - {"ops"},
    "approval.ladders": frozenset({"gm", "admin"}),
    # What a table holds wants that thing's own power besides.
    "table.import": _DESK | {"hr"},
    "table.export": STAFF - {"ops"},
    "file.read": (STAFF - {"ops"}) | {"resident", "service"},
}

_SIGN_IN: Powers = {
    # Everybody's own sign-ins, employees' own password and second factor (D-073, D-074).
    "session.own": STAFF | {AUDITOR, "resident"},
    "session.end_others": frozenset({"hr", "admin"}),
    "credential.own": STAFF | {AUDITOR},
    "credential.reset": frozenset({"admin"}),
    "integrator.manage": frozenset({"admin"}),
    "issuer.rotate": frozenset({"ops", "admin"}),
    "identity.rebuild": frozenset({"ops", "admin"}),
}

_FINDING: Powers = {
    # What is found wants that thing's own power besides; residents find what is theirs.
    "search.find": (STAFF - {"ops"}) | {"resident"},
    "search.rebuild": frozenset({"ops", "admin"}),
    # What is promised is everybody's business who works on cases (C-014: the supervisor follows their progress).
    # Everything of a household at once is for those who serve it, not for its neighbours or later owners.
    "timeline.read": _SERVING | {"qa"},
    "analysis.read": _LEADS | {"qa", "gm"},
    "promise.read": _SERVING | _FIELD | {"qa"},
}

_OF_PEOPLE: Powers = {**_REGISTER, **_HOUSEHOLDS, **_COMPANY}

POWERS: Powers = {**_OF_PEOPLE, **_CASES, **_RECEPTION, **_ROUNDS, **_PAPERS, **_SIGN_IN, **_FINDING}
