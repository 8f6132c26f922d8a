"""Who may do what in billing. Rows outside one's scope are 404; these are the powers themselves."""

from __future__ import annotations

from shared.auth import STAFF, Powers
from shared.personal.powers import HOLDS_IT, POWER

_DESK = frozenset({"clerk", "butler", "supervisor", "cs_manager", "project_manager", "finance", "gm", "admin"})
_READERS = _DESK | {"legal", "qa", "service"}

POWERS: Powers = {
    "charge_standard.read": _READERS,
    "charge_standard.write": frozenset({"finance", "cs_manager", "project_manager", "admin"}),
    "meter.read": _READERS | {"resident"},
    "meter.write": _DESK | {"engineer"},
    "parking.read": _READERS | {"resident"},
    "parking.write": _DESK,
    "billing_run.start": frozenset({"finance", "supervisor", "cs_manager", "project_manager", "admin"}),
    "billing_run.read": _READERS,
    "bill.issue": frozenset({"finance", "supervisor", "cs_manager", "project_manager", "admin"}),
    # Whoever asks never decides: the ladder of the request says who may, this says whom it may name.
    "credit.ask": frozenset({"clerk", "supervisor", "cs_manager", "project_manager", "finance", "admin"}),
    "vacancy.ask": _DESK,
    "late_fee.hold": frozenset({"clerk", "supervisor", "cs_manager", "finance", "legal", "admin"}),
    "approval.read": _READERS,
    "approval.decide": frozenset({"finance", "cs_manager", "project_manager", "gm"}),
    "deposit.return": frozenset({"finance", "cs_manager", "admin"}),
    "bill.read": _READERS | {"resident"},
    # Owners pay through a provider, whose callback is the proof; nobody books a payment for themselves.
    "payment.record": frozenset({"clerk", "supervisor", "cs_manager", "finance", "admin"}),
    "payment.read": _READERS | {"resident"},
    # Whoever takes money does not undo it.
    "payment.correct": frozenset({"finance", "cs_manager", "admin"}),
    "refund.ask": frozenset({"clerk", "supervisor", "cs_manager", "finance"}),
    "refund.pay": frozenset({"clerk", "supervisor", "cs_manager", "finance"}),
    "refund.read": _READERS,
    "receipt.issue": frozenset({"clerk", "supervisor", "cs_manager", "finance", "admin"}),
    "receipt.void": frozenset({"finance", "cs_manager", "admin"}),
    "receipt.read": _READERS | {"resident"},
    "reconciliation.write": frozenset({"finance", "admin"}),
    "reconciliation.read": frozenset({"finance", "cs_manager", "project_manager", "gm", "admin", "service"}),
    # Their own drawer each; the second signature is somebody else's, and finance's where money leaves the desk.
    "cash_shift.keep": frozenset({"clerk", "supervisor", "cs_manager", "finance", "admin"}),
    "cash_shift.read": _READERS,
    "cash_policy.write": frozenset({"finance", "cs_manager", "admin"}),
    "debit_mandate.write": _DESK,
    "debit.collect": frozenset({"finance", "admin"}),
    "debit.read": _READERS,
    "opening.import": frozenset({"finance", "cs_manager", "admin"}),
    "payment_order.make": frozenset({"resident"}),
    "payment_order.read": _READERS | {"resident"},
    "payment_order.ask": _DESK | {"resident"},
    "account.read": _READERS | {"resident"},
    "dunning.read": _READERS,
    "dunning.plan": frozenset({"supervisor", "cs_manager", "project_manager", "admin"}),
    "dunning.record": frozenset({"clerk", "butler", "supervisor", "cs_manager"}),
    # Whoever asked for a hold does not decide it: four eyes, whatever the role.
    "dunning.decide": frozenset({"supervisor", "cs_manager", "project_manager"}),
    # row: D-061 finance answers for the month's plan together with customer service
    "dunning.confirm": frozenset({"finance"}),
    "legal_packet.submit": frozenset({"supervisor", "cs_manager"}),
    # row: D-062 the legal department takes the procedure on from the packet
    "legal_packet.read": frozenset({"supervisor", "cs_manager", "project_manager", "legal", "finance", "gm"}),
    # Everything on a person, for the bundle that ticketing makes and records.
    POWER: HOLDS_IT,
    # Whole lists leave the house: fewer than those who may look at them row by row.
    "table.export": frozenset({"finance", "supervisor", "cs_manager", "project_manager", "gm", "admin"}),
    "collection_rate.read": frozenset(STAFF) | {"service"},
}
