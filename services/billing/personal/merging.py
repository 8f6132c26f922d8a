"""Two rows of the register were one person: whoever paid or owed under the one does so under the other.

Amounts, units and numbers stay; only who is named changes.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from services.billing.debits.mandates import follow as mandates_follow
from services.billing.dunning.households import follow as cases_follow
from services.billing.personal import repository
from services.billing.personal.registry import FOLLOWED
from shared.contracts.envelope import Event
from shared.db.tx import Tx


async def on_merged(tx: Tx, events: Sequence[Event]) -> None:
    """Every table of the registry names the survivor; told twice, there is nothing left to rename."""
    for event in events:
        loser, survivor = event.subject, UUID(event.data["survivor_id"])
        for table, column in FOLLOWED:
            await repository.rename(tx, table, column, loser, survivor)
        await cases_follow(tx, loser, survivor)
        await mandates_follow(tx, loser, survivor)
        tx.audit("payer.merged", "person", survivor, after={"merged": loser})
