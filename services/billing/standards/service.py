"""Placing versions of charge standards, and finding the one that charges a period."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import ColumnElement, Row

from services.billing import access
from services.billing.domain.charging import OVERDUE, FeeRule, rules
from services.billing.domain.proration import MODES
from services.billing.domain.standards import EmptyRange, Overlap, Version, in_force, place
from services.billing.domain.vocabulary import FEE_KINDS
from services.billing.errors import (
    ChargedByLateFeeRuns,
    NoStandardInForce,
    NoSuchCommunity,
    NoSuchStandard,
    StandardAlreadyBilled,
    StandardAmbiguous,
    StandardInvalid,
    StandardOtherFeeKind,
    StandardOverlap,
)
from services.billing.models import charge_standards, standard_versions
from services.billing.standards import repository
from services.billing.standards.schemas import StandardIn
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError
from shared.periods import Period


def read_params(rule: FeeRule, raw: dict[str, Any]) -> Any:
    """The rule's params from JSON.

    Raises:
        pydantic.ValidationError: the rule does not accept them.
    """
    return TypeAdapter(rule.params).validate_python(raw)


def described() -> list[tuple[FeeRule, dict[str, Any]]]:
    """The fee rules that new standards may use, each with the JSON schema of its params."""
    return [(rule, TypeAdapter(rule.params).json_schema()) for _, rule in sorted(rules().items()) if not rule.retired]


def _checked(body: StandardIn) -> tuple[FeeRule, dict[str, Any]]:
    """The rule and its params in the form they are stored; everything wrong is reported at once."""
    wrong: list[FieldError] = []
    rule = rules().get(body.rule)
    params: dict[str, Any] = {}
    if rule is None or rule.retired:
        wrong.append(FieldError("rule", f"没有收费规则 {body.rule}。", f"There is no fee rule {body.rule}."))
    else:
        known = {field.name for field in dataclasses.fields(rule.params)}
        wrong += [
            FieldError(f"params.{name}", "该规则没有这个参数。", "The rule has no such parameter.")
            for name in sorted(body.params.keys() - known)
        ]
        try:
            adapter = TypeAdapter(rule.params)
            params = adapter.dump_python(adapter.validate_python(body.params), mode="json")
        except ValidationError as error:
            for item in error.errors():
                path = ".".join(["params", *map(str, item["loc"])])
                wrong.append(FieldError(path, f"参数无效：{item['msg']}", f"Not valid: {item['msg']}"))
    if body.fee_kind not in FEE_KINDS:
        wrong.append(
            FieldError("fee_kind", f"没有费用种类 {body.fee_kind}。", f"There is no fee kind {body.fee_kind}.")
        )
    if body.proration not in MODES:
        wrong.append(FieldError("proration", "应为 day 或 none。", "Either day or none."))
    if body.effective_to is not None and body.effective_to < body.effective_from:
        wrong.append(FieldError("effective_to", "失效日期早于生效日期。", "The last day lies before the first."))
    if wrong or rule is None:
        raise StandardInvalid(fields=wrong)
    return rule, params


async def create(tx: Tx, who: Principal, body: StandardIn) -> Row[Any]:
    """Store a version; the open one before it ends on the day before.

    Raises:
        NoSuchCommunity: outside the caller's scope.
        StandardInvalid: names something unknown, or params its rule refuses.
        StandardOtherFeeKind, StandardOverlap, StandardAlreadyBilled: not now (409).
    """
    await access.community(tx, who, body.community_id)
    rule, params = _checked(body)
    standard = await repository.lock_or_create(tx, body.community_id, body.code, body.name, body.fee_kind)
    if standard.fee_kind != body.fee_kind:
        raise StandardOtherFeeKind(standard=body.code, fee_kind=standard.fee_kind)
    rows = {row.number: row for row in await repository.chain(tx, standard.id)}
    chain = [Version(row.number, row.effective_from, row.effective_to) for row in rows.values()]
    try:
        placed = place(chain, body.effective_from, body.effective_to)
    except Overlap as overlap:
        other = overlap.other
        raise StandardOverlap(number=other.number, first=other.first.isoformat(), last=other.last or "…") from overlap
    except EmptyRange as empty:  # checked above; kept so that the domain stays the one that decides
        raise StandardInvalid() from empty
    if placed.ends is not None and placed.ends_on is not None:
        billed = await repository.last_period_run(tx, standard.id)
        if billed is not None and Period.parse(billed).start >= body.effective_from:
            raise StandardAlreadyBilled(period=billed)
        await repository.end_version(tx, rows[placed.ends.number].version_id, placed.ends_on)
    version_id = await repository.add_version(
        tx,
        standard.id,
        {
            "number": placed.number,
            "rule": rule.code,
            "rule_version": rule.version,
            "params": params,
            "uses": sorted(set(body.uses)),
            "proration": body.proration,
            "due_day": body.due_day,
            "effective_from": body.effective_from,
            "effective_to": body.effective_to,
        },
    )
    tx.audit(
        "charge_standard.version_added",
        "charge_standard",
        standard.id,
        before={"ended": placed.ends.number, "ends_on": str(placed.ends_on)} if placed.ends else None,
        after=body.model_dump(mode="json"),
    )
    row = await repository.version(tx, version_id)
    assert row is not None  # stored above
    return row


async def charging_units(tx: Tx, community_id: UUID, code: str | None, day: date) -> Row[Any]:
    """What :func:`charging` finds, for a billing run, which charges units.

    Raises:
        ChargedByLateFeeRuns: terms of late fees, besides what ``charging`` raises (409).
    """
    version = await charging(tx, community_id, code, day)
    if rules()[version.rule].needs == OVERDUE:
        raise ChargedByLateFeeRuns(standard=version.code)
    return version


async def charging(tx: Tx, community_id: UUID, code: str | None, day: date) -> Row[Any]:
    """The version of the community's standard that is in force on ``day``.

    Raises:
        NoSuchStandard: no standard has that code.
        StandardAmbiguous: no code given, and the community has none or several.
        NoStandardInForce: no version applies on that day.
    """
    found = await repository.of_community(tx, community_id, code)
    if not found and code is not None:
        raise NoSuchStandard()
    if len(found) != 1:
        raise StandardAmbiguous(fields=[FieldError("standard_code", "请指明收费标准。", "Name the standard.")])
    standard = found[0]
    rows = {row.number: row for row in await repository.chain(tx, standard.id)}
    version = in_force([Version(row.number, row.effective_from, row.effective_to) for row in rows.values()], day)
    if version is None:
        raise NoStandardInForce(standard=standard.code, day=day.isoformat())
    return rows[version.number]


async def versions(tx: Tx, who: Principal, standard_id: UUID) -> Sequence[Row[Any]]:
    """All versions of one standard.

    Raises:
        NoSuchStandard: unknown, or outside the caller's scope.
    """
    rows = await repository.chain(tx, standard_id)
    if not rows:
        raise NoSuchStandard()
    try:
        await access.community(tx, who, rows[0].community_id)
    except NoSuchCommunity:
        raise NoSuchStandard() from None
    return rows


async def page(
    tx: Tx,
    who: Principal,
    community_id: UUID | None,
    code: str | None,
    updated_after: datetime | None,
    after: UUID | None,
    limit: int,
) -> Sequence[Row[Any]]:
    """Versions within the caller's scope, in the order they were made."""
    c = charge_standards.c
    conditions: list[ColumnElement[bool]] = access.within_reach(tx, who, c.id, c.community_id)
    if community_id is not None:
        conditions.append(c.community_id == community_id)
    if code is not None:
        conditions.append(c.code == code)
    if updated_after is not None:
        conditions.append(standard_versions.c.updated_at >= updated_after)
    return await repository.page(tx, conditions, after, limit)
