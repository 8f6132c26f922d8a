"""General public-security cases per resident (A-260)."""

from __future__ import annotations

from services.kpi.domain import populations

RECORD_RULE = populations.rule("security.case.general.rate")
EXAMPLES = populations.EXAMPLES
