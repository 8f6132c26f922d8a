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
    # One's own household only, and only with the power of the relation (AMB-021): nobody answers for an owner.
    "survey.answer": frozenset({"resident"}),
}

POWERS: Powers = {**_REGISTER}
