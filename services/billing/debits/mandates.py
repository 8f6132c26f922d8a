"""Agreements of payers that the bank collects. The account is sealed under the payer's key and shown masked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.debit_errors import DebitInvalid, MandateEnded, MandateExists, NoSuchMandate
from services.billing.debits import repository
from services.billing.debits.schemas import EndIn, MandateIn
from services.billing.domain import debits as rules
from services.billing.domain.vocabulary import FEE_KINDS, OTHERS_MONEY
from services.billing.errors import NoSuchUnit
from services.billing.models import debit_mandates
from shared.auth import Principal
from shared.db.tx import Tx
from shared.errors import FieldError, LostUpdate
from shared.ids import uuid7

_MERGED = "登记合并为同一人 the register found two people to be one"


async def add(tx: Tx, who: Principal, body: MandateIn) -> Row[Any]:
    """Store a mandate, or that the payer declined one.

    Raises:
        NoSuchUnit: outside the caller's reach. DebitInvalid: bank, account or holder missing, or an unknown fee kind.
        MandateExists: this payer has one for the unit (409).
    """
    community = await access.unit_community(tx, who, body.unit_id)
    wrong = []
    if not body.declined:
        for name in ("bank", "account", "holder"):
            if getattr(body, name) is None:
                wrong.append(FieldError(name, "必填。", "Required."))
    for n, kind in enumerate(body.fee_kinds):
        if kind not in FEE_KINDS or kind in OTHERS_MONEY:
            zh, en = f"不能托收费用 {kind}。", f"{kind} is not collected by the bank."
            wrong.append(FieldError(f"fee_kinds.{n}", zh, en))
    if wrong:
        raise DebitInvalid(fields=wrong)
    mandate_id = uuid7()
    personal = {"account": body.account, "holder": body.holder}
    day = f"{tx.now.astimezone(community.zone):%Y%m}"
    values = {
        "id": mandate_id,
        "community_id": community.id,
        "unit_id": body.unit_id,
        "payer_id": body.payer_id,
        "number": f"TS{day}-{await tx.quick_number(f'debit_mandate.{day}'):05d}",
        "state": rules.DECLINED if body.declined else rules.ACTIVE,
        "bank": None if body.declined else body.bank,
        "account_mask": None if body.declined else rules.mask(body.account or ""),
        "sealed": None if body.declined else await tx.vault.seal(tx, body.payer_id, personal),
        "fee_kinds": sorted(set(body.fee_kinds)),
        "since": body.since,
        "note": body.note,
    }
    if not await repository.add_mandate(tx, values):
        raise MandateExists()
    tx.audit("debit_mandate.added", "debit_mandate", mandate_id, after={"state": values["state"]})
    return await get(tx, who, mandate_id)


async def get(tx: Tx, who: Principal, mandate_id: UUID, *, lock: bool = False) -> Row[Any]:
    """A mandate within the caller's reach. Raises NoSuchMandate."""
    row = await repository.mandate(tx, mandate_id, lock=lock)
    if row is None:
        raise NoSuchMandate()
    try:
        await access.unit_community(tx, who, row.unit_id)
    except NoSuchUnit:
        raise NoSuchMandate() from None
    return row


async def end(tx: Tx, who: Principal, mandate_id: UUID, body: EndIn, version: int | None) -> Row[Any]:
    """End a mandate; what is with the bank already is answered all the same, under the account it was sent with.

    Raises:
        NoSuchMandate, LostUpdate. MandateEnded: before. DebitInvalid: a day before it began.
    """
    row = await get(tx, who, mandate_id, lock=True)
    if version is not None and version != row.version:
        raise LostUpdate()
    if row.state == rules.ENDED:
        raise MandateEnded()
    if body.ended_on < row.since:
        zh, en = "终止日期不能早于生效日期。", "Not before it began."
        raise DebitInvalid(fields=[FieldError("ended_on", zh, en)])
    await repository.end(tx, row, ended_on=body.ended_on, note=body.reason)
    tx.audit("debit_mandate.ended", "debit_mandate", row.id, after={"ended_on": body.ended_on.isoformat()})
    return await get(tx, who, mandate_id)


async def follow(tx: Tx, loser: UUID, survivor: UUID) -> None:
    """The mandates of one person become another's, their accounts sealed anew.

    A unit has one live mandate of a payer: where both have one, the agreement that collects stays, the older if both
    do. Lines that are with the bank name their mandate, and are answered under it all the same.
    """
    rows = await repository.of_persons(tx, [loser, survivor])
    live: dict[UUID, Row[Any]] = {}
    # What collects goes before what was declined, then what has stood longest.
    for row in sorted(rows, key=lambda row: (row.state != rules.ACTIVE, row.since, row.id)):
        if row.state == rules.ENDED:
            continue
        if live.setdefault(row.unit_id, row) is not row:
            await repository.end(tx, row, ended_on=max(tx.now.date(), row.since), note=_MERGED)
            tx.audit("debit_mandate.ended", "debit_mandate", row.id, after={"merged_into": survivor})
    theirs = [row for row in rows if row.payer_id == loser]
    opened = iter(await tx.vault.open(tx, [(loser, row.sealed) for row in theirs if row.sealed is not None]))
    for row in theirs:
        account = next(opened) if row.sealed is not None else None
        sealed = None if account is None else await tx.vault.seal(tx, survivor, account)
        await repository.rename(tx, row, survivor, sealed)


async def page(
    tx: Tx, who: Principal, asked: tuple[UUID | None, UUID | None, str | None], before: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Mandates within the caller's reach (community, unit, state), the latest first."""
    c = debit_mandates.c
    conditions = access.within_reach(tx, who, c.unit_id, c.community_id)
    wanted = zip((c.community_id, c.unit_id, c.state), asked, strict=True)
    conditions += [column == value for column, value in wanted if value is not None]
    return await repository.mandates_page(tx, conditions, before, limit)


async def to_handle(
    tx: Tx, who: Principal, community_id: UUID, on: date | None, after: UUID | None, limit: int
) -> Sequence[Row[Any]]:
    """Payers who moved in and were not asked yet. Raises NoSuchCommunity."""
    community = await access.community(tx, who, community_id)
    day = on or tx.now.astimezone(community.zone).date()
    # row: C-064 collections by bank are handled at move-in: whoever pays for a unit has an agreement, or declined one
    return await repository.to_handle(tx, community_id, day, after, limit)
