"""What ticketing hears: of its peers nothing, for it owns the register and its clocks need nobody else; of itself what
search keeps. Its own feed costs a write nothing, loses nothing, and makes the documents anew from the start."""

from __future__ import annotations

from collections.abc import Mapping

from services.ticketing.search.tasks import HANDLERS
from shared.runtime import Handler

SUBSCRIPTIONS: Mapping[str, Mapping[str, Handler]] = {"ticketing": HANDLERS}
