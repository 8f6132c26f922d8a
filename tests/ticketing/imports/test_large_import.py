"""A table of the size companies really have: 20,000 rows, 50 of them with one bad cell, each named and no other."""

from __future__ import annotations

import pytest

from deploy.bench.import_ import table
from tests.ticketing.cases import Desk
from tests.ticketing.imports.support import Tables


@pytest.mark.full
async def test_twenty_thousand_rows_with_fifty_bad_cells(desk: Desk) -> None:
    data, wrong = table(20_000, 50)
    await desk.register.stored("communities", [{"external_id": "bench", "name": "压测小区"}])
    tables = Tables(desk)
    done = await tables.run(data, mode="good")
    assert (done["rows"], done["stored"], done["bad"]) == (20_000, 19_950, 50)
    named: set[str] = set()
    query: dict[str, str] = {}
    while True:
        page = (await desk.register.get(f"/imports/{done['id']}/errors", tables.headers, **query)).json()
        named |= {item["cell"] for item in page["items"]}
        if page["next"] is None:
            break
        query = {"cursor": page["next"]}
    assert named == wrong
