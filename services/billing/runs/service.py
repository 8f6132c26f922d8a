"""Starting a billing run, and billing one chunk of its units.

A run is a saga: its job decides a few hundred units per transaction and keeps the last one as its cursor in
the same transaction, so that a killed worker resumes where it stopped and no write holds its locks for
long. The lock on the standard's row lets two runs of it take turns; the unique key of bills is the proof.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Row

from services.billing import access
from services.billing.collection.close import watch_quarter
from services.billing.domain.charging import rules
from services.billing.domain.runs import Draft, Terms, plan
from services.billing.domain.standards import due_date
from services.billing.domain.vocabulary import RUN_DONE, RUN_QUEUED, RUN_RUNNING
from services.billing.dunning.plans import watch_month
from services.billing.errors import NoSuchCommunity, NoSuchRun
from services.billing.ledger import repository as ledger
from services.billing.ledger.service import use_prepayments
from services.billing.models import billing_runs
from services.billing.register.position import to_bill_by
from services.billing.runs import bulk, facts, repository
from services.billing.runs.schemas import RunIn, Wanted
from services.billing.standards import repository as standards
from services.billing.standards.service import charging_units, read_params
from shared.auth import Principal
from shared.db.tx import Tx
from shared.periods import Period

JOB = "billing.run"


class Unproven(RuntimeError):
    """The stored bills and lines of a run do not sum to the same; the run is not called done."""


async def start(tx: Tx, who: Principal, body: RunIn) -> UUID:
    """Record a run and have the worker do it; an unfinished run of the same kind is taken up again instead.

    Raises:
        NoSuchCommunity: outside the caller's scope.
        NoSuchStandard, StandardAmbiguous, NoStandardInForce: what to charge by is not clear.
        RegisterBehind: the copy of the register must catch up first (409).
    """
    community = await access.community(tx, who, body.community_id)
    period = Period.parse(body.period)
    version = await charging_units(tx, community.id, body.standard_code, period.start)
    await standards.lock(tx, version.id)
    run_id = await repository.unfinished(tx, version.id, body.period)
    if run_id is None:
        # Read again under the lock: a version placed meanwhile may have replaced the one found above.
        version = await charging_units(tx, community.id, version.code, period.start)
        register = await to_bill_by(tx)
        run_id = await repository.add(
            tx,
            {
                "community_id": community.id,
                "standard_id": version.id,
                "version_id": version.version_id,
                "period": body.period,
                "state": RUN_QUEUED,
                "requested_by": who.sub,
                "register_state": register.state,
                "register_position": register.position,
                "register_head": register.head,
            },
        )
        tx.audit("billing_run.started", "billing_run", run_id, after=body.model_dump(mode="json"))
        due = due_date(period.start, version.due_day)
        watch_quarter(tx, community.id, version.fee_kind, due, community.zone)
        watch_month(tx, community.id, community.zone)
    tx.enqueue(JOB, {"run_id": str(run_id)})
    return run_id


async def get(tx: Tx, who: Principal, run_id: UUID) -> Row[Any]:
    """One run with its progress.

    Raises:
        NoSuchRun: unknown, or outside the caller's scope.
    """
    row = await repository.get(tx, run_id)
    if row is None:
        raise NoSuchRun()
    try:
        await access.community(tx, who, row.community_id)
    except NoSuchCommunity:
        raise NoSuchRun() from None
    return row


async def page(tx: Tx, who: Principal, wanted: Wanted, before: UUID | None, limit: int) -> Sequence[Row[Any]]:
    """Runs within the caller's scope, the latest first."""
    reach = access.within_reach(tx, who, billing_runs.c.id, billing_runs.c.community_id)
    return await repository.page(tx, reach, wanted, before, limit)


async def bill_chunk(tx: Tx, run_id: UUID, size: int) -> bool:
    """Decide the run's next ``size`` units in this transaction; False when the run is done.

    Raises:
        Unproven: at the end, when what was stored does not add up.
    """
    run = await repository.get(tx, run_id, lock=True)
    if run is None or run.state == RUN_DONE:
        return False
    await standards.lock(tx, run.standard_id)
    units = await repository.next_units(tx, run.community_id, run.cursor_unit_id, size)
    if not units:
        await _finish(tx, run)
        return False
    version = await standards.version(tx, run.version_id)
    assert version is not None  # a foreign key of the run
    ids = [unit.id for unit in units]
    decided = plan(
        units,
        terms_of(run.period, version),
        await repository.relations(tx, ids),
        await repository.billed_units(tx, run.standard_id, run.period, ids),
        await facts.given(tx, version, run.period, ids),
    )
    used = await _issue(tx, run, version, decided.drafts) if decided.drafts else 0
    await repository.move_on(
        tx,
        run_id,
        {
            "state": RUN_RUNNING,
            "cursor_unit_id": ids[-1],
            "units": run.units + len(units),
            "billed": run.billed + decided.billed,
            "skipped": dict(Counter(run.skipped) + decided.skipped),
            "bills_fen": run.bills_fen + sum(draft.amount_fen for draft in decided.drafts),
            "prepaid_used_fen": run.prepaid_used_fen + used,
        },
    )
    return True


def terms_of(of_period: str, version: Row[Any]) -> Terms:
    """How a run charges, from its period and the version of the standard it was started with."""
    rule = rules()[version.rule]
    period = Period.parse(of_period)
    return Terms(
        rule,
        read_params(rule, version.params),
        period.start,
        period.end,
        period.months,
        frozenset(version.uses),
        version.proration,
    )


async def _issue(tx: Tx, run: Row[Any], version: Row[Any], drafts: Sequence[Draft]) -> int:
    """Issue bills with all they cause; prepayments pay them at once. Returns the fen these paid."""
    today = tx.now.astimezone(await access.zone(tx, run.community_id)).date()
    due = due_date(Period.parse(run.period).start, version.due_day)
    prepaid = await bulk.owe(tx, run.community_id, drafts)
    # The counter's lock queues whoever else wants bill numbers, so it is taken after all others.
    first = await tx.number(f"bill.{run.period}", len(drafts))
    month = run.period.replace("-", "")
    numbers = [f"B{month}-{first + place:06d}" for place in range(len(drafts))]
    await bulk.issue(tx, run, version, due, today, numbers, drafts)
    if not prepaid:
        return 0
    used = await use_prepayments(tx, run.community_id, prepaid, today)
    await ledger.save_accounts(tx, prepaid.values())
    return used


async def _finish(tx: Tx, run: Row[Any]) -> None:
    """Prove the run from what is stored and call it done."""
    count, total, lines = await repository.sums(tx, run.id)
    if (count, total) != (run.billed, run.bills_fen) or lines != total:
        raise Unproven(
            f"run {run.id}: {run.billed} units of {run.bills_fen} fen counted, {count} of {total} stored, lines {lines}"
        )
    await repository.move_on(tx, run.id, {"state": RUN_DONE, "lines_fen": lines, "finished_at": tx.now})
    tx.audit("billing_run.done", "billing_run", run.id, after={"units": count, "total_fen": total})
