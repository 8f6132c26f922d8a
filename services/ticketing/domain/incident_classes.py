"""What counts as an incident in which letter: the definition sets, by template (C-165 … C-175).

The sets contradict each other and are never merged; a ruling names the set and one of its classes. ``none``: what
turned out to be no incident of that set.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

Names = tuple[str, str]

_NONE: Final[Mapping[str, Names]] = {"none": ("不构成", "no incident")}

_T000: Final[Mapping[str, Names]] = {
    # row: C-165
    "employee_death": ("员工死亡事故", "death of an employee"),
    # row: C-166, C-167 without a threshold; uniforms and equipment of the department are property as well
    "property": ("公司财产（含服装、器械）报废、损毁、丢失", "company property scrapped, damaged or lost"),
    # row: C-168
    "fire": ("火灾事故", "fire"),
    # row: C-169
    "vice": ("员工涉黄、涉毒、涉赌", "employees involved in vice, drugs or gambling"),
    # row: C-170
    "vicious_security": ("恶性治安事件", "vicious public-security event"),
    # row: C-171
    "mass_desertion": ("员工大批逃离、罢工或治安拘留", "mass desertion, strike or detention of employees"),
}

_T001P: Final[Mapping[str, Names]] = {
    "employee_death": ("员工死亡事故", "death of an employee"),
    "important_property": ("公司重要财产报废、损毁", "important company property scrapped or damaged"),
    "fire": ("火灾事故", "fire"),
    # row: C-172 flooding counts here, vice and strike do not
    "flood": ("水浸事故", "flooding"),
    "vicious_security": ("恶性治安事件", "vicious security event"),
    # row: C-173
    "owner_casualty": ("业主/使用人重伤、死亡", "serious injury or death of an owner or user"),
}

_T004C: Final[Mapping[str, Names]] = {
    "employee_death": ("员工死亡", "death of an employee"),
    "important_property": ("公司重要财产损失", "loss of important company property"),
    "fire": ("火灾", "fire"),
    "flood": ("水浸", "flooding"),
    "vicious_security": ("恶性治安事故", "vicious security accident"),
    # row: C-174
    "owner_injury": ("业主（住户）重伤", "serious injury of an owner or resident"),
}

_T003G: Final[Mapping[str, Names]] = {
    "casualties": ("人员伤亡", "casualties"),
    # row: C-175
    "property_over_100k": ("财产损失超10万元", "property loss of more than 100,000 yuan"),
}

_BY_LEVEL: Final[Mapping[str, Names]] = {
    "safety_event": ("安全事件", "safety event"),
    "accident": ("安全事故", "accident"),
}

SETS: Final[Mapping[str, Mapping[str, Names]]] = {
    "T000": {**_T000, **_NONE},
    "T001P": {**_T001P, **_NONE},
    "T004C": {**_T004C, **_NONE},
    "T003G": {**_T003G, **_NONE},
    # These two count by level alone.
    "T001F": {**_BY_LEVEL, **_NONE},
    "T001H": {**_BY_LEVEL, **_NONE},
}
