"""Notify's worker: what it hears and what it does in the background."""

from __future__ import annotations

from services.notify.campaigns.service import STEP
from services.notify.campaigns.tasks import TIMERS as CAMPAIGN_TIMERS
from services.notify.campaigns.tasks import step
from services.notify.consumers import PREPARE, SUBSCRIPTIONS, narrow
from services.notify.models import metadata
from services.notify.powers import POWERS
from services.notify.sending.doubt import tell as tell_of_doubt
from services.notify.sending.holding import release
from services.notify.sending.repository import DOUBT, RELEASE, SEND, SEND_BULK
from services.notify.sending.tasks import send
from services.notify.webhooks.offering import JOB as WEBHOOK
from services.notify.webhooks.tasks import PRUNE, bring, prune
from shared.runtime import ServiceSpec

JOBS = {STEP: step, SEND: send, SEND_BULK: send, WEBHOOK: bring}
#: What goes to many, and what waits for others' systems, holds up nobody whom something urgent concerns.
LANES = {STEP: "campaigns", SEND_BULK: "bulk", WEBHOOK: "webhooks"}
TIMERS = {RELEASE: release, DOUBT: tell_of_doubt, PRUNE: prune, **CAMPAIGN_TIMERS}

SERVICE = ServiceSpec(
    name="notify",
    metadata=metadata,
    subscriptions=SUBSCRIPTIONS,
    prepare=PREPARE,
    narrow=narrow,
    jobs=JOBS,
    lanes=LANES,
    timers=TIMERS,
    powers=POWERS,
)
