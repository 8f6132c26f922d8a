"""Requests that nobody decided in time expire."""

from __future__ import annotations

from services.ticketing.approvals.service import mechanism

TIMERS = {mechanism.timer: mechanism.fire_expire}
