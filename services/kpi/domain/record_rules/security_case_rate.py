"""Public-security cases per resident (A-273)."""

from __future__ import annotations

from services.kpi.domain import populations

RECORD_RULE = populations.rule("security.case.rate")
EXAMPLES = populations.EXAMPLES
