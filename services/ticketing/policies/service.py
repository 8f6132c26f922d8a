"""Setting limits, and telling which hold: checked against the promises that there are, scoped by org unit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any, Final, cast
from uuid import UUID, uuid5

from sqlalchemy import Row, Table

from services.ticketing.access import zone_of
from services.ticketing.domain.clocks import ClockSpec
from services.ticketing.domain.kind import clock_specs, kinds
from services.ticketing.domain.limits import MOST_DAYS, midnight
from services.ticketing.domain.plans import Plan
from services.ticketing.domain.steps import step_specs
from services.ticketing.errors import NoSuchCommunity, NoSuchOrgUnit, PolicyInvalid
from services.ticketing.models import clock_policies
from services.ticketing.places.repository import lock_tree
from services.ticketing.policies import plans, repository
from services.ticketing.policies.assigning import assign
from services.ticketing.policies.schemas import HabitsIn, LimitIn, PolicyIn
from shared.auth import STAFF, Principal
from shared.calendar import Hours
from shared.db.tx import Tx
from shared.errors import FieldError

BEGIN: Final = "clock_plans.begin"
"""Timer of a version that begins on a later day."""
_ZONE: Final = "Asia/Shanghai"


@cache
def known_limits() -> Mapping[str, ClockSpec]:
    """Every limit that a policy may set, with the promise it belongs to."""
    found: dict[str, ClockSpec] = {}
    for spec in clock_specs().values():
        for code in spec.limits:
            found.setdefault(code, spec)
    for kind in kinds():
        found |= {spec.code: spec for spec in step_specs(kind).values()}
    return found


async def set_policy(tx: Tx, who: Principal, body: PolicyIn) -> Row[Any]:
    """Append what an org unit sets from a day on.

    Raises:
        NoSuchOrgUnit: unknown, or outside the caller's reach.
        PolicyInvalid: unknown codes or roles, a printed number made longer, a day that is over.
    """
    wrong = [fault for code, limit in body.limits.items() for fault in _limit_faults(code, limit)]
    for code, role in body.roles.items():
        if code not in known_limits() or role not in STAFF:
            wrong.append(FieldError(f"roles.{code}", "没有这个时限或岗位", "There is no such limit or role"))
    night = _night(body.habits, wrong)
    if wrong:
        raise PolicyInvalid(fields=wrong)
    habits = body.habits.model_dump(exclude={"night"}, exclude_none=True)
    content = {
        "limits": {c: None if x is None else f"{x.unit}:{x.amount}" for c, x in body.limits.items()},
        "roles": dict(body.roles),
        "habits": habits if night is None else {**habits, "night": night},
    }
    return await add(tx, who, clock_policies, body.org_unit_id, body.valid_from, content, body.note)


def _limit_faults(code: str, limit: LimitIn | None) -> list[FieldError]:
    path = f"limits.{code}"
    spec = known_limits().get(code)
    if spec is None:
        return [FieldError(path, "没有这个时限", "There is no such limit")]
    shipped = spec.limits[code]
    if spec.firm and shipped is not None:
        # row: AMB-023 whoever is measured by a printed number does not lengthen it
        longer = limit is None or limit.unit != "wall" or limit.amount > shipped.amount
        if longer:
            told = ("责任书载明的时限只能缩短", "A number printed in a signed letter can only be made shorter")
            return [FieldError(path, *told)]
    if limit is not None and limit.unit == "working_days" and limit.amount > MOST_DAYS:
        return [FieldError(f"{path}.amount", f"最多{MOST_DAYS}个工作日", f"At most {MOST_DAYS} working days")]
    return []


def _night(habits: HabitsIn, wrong: list[FieldError]) -> list[int] | None:
    if habits.night is None:
        return None
    try:
        return [Hours.parse(f"{text}-24:00").start for text in habits.night]
    except ValueError:
        wrong.append(FieldError("habits.night", "时间应写作 22:00", "A time of day looks like 22:00"))
        return None


async def add(
    tx: Tx,
    who: Principal,
    table: Table,
    org_unit_id: UUID,
    valid_from: date | None,
    content: Mapping[str, Any],
    note: str | None,
) -> Row[Any]:
    """Append a version of an org unit's policy or calendar and let it hold from its day on.

    Raises:
        NoSuchOrgUnit: unknown, or outside the caller's reach.
        PolicyInvalid: it would begin on a day that is over: the past is not planned anew.
    """
    await lock_tree(tx)
    path = await repository.path_of(tx, org_unit_id)
    if path is None or not who.sees(path):
        raise NoSuchOrgUnit()
    zones = await repository.zones_below(tx, org_unit_id) or [_ZONE]
    today = min(tx.now.astimezone(zone_of(name)).date() for name in zones)
    begins = valid_from or today
    if begins < today:
        told = ("生效日期不能早于今天", "It cannot begin before today: the past is not planned anew")
        raise PolicyInvalid(fields=[FieldError("valid_from", *told)])
    row = await repository.add_version(tx, table, org_unit_id, begins, content, note)
    told_after = {"org_unit_id": org_unit_id, "revision": row.revision, "valid_from": begins, **content}
    tx.audit(f"{table.name}.set", "org_unit", org_unit_id, after=told_after)
    for name in zones:
        start = midnight(plans.shipped(name).calendar, begins)
        if start > tx.now:
            tx.set_timer(BEGIN, uuid5(row.id, name), start, {"org_unit_id": str(org_unit_id)})
    await assign(tx, below=org_unit_id)
    return row


async def plan_of(tx: Tx, who: Principal, community_id: UUID) -> tuple[Row[Any], Plan]:
    """What holds in a community. Raises NoSuchCommunity."""
    row = await repository.community(tx, community_id)
    if row is None or not who.sees(row.path):
        raise NoSuchCommunity()
    return row, await plans.of_community(tx, row._mapping)


def limit_in(text: str | None) -> LimitIn | None:
    """A stored limit as it went in."""
    if text is None:
        return None
    unit, _, amount = text.partition(":")
    return LimitIn.model_construct(unit=cast("Any", unit), amount=int(amount))
