"""All rows: which promise runs how. Adding one is a line in the table of its kind of work."""

from __future__ import annotations

from collections.abc import Sequence

from services.kpi.domain.deadlines import table_cases, table_periods, table_safety
from services.kpi.domain.deadlines.rows import Row

ROWS: Sequence[Row] = (*table_cases.ROWS, *table_safety.ROWS, *table_periods.ROWS)
