"""Billing's worker, a table of contents: what it hears, which timers it fires, which jobs it does."""

from __future__ import annotations

from services.billing.approvals import service as approvals
from services.billing.cash import service as cash
from services.billing.cash.taking import MIDNIGHT, SETTLE_DUE
from services.billing.collection import close
from services.billing.consumers import SUBSCRIPTIONS
from services.billing.debits import tasks as debit_tasks
from services.billing.debits.service import BOOK_JOB
from services.billing.dunning import plans
from services.billing.dunning import tasks as dunning
from services.billing.holds import service as holds
from services.billing.holds.timers import HOLD_DUE
from services.billing.latefees import service as latefees
from services.billing.latefees import tasks as late_fee_tasks
from services.billing.models import metadata
from services.billing.notices import service as notices
from services.billing.openings import service as openings
from services.billing.orders import tasks as order_tasks
from services.billing.orders.service import ASK_JOB, ASK_TIMER
from services.billing.powers import POWERS
from services.billing.proofs import tasks as proof_tasks
from services.billing.refunds import service as refunds
from services.billing.refunds import tasks as refund_tasks
from services.billing.runs import service as runs
from services.billing.runs import tasks
from shared.runtime import ServiceSpec

TIMERS = {
    close.TIMER: close.fire,
    plans.MONTHLY: plans.monthly,
    plans.SMS_TIME: plans.start_job(plans.SEND),
    plans.WINDOW_END: plans.start_job(plans.CLOSE),
    HOLD_DUE: holds.fire,
    notices.NOTICE_DUE: notices.overdue,
    ASK_TIMER: order_tasks.fire,
    refunds.ASK_TIMER: refund_tasks.fire,
    MIDNIGHT: cash.at_midnight,
    SETTLE_DUE: cash.at_due,
    **approvals.TIMERS,
}

JOBS = {
    runs.JOB: tasks.run,
    ASK_JOB: order_tasks.ask,
    openings.ISSUE_JOB: openings.issue_all,
    openings.UNDO_JOB: openings.undo_all,
    BOOK_JOB: debit_tasks.book,
    refunds.SEND_JOB: refund_tasks.send,
    refunds.ASK_JOB: refund_tasks.ask,
    latefees.JOB: late_fee_tasks.run,
    proof_tasks.REMOVE: proof_tasks.remove,
    plans.PLAN: dunning.plan,
    plans.SEND: dunning.send,
    plans.CLOSE: dunning.close,
}

SERVICE = ServiceSpec(
    name="billing",
    metadata=metadata,
    subscriptions=SUBSCRIPTIONS,
    timers=TIMERS,
    jobs=JOBS,
    powers=POWERS,
)
