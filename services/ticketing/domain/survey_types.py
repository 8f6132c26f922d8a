"""What surveys ask: the quarterly one of eight dimensions, and one for each topic with questions of its own.

Separate targets need a rate of their own for cleaning, greening, security, the service desk, coordination and the
hotline (C-124, C-125); a topic's answers never mix with those of the quarterly survey.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from services.ticketing.domain.surveys import DEFAULT_DIMENSIONS, DIMENSION_COUNT, NAMED, dimension_faults

QUARTERLY: Final = "quarterly"
#: A topic's questionnaire has at most so many questions: more are not answered.
MOST_QUESTIONS: Final = 20

_CODE: Final = re.compile(r"^[a-z][a-z0-9_]{0,39}$")


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is stored and read."""

    code: str
    zh: str
    en: str


def _questions(*items: tuple[str, str, str]) -> tuple[Question, ...]:
    return tuple(Question(*item) for item in items)


#: How the dimensions of the catalogue and the defaults read.
KNOWN: Final[Mapping[str, Question]] = MappingProxyType(
    {
        q.code: q
        for q in _questions(
            ("service_attitude", "服务态度", "Service attitude"),
            ("repair_timeliness", "维修时效", "Timeliness of repairs"),
            ("environment_cleanliness", "环境清洁", "Cleanliness of the environment"),
            ("greening", "绿化养护", "Greening"),
            ("security", "秩序安全", "Order and security"),
            ("facility_upkeep", "设施维护", "Upkeep of facilities"),
            ("communication", "沟通反馈", "Communication"),
            ("community_activities", "社区活动", "Community activities"),
        )
    }
)

#: The questions of each topic, unless a survey brings its own.
TOPICS: Final[Mapping[str, tuple[Question, ...]]] = MappingProxyType(
    {
        # row: C-124 a separate target needs a survey of its own
        "cleaning": _questions(
            ("overall", "对小区清洁保洁的总体评价", "The cleaning on the whole"),
            ("stairwells", "楼道与电梯", "Stairwells and lifts"),
            ("grounds", "道路与公共场地", "Roads and grounds"),
            ("waste", "垃圾清运", "Removal of waste"),
        ),
        "greening": _questions(
            ("overall", "对小区绿化的总体评价", "The greening on the whole"),
            ("lawns", "草坪与花木长势", "Lawns and plants"),
            ("pruning", "修剪与除虫", "Pruning and pest control"),
        ),
        "security": _questions(
            ("overall", "对小区秩序维护的总体评价", "Order and security on the whole"),
            ("access", "门岗与访客管理", "Gates and visitors"),
            ("patrols", "夜间巡逻", "Night patrols"),
            ("parking", "车辆停放秩序", "Order of parking"),
        ),
        "cs_staff": _questions(
            ("overall", "对客服人员的总体评价", "The service staff on the whole"),
            ("attitude", "服务态度", "Attitude"),
            ("competence", "专业能力", "Competence"),
            ("follow_up", "跟进与反馈", "Follow-up"),
        ),
        "coordination": _questions(
            ("overall", "对协调处理的总体评价", "Coordination on the whole"),
            ("speed", "协调速度", "Speed"),
            ("outcome", "协调结果", "Outcome"),
        ),
        # row: C-125 users of the hotline are asked about it
        "hotline": _questions(
            ("overall", "对服务热线的总体评价", "The hotline on the whole"),
            ("answering", "接听速度", "How fast calls are answered"),
            ("solving", "问题解决", "How well questions are solved"),
        ),
    }
)
TYPES: Final = (QUARTERLY, *TOPICS)


def standard(type: str, chosen: Sequence[Question] | None) -> tuple[Question, ...]:
    """The questions of a type; of the quarterly survey the three named ones and the company's ``chosen`` five."""
    if type != QUARTERLY:
        return TOPICS[type]
    return tuple(KNOWN[code] for code in NAMED) + tuple(
        chosen if chosen is not None else (KNOWN[code] for code in DEFAULT_DIMENSIONS[len(NAMED) :])
    )


def named(codes: Sequence[str], type: str, chosen: Sequence[Question] | None) -> tuple[Question, ...]:
    """Questions by their codes alone, with the texts that are known; an unknown code stands for itself."""
    texts = {**KNOWN, **{q.code: q for q in standard(type, chosen)}}
    return tuple(texts.get(code) or Question(code, code, code) for code in codes)


def question_faults(type: str, codes: Sequence[str]) -> list[tuple[str, str, str]]:
    """What is wrong with a questionnaire, as (path, Chinese, English); empty when nothing is."""
    if type == QUARTERLY:
        # row: C-117, AMB-020 exactly eight, with the three named ones
        return dimension_faults(codes)
    faults: list[tuple[str, str, str]] = []
    if not 1 <= len(codes) <= MOST_QUESTIONS:
        faults.append(
            ("dimensions", f"应为 1 至 {MOST_QUESTIONS} 个问题", f"There should be 1 to {MOST_QUESTIONS} questions")
        )
    return faults + _code_faults(codes, "dimensions")


def chosen_faults(codes: Sequence[str]) -> list[tuple[str, str, str]]:
    """What is wrong with the five dimensions a company chooses (C-117): five others than the three named ones."""
    wanted = DIMENSION_COUNT - len(NAMED)
    faults: list[tuple[str, str, str]] = []
    if len(codes) != wanted:
        faults.append(("chosen", f"应为 {wanted} 个维度", f"There should be {wanted} dimensions"))
    for index, code in enumerate(codes):
        if code in NAMED:
            faults.append(
                (f"chosen.{index}.code", "此维度为必备维度，无需自选", "This dimension is always asked; choose another")
            )
    return faults + _code_faults(codes, "chosen")


def _code_faults(codes: Sequence[str], path: str) -> list[tuple[str, str, str]]:
    faults: list[tuple[str, str, str]] = []
    for index, code in enumerate(codes):
        if not _CODE.match(code):
            faults.append(
                (f"{path}.{index}", "编码应为小写字母、数字和下划线", "A code is lower-case letters, digits, _")
            )
        elif code in codes[:index]:
            faults.append((f"{path}.{index}", "重复", "This is listed twice"))
    return faults
