"""Who may do what in ticketing. Rows outside one's scope are 404; these are the powers themselves."""

from __future__ import annotations

from shared.auth import STAFF, Powers

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
    "staff.read": STAFF | {"service"},
    "staff.write": frozenset({"hr", "project_manager", "admin"}),
    "archive.read": _DESK | {"qa", "gm", "service"},
    "archive.write": _DESK,
    "archive.check": _DESK | {"qa"},
    "survey.read": _EVERYONE,
    "survey.manage": _LEADS,
    "survey.results": STAFF | {"service"},
    # D-003: the general manager approves the measures, whoever wrote them.
    "survey.approve": frozenset({"gm"}),
    # One's own household only, and only with the power of the relation (AMB-021): nobody answers for an owner.
    "survey.answer": frozenset({"resident"}),
}

_FIELD = frozenset({"engineer", "security", "safety"})
_SERVING = _DESK | {"gm"}

_CASES: Powers = {
    "ticket.create": _SERVING | _FIELD | {"resident", "qa"},
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
    "ticket.rate": frozenset({"resident"}),
    "ticket.reopen": _SERVING | {"resident", "qa"},
    "ticket.cancel": _DESK | {"resident"},
    "ticket.duplicates": _SERVING | {"qa"},
    # A merged complaint stays received and its missed clocks missed, so that leads may merge what counts for them.
    "ticket.merge": _LEADS,
    # The supervisor, whose own letter counts valid complaints, proposes; others rule (AMB-084).
    "ticket.propose_validity": _LEADS,
    "ticket.rule_validity": frozenset({"qa", "project_manager", "gm"}),
    "revisit.read": _SERVING | {"qa", "service"},
    "revisit.assign": _LEADS,
    "revisit.attempt": _DESK | {"qa"},
}

_PAPERS: Powers = {
    "file.upload": (STAFF - {"ops"}) | {"resident"},
    "document.print": _SERVING | _FIELD | {"qa"},
    "approval.ask": _SERVING | _FIELD | {"qa", "hr", "finance"},
    # Which step is whose, the chain of each request says.
    "approval.read": STAFF - {"ops"},
    "approval.decide": STAFF - {"ops"},
    "approval.ladders": frozenset({"gm", "admin"}),
    # What a table holds wants that thing's own power besides.
    "table.import": _DESK | {"hr"},
    "table.export": STAFF - {"ops"},
    "file.read": (STAFF - {"ops"}) | {"resident", "service"},
}

_SIGN_IN: Powers = {
    # Everybody's own sign-ins, employees' own password and second factor (D-073, D-074).
    "session.own": STAFF | {"resident"},
    "session.end_others": frozenset({"hr", "admin"}),
    "credential.own": STAFF,
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

POWERS: Powers = {**_REGISTER, **_CASES, **_PAPERS, **_SIGN_IN, **_FINDING}
