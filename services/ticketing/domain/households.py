"""Households: from when on a resident reaches what is their unit's, and whom they may admit with which powers.

Days are the community's local days; a relation holds on its first and on its last day (RR9).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Final

from services.ticketing.domain.register import ADMITS, ROLE_POWERS, relation_powers

DAY: Final = timedelta(days=1)

#: Whom a household admits by itself; owners, agents and payers are entered by the desk.
ADMITTED_ROLES: Final = ("family", "tenant")
#: How many a household has admitted at one time at most: nobody binds strangers' phones by the hundred.
MOST_ADMITTED: Final = 30
#: Whose relations end with a sale. A tenancy outlives it (买卖不破租赁), unless the old owner had admitted the tenant
#: in the app, or the desk says that it ends, too.
ENDED_BY_SALE: Final = ("owner", "co_owner", "family", "agent", "payer")
#: Why a request to be bound is refused, as the applicant is told: never who lives there, or whether anybody does.
REFUSALS: Final = ("not_confirmed", "proof_needed", "proof_unreadable", "visit_desk")

def admitted_powers(role: str, asked: Collection[str] | None, held: Collection[str]) -> tuple[str, ...]:
    """What an admitted person may do: what was asked for, or the role's own as far as whoever admits holds them.

    Admitting others is never given unasked.

    Raises:
        ValueError: a role that households do not admit, or a power that whoever admits does not hold; the argument is
            the word.
    """
    if role not in ADMITTED_ROLES:
        raise ValueError(role)
    if asked is None:
        return tuple(power for power in ROLE_POWERS[role] if power in held and power != ADMITS)
    for power in asked:
        if power not in held:
            raise ValueError(power)
    return relation_powers(role, asked)


def last_day_before(on: date, since: date) -> date | None:
    """The last day of a relation that is to be over on a day; None when it would end before it began."""
    last = on - DAY
    return last if last >= since else None


def depends_on(granted: Iterable[tuple[object, object | None]], ended: Collection[object]) -> set[object]:
    """All that end with these: whoever was admitted by them, and by those in turn. ``granted``: (id, granted by)."""
    pairs = list(granted)
    found = set(ended)
    while more := {id for id, by in pairs if by in found and id not in found}:
        found |= more
    return found
