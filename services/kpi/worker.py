"""kpi's worker, a table of contents: what it hears. It has no timers and no jobs of its own yet."""

from __future__ import annotations

from services.kpi.consumers import SUBSCRIPTIONS
from services.kpi.models import metadata
from services.kpi.powers import POWERS
from shared.runtime import ServiceSpec

SERVICE = ServiceSpec(name="kpi", metadata=metadata, subscriptions=SUBSCRIPTIONS, powers=POWERS)
