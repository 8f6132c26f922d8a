"""Incidents (事故/突发事件): declared, handled on site, contained, investigated, ruled on, answered by measures.

People act by the emergency plan and tell the system when they can (G-019): each step may be told late, with the time
at which it happened, and a step that was skipped does not hold up the next.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal
from uuid import UUID

from services.ticketing.domain.deeds import Deed
from services.ticketing.domain.facts import Facts
from services.ticketing.domain.incident_classes import SETS
from services.ticketing.domain.kind import Example, StateSpec, Step, TicketKind, stay
from services.ticketing.domain.kinds._kit import FIELD, LEADS, SERVING, at, finishing, onward, promise
from services.ticketing.domain.ticket_errors import TicketInvalid
from shared.errors import FieldError

_RULERS: Final = frozenset({"qa", "gm"})
_COMMAND: Final = LEADS | {"gm", "safety"}
_ANYBODY: Final = SERVING | FIELD | {"qa"}


@dataclass(frozen=True, slots=True)
class Fields:
    """What happened, as it is declared."""

    event: Literal["fire", "flood", "gas", "security", "injury", "equipment", "weather", "data_leak", "other"]
    plan: str = ""  # the emergency plan that is acted by


@dataclass(frozen=True, slots=True)
class Report:
    """To whom it was reported, by role."""

    to_role: str


@dataclass(frozen=True, slots=True)
class Command:
    """Who commands on site from now on; the one before is relieved by it."""

    commander_id: UUID


@dataclass(frozen=True, slots=True)
class Investigation:
    """Cause, responsibility, how it is to be dealt with and prevented; whether the plan was acted by."""

    cause: str
    responsibility: str
    handling_opinion: str
    prevention: str
    # row: C-181 an emergency plan that was not put into effect is found here
    plan_followed: bool


@dataclass(frozen=True, slots=True)
class Ruling:
    """The class by the definition set of a letter, its level, cause and damage; ``loss_fen`` in fen."""

    definition_set: str
    event_class: str
    # row: AMB-042, C-182, C-183 an event lies below an accident; which it was, the ruling says
    level: Literal["none", "event", "general", "major", "extra_major"]
    by_dereliction: bool
    loss_fen: int = 0
    casualties: int = 0
    responsible_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Measures:
    """What is done about those responsible, and against it happening again."""

    # row: C-180 accountability is pursued and recurrence prevented
    accountability: str
    prevention_measures: str


def _rule(facts: Facts, at: datetime, given: Mapping[str, Any]) -> Facts:
    classes = SETS.get(given["definition_set"])
    wrong = []
    if classes is None:
        told = ("没有这套定义", "There is no such definition set")
        wrong.append(FieldError("fields.definition_set", *told))
    elif given["event_class"] not in classes:
        known = "、".join(classes), ", ".join(classes)
        told = (f"该定义下的类别有：{known[0]}", f"The classes of this set are: {known[1]}")
        wrong.append(FieldError("fields.event_class", *told))
    elif (given["level"] == "none") != (given["event_class"] == "none"):
        told = ("不构成事故的，类别和等级均为 none", "What is no incident has the class and the level none")
        wrong.append(FieldError("fields.level", *told))
    if min(given.get("loss_fen", 0), given.get("casualties", 0)) < 0:
        wrong.append(FieldError("fields.loss_fen", "不能为负数", "Not below zero"))
    if wrong:
        raise TicketInvalid(fields=wrong)
    return facts


def _ruled(facts: Facts) -> dict[str, Any]:
    names = ("definition_set", "event_class", "level", "by_dereliction", "loss_fen", "casualties", "responsible_id")
    told = {name: facts.fields.get(name) for name in names}
    return {**told, "major_loss": is_major_loss(facts), "ruled_at": facts.time("ruled_at")}


def is_major_loss(facts: Facts) -> bool:
    """Whether the loss is a major economic one: more than 200,000 yuan (超20万元, exclusive)."""
    return int(facts.fields.get("loss_fen") or 0) > 20_000_000  # row: C-176


_ORDER: Final = ("declared", "on_site", "contained", "investigated", "ruled", "measures", "closed")
_OPEN: Final = _ORDER[:-1]
_D: Final = timedelta
_ROLES: Final = ("safety", "project_manager", "gm")

KIND = TicketKind(
    code="incident",
    zh="突发事件",
    en="Incident",
    prefix="I",
    policy="incident/1",
    fields=Fields,
    states=(
        StateSpec("declared", "已上报", "declared", role="safety"),
        StateSpec("on_site", "现场处置中", "handled on site", role="safety"),
        StateSpec("contained", "已控制", "contained", role="safety"),
        StateSpec("investigated", "已调查", "investigated", role="qa"),
        StateSpec("ruled", "已认定", "ruled on", role="gm"),
        StateSpec("measures", "措施落实中", "measures under way", role="supervisor"),
        StateSpec("closed", "已结案", "closed", final=True),
    ),
    # row: G-019 the plan goes on whatever the system knows: steps are told later, with the time they happened
    moves={
        "report": stay(*_OPEN),
        "take-command": stay("declared", "on_site", "contained"),
        "arrive": onward(_ORDER, "declared", "declared", "on_site"),
        "contain": onward(_ORDER[:-1], "declared", "on_site", "contained"),
        "investigate": onward(_ORDER[:-3], "declared", "contained", "investigated"),
        "rule": {"investigated": "ruled"},
        "set-measures": {"ruled": "measures", "measures": "measures"},
        "finish": {"measures": "closed"},
        "dispatch": stay(*_OPEN),
        "follow-up-note": stay(*_ORDER),
    },
    deeds=(
        # row: C-177 acted by the plan, reported up at once
        Deed("report", "上报", "reported", _ANYBODY, Report, stamp="reported_at"),
        # row: C-178 somebody commands on site until relieved
        Deed("take-command", "现场指挥", "given a commander", _COMMAND, Command),
        Deed("contain", "控制", "contained", _ANYBODY, stamp="contained_at"),
        # row: C-179 each accident is investigated: cause, handling, responsibility, prevention
        Deed("investigate", "调查", "investigated", _COMMAND | {"qa"}, Investigation, stamp="investigated_at"),
        # row: C-165 QA or the general manager rules, and neither on what they handled
        Deed("rule", "认定", "ruled on", _RULERS, Ruling, effect=_rule, stamp="ruled_at", second=True),
        Deed("set-measures", "制定措施", "answered by measures", _COMMAND | {"qa", "hr"}, Measures),
        finishing(_RULERS | {"safety"}),
    ),
    actors={"create": _ANYBODY},
    tells={
        "create": (
            "incident.declared.v1",
            lambda f: {"event": f.fields.get("event"), "happened_at": f.received_at},
        ),
        "rule": ("incident.ruled.v1", _ruled),
    },
    clocks=(
        promise(
            "emergency.act",
            "B-038",
            "按应急预案行动并立即报告上级",
            "act by the emergency plan and report to the superior at once",
            at("reported_at"),
            roles=_ROLES,
        ),
        promise(
            "incident.onsite.command",
            "B-040",
            "负责人立即赶到现场并担任临时指挥",
            "the manager is at the scene at once and commands until relieved",
            lambda f: f.arrived_at if f.fields.get("commander_id") else None,
            roles=_ROLES,
        ),
        promise(
            "incident.aftermath",
            "B-034",
            "会同相关部门及时做好善后",
            "deal with the aftermath in time, with the departments concerned",
            lambda f: f.followed_up_at,
            roles=_ROLES,
        ),
    ),
    urgent=True,
    examples=(
        Example(
            "a fire, from the alarm to the end of the measures",
            (
                Step("report", _D(minutes=2), args={"to_role": "gm"}),
                Step("arrive", _D(minutes=8)),
                Step("take-command", _D(minutes=8), args={"commander_id": "01955a3e-7c00-7000-8000-00000000000e"}),
                Step("contain", _D(minutes=40)),
                Step(
                    "investigate",
                    _D(days=3),
                    args={
                        "cause": "线路老化",
                        "responsibility": "维护不到位",
                        "handling_opinion": "更换全部线路",
                        "prevention": "季度检测",
                        "plan_followed": True,
                    },
                ),
                Step(
                    "rule",
                    _D(days=5),
                    args={
                        "definition_set": "T000",
                        "event_class": "fire",
                        "level": "general",
                        "by_dereliction": True,
                        "loss_fen": 1_200_000,
                    },
                ),
                Step(
                    "set-measures",
                    _D(days=6),
                    args={"accountability": "书面检查", "prevention_measures": "季度检测线路"},
                ),
                Step("finish", _D(days=30)),
            ),
            until=_D(days=31),
            state="closed",
            urgency="urgent",
            clocks={},
            fields={"event": "fire", "plan": "火灾应急预案"},
        ),
        Example(
            "nobody had time to type: everything is told in the evening, as it happened",
            (
                Step("contain", _D(minutes=40), told_after=_D(hours=9)),
                Step("arrive", _D(minutes=8), told_after=_D(hours=9)),
                Step("report", _D(minutes=2), told_after=_D(hours=9), args={"to_role": "gm"}),
            ),
            until=_D(hours=10),
            state="contained",
            urgency="urgent",
            clocks={},
            fields={"event": "flood"},
        ),
    ),
)

