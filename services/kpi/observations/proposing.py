"""What ticketing proposes, of its cases and surveys, becomes observations that wait for a second person."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi import access
from services.kpi.domain.freezing import reading_json
from services.kpi.domain.proposals import proposed
from services.kpi.observations import repository
from shared.contracts.envelope import Event
from shared.db.tx import Tx


async def on_proposed(tx: Tx, events: Sequence[Event]) -> None:
    """One observation an event, under the event's id: heard twice it is stored once.

    Raises ValueError or KeyError for an event that makes no sense; it is parked.
    """
    zones = await access.zones(tx, {event.community_id for event in events})
    for event in events:
        if event.community_id is None or event.actor_id is None:
            raise ValueError(f"{event.type} without its community or whoever proposed it")
        proposal = proposed(event.type, event.data)
        await repository.insert_once(
            tx,
            {
                "id": event.id,
                "version": 1,
                "created_at": tx.now,
                "updated_at": tx.now,
                "indicator": proposal.indicator,
                "community_id": event.community_id,
                "on_date": proposal.on or event.occurred_at.astimezone(zones[event.community_id]).date(),
                "reading": reading_json(proposal.reading),
                # row: C-023, C-031, C-032 the entry is linked to the complaint
                "case_id": event.subject,
                "sampled": proposal.sampled,
                "file_ids": [],
                "note": event.data.get("number"),
                "state": "recorded",
                "recorded_by": event.actor_id,
            },
        )
