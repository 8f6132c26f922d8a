"""The written form of a sample, one page for each employee drawn (C-123, E-033)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from services.ticketing.access import community
from services.ticketing.documents.papers import Paper
from services.ticketing.documents.repository import place, staff_name
from services.ticketing.sampling import service
from shared.auth import Principal
from shared.db.tx import Tx


async def forms(tx: Tx, who: Principal, id: UUID) -> Paper:
    """The forms of a sample, numbered from 1 and with nobody's name. Raises NoSuchStaffSample."""
    row = await service.sample(tx, who, id)
    where = await place(tx, row.community_id, None)
    zone = (await community(tx, who, row.community_id)).zone
    drawn: datetime = row.created_at.astimezone(zone)
    return Paper(
        "staff_sample_form",
        "员工满意度抽查表",
        "CC",
        id,
        zone,
        where.organisation or "",
        {
            "ticket": f"{where.community} {row.year}",
            "community": where.community,
            "year": str(row.year),
            "about": await staff_name(tx, row.about_id),
            "drawn_on": f"{drawn:%Y-%m-%d}",
            # row: C-123, E-033 a written form for each of those drawn
            "forms": [str(n) for n in range(1, row.size + 1)],
        },
    )
