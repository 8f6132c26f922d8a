"""A-134: hazards by cookers without flame-out protection eliminated (C-154)."""

from __future__ import annotations

from services.kpi.domain.hazards import examples, rate
from services.kpi.domain.numbers import Text

CODE = "appliance.noflameout.cooker.rate"
INDICATOR = rate(
    CODE,
    "A-134",
    Text("无熄火保护灶具隐患完成率", "Cookers without flame-out protection eliminated"),
    lambda doc: doc.get("appliance") == "cooker_without_flameout_protection",
)
EXAMPLES = examples(
    {"level": "2", "party": "user", "appliance": "cooker_without_flameout_protection"},
    {"level": "2", "party": "user", "appliance": "other"},
)
