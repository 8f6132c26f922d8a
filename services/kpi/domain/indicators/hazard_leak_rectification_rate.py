"""A-122: leak hazards rectified; the register has them on a level of their own (AMB-043)."""

from __future__ import annotations

from services.kpi.domain.hazards import LEAK, examples, rate
from services.kpi.domain.numbers import Text

CODE = "hazard.leak.rectification.rate"
INDICATOR = rate(
    CODE,
    "A-122",
    Text("漏气隐患整改率", "Leak hazards rectified"),
    lambda doc: doc.get("level") == LEAK,
)
EXAMPLES = examples({"level": LEAK, "party": "company"}, {"level": "1", "party": "company"})
