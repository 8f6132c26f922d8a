"""What the register knows about units and the people connected with them (architecture §3)."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from types import MappingProxyType
from typing import Final

#: What a unit is for; only dwellings are households of a survey (AMB-021).
UNIT_USES: Final = ("dwelling", "shop", "parking", "office")
DWELLING: Final = "dwelling"

#: What a relation lets a person do for a unit.
SEES_BILLS: Final = "sees_bills"
PAYS: Final = "pays"
SIGNS: Final = "signs"
RATES: Final = "rates"
ANSWERS_SURVEYS: Final = "answers_surveys"
ADMITS: Final = "admits"
RELATION_POWERS: Final = (SEES_BILLS, PAYS, SIGNS, RATES, ANSWERS_SURVEYS, ADMITS)

#: What each role may do unless its relation says otherwise. Whoever lives in a unit (D-063: 业主/住户/使用人) reports,
#: signs for the work, rates and answers; money is the business of owners, tenants, agents and payers.
ROLE_POWERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "owner": RELATION_POWERS,
        "co_owner": RELATION_POWERS,
        "family": (SIGNS, RATES, ANSWERS_SURVEYS, ADMITS),
        "tenant": (SEES_BILLS, PAYS, SIGNS, RATES, ANSWERS_SURVEYS, ADMITS),
        "agent": (SEES_BILLS, PAYS, SIGNS, ADMITS),
        "payer": (SEES_BILLS, PAYS),
    }
)


def relation_powers(role: str, given: Collection[str] | None) -> tuple[str, ...]:
    """The powers of a relation, in the catalogue's order: those given, or the role's own when none are named.

    An empty list is an answer too: a relation that may do nothing.

    Raises:
        ValueError: an unknown role or power; its argument is the unknown word.
    """
    if role not in ROLE_POWERS:
        raise ValueError(role)
    if given is None:
        return ROLE_POWERS[role]
    for power in given:
        if power not in RELATION_POWERS:
            raise ValueError(power)
    return tuple(p for p in RELATION_POWERS if p in given)


def on(day: date, since: date | None, until: date | None) -> bool:
    """Whether a dated row holds on a local day: both its first and its last day count (RR9)."""
    return since is not None and since <= day and (until is None or day <= until)


def is_household(use: str, day: date, occupied_from: date | None, occupied_to: date | None) -> bool:
    """Whether a unit is a household on a day: a dwelling that somebody lives in (AMB-021)."""
    return use == DWELLING and on(day, occupied_from, occupied_to)
