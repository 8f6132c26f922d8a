"""Valid complaints: only those ruled valid count; how many were received does not matter (F-047, F-090, AMB-065)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.kpi.domain.case_rule import CaseExample, CaseRule


def counts(case: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
    """Whether the complaint was ruled valid."""
    valid = case["valid"]
    if valid is not None and not isinstance(valid, bool):
        raise ValueError("valid is true, false, or null while nobody has ruled")
    return valid is True  # row: F-047, AMB-065 an invalid complaint, or one not yet ruled, does not count


CASE_RULE = CaseRule(code="complaint.valid.count", counts=counts)

EXAMPLES: tuple[CaseExample, ...] = (
    ({"valid": True}, {}, True),
    ({"valid": False}, {}, False),
    ({"valid": None}, {}, False),
)
