"""Things are often told later than they happened: by phone, on paper, by an engineer without a signal.

Clocks use when it happened (``occurred_at``, at most now). Whoever tells it long after says why, and the share of
late entries is itself a measure, so both times and the reason are kept.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from services.ticketing.domain.ticket_errors import TicketInvalid
from shared.errors import FieldError

#: Parameter: a delay beyond this wants a reason.
LATE_AFTER: Final = timedelta(minutes=15)


def is_late(occurred_at: datetime, now: datetime, late_after: timedelta = LATE_AFTER) -> bool:
    """Whether something is told later than the limit allows without a reason; the limit itself is not late."""
    return now - occurred_at > late_after


def entry_time(
    occurred_at: datetime | None,
    now: datetime,
    late_reason: str | None,
    *,
    not_before: datetime | None = None,
    late_after: timedelta = LATE_AFTER,
    zone: tzinfo = UTC,
) -> datetime:
    """When a thing happened, given what was said: now, unless told otherwise. Refusals name times in ``zone``.

    Raises:
        TicketInvalid: in the future, before ``not_before`` (the receipt, or the work's completion), or late without a
            reason; the fields say which.
    """
    at = occurred_at or now
    if at > now:
        raise TicketInvalid(
            fields=[FieldError("occurred_at", "发生时间不能晚于现在", "It cannot have happened in the future")]
        )
    if not_before is not None and at.replace(microsecond=0) < not_before.replace(microsecond=0):
        first = f"{not_before.astimezone(zone):%Y-%m-%d %H:%M:%S}"
        raise TicketInvalid(
            fields=[
                FieldError(
                    "occurred_at", f"发生时间不能早于 {first}", f"It cannot have happened before {first}"
                )
            ]
        )
    # row: C-001, B-018 recorded at once, or with the reason why not
    if is_late(at, now, late_after) and not (late_reason or "").strip():
        minutes = int(late_after.total_seconds() // 60)
        raise TicketInvalid(
            fields=[
                FieldError(
                    "late_reason",
                    f"补录超过 {minutes} 分钟，请说明原因",
                    f"Recorded more than {minutes} minutes after it happened: say why",
                )
            ]
        )
    return at
