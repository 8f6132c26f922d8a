"""Who may do what in notify. Rows outside one's scope are 404; these are the powers themselves."""

from __future__ import annotations

from services.notify.domain.campaigns import DECIDERS
from shared.auth import Powers
from shared.auth.roles import STAFF
from shared.personal.powers import HOLDS_IT, POWER

_DESK = frozenset({"clerk", "butler", "supervisor", "cs_manager", "project_manager", "qa", "gm", "admin", "ops"})

POWERS: Powers = {
    # Over which accounts one is reached, everybody says for themselves.
    "account.own": STAFF | {"resident"},
    # Under which user ids staff are written to is the company's list, not each one's own word.
    "account.work": frozenset({"hr", "ops", "admin"}),
    "robot.write": frozenset({"supervisor", "cs_manager", "project_manager", "ops", "admin"}),
    "permit.own": frozenset({"resident"}),
    "campaign.control": frozenset({"supervisor", "cs_manager", "project_manager", "gm"}),
    # With four eyes: nobody decides what they asked for.
    "campaign.decide": frozenset(DECIDERS),
    "campaign.read": _DESK,
    "campaign.write": frozenset({"clerk", "supervisor", "cs_manager", "project_manager", "gm"}),
    # Everybody's own: staff are warned there of promises that run out.
    # Everything on a person, for the bundle that ticketing makes and records.
    POWER: HOLDS_IT,
    "inbox.read": STAFF | {"resident"},
    "message.read": _DESK | {"finance", "legal", "service"},
    # What a court is shown; billing reads it for its case packs.
    "message.prove": _DESK | {"finance", "legal", "service:billing"},
    # Sending again can tell somebody twice: whoever answers for the desk decides, and whoever runs the installation.
    "message.replay": frozenset({"supervisor", "cs_manager", "ops", "admin"}),
    # Whom a route sends on his way is a matter of those who answer for the desk.
    "route.read": _DESK,
    "route.write": frozenset({"cs_manager", "ops", "admin"}),
    "task.read": _DESK,
    "task.do": frozenset({"clerk", "butler", "supervisor", "cs_manager"}),
    "task.assign": frozenset({"supervisor", "cs_manager", "project_manager"}),
    "preference.own": frozenset({"resident"}),
    "template.map": frozenset({"ops", "admin"}),
    # Everybody the organisation writes to reads it: the desk words it, whoever answers for the desk puts it in force.
    "template.write": frozenset({"supervisor", "cs_manager", "ops", "admin"}),
    "template.publish": frozenset({"cs_manager", "gm", "ops", "admin"}),
    "template.read": _DESK | {"finance", "legal"},
    # A preview with real values would show them to whoever may preview; it takes only what the caller types.
    "template.preview": _DESK,
    # Events leave the house: an administrator decides, and an integrator to whom an administrator gave the scope.
    "webhook.manage": frozenset({"ops", "admin"}),
}
