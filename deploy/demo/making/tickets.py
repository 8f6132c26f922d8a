"""The quarter's complaints and repairs, moment by moment.

A moment says what happened, when, and at which stop of the clock it is told. Complaints keep the four
clocks of the letter (answer within 10 minutes, on site within 30 where urgent, a plan within 24 hours, a
deadline for the complex ones) except the few that must not, and those are late in ways that differ, so that
the evidence has something to name.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

from deploy.demo.making.calendar import Bout, bouts
from deploy.demo.making.homes import Home
from deploy.demo.making.targets import Targets

RESPONSE: Final = "complaint.response"
ONSITE: Final = "complaint.onsite.urgent"
PLAN: Final = "complaint.plan"
DEADLINE: Final = "complaint.complex.deadline"
WAYS_TO_BE_LATE: Final = (RESPONSE, PLAN, ONSITE, DEADLINE)
SATISFIED: Final = 80  # a mark from which on a case counts as solved to the owner's satisfaction

COMPLAINTS: Final = (
    "楼上装修噪音扰民", "电梯轿厢卫生差", "地下车库照明不亮", "保安对访客态度差", "楼道堆放杂物",
    "绿化带枯死未补种", "垃圾清运不及时", "门禁系统经常失灵", "广场舞音乐过大", "快递柜位置不合理",
)  # fmt: skip
REPAIRS: Final = (
    "厨房水管漏水", "客厅插座没电", "卫生间地漏堵塞", "入户门锁损坏", "阳台窗户关不严", "对讲机没有声音",
    "墙面渗水", "热水器不点火", "楼道灯不亮", "马桶水箱漏水",
)  # fmt: skip


@dataclass(frozen=True)
class Moment:
    """One step of a case: told at the stop `at`, having happened at `occurred_at`."""

    what: str
    at: datetime
    occurred_at: datetime
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """A complaint or repair of a home. `late` names the clock it misses, `mark` what the owner thinks of
    the result."""

    key: str
    kind: str
    home: int
    summary: str
    urgent: bool
    late: str | None
    mark: int | None
    moments: tuple[Moment, ...]


def _minutes(n: int, seconds: int = 0) -> timedelta:
    return timedelta(minutes=n, seconds=seconds)


def _complaint(random: Random, n: int, home: Home, bout: Bout, *, late: str | None, mark: int, boundary: bool) -> Case:
    urgent = late == ONSITE or (late is None and n % 5 == 1)
    complex_case = late == DEADLINE or (late is None and n % 7 == 3)
    moments: list[Moment] = []

    def add(what: str, at: datetime, occurred: datetime | None = None, **fields: Any) -> None:
        moments.append(Moment(what, at, occurred or at, fields))

    if late == RESPONSE or boundary:
        received = bout.intake
        add("create", bout.intake, received)
        # Ten minutes are kept to the second; one second more is late.
        answered = bout.late if late == RESPONSE else bout.late - timedelta(seconds=1)
        add("respond", bout.late, answered)
    else:
        received = bout.intake - _minutes(random.randrange(3, 9), random.randrange(60))
        add("create", bout.intake, received)
        add("respond", bout.intake, received + _minutes(random.randrange(0, 2), random.randrange(60)))
    add("dispatch", moments[-1].at, min(moments[-1].at, moments[-1].occurred_at + timedelta(seconds=20)))
    if urgent:
        if late == ONSITE:
            add("arrive", bout.afternoon, received + _minutes(31), late_reason="现场信号不佳，事后补录")
        else:
            add("arrive", bout.intake, bout.intake - timedelta(seconds=5))
    if complex_case:
        add("classify", bout.afternoon, complex=True)
        if late == DEADLINE:
            deadline = bout.afternoon + timedelta(hours=12)
        else:
            deadline = bout.morning + timedelta(days=1)
        add("set-deadline", bout.afternoon, deadline=deadline)
    add("plan", bout.morning if late == PLAN else bout.afternoon)
    add("complete", bout.morning)
    # Most owners mark the result themselves; some only say it to the caller, which counts as well (AMB-110).
    by_phone = n % 10 == 7
    said: dict[str, Any] = {"rating": mark} if by_phone else {}
    add("revisit", bout.follow_up, **said)
    add("sign", bout.follow_up)
    if not by_phone:
        add("rate", bout.follow_up, score=mark)
    return Case(
        key=f"C{n + 1:03d}",
        kind="complaint",
        home=home.index,
        summary=COMPLAINTS[n % len(COMPLAINTS)],
        urgent=urgent,
        late=late,
        mark=mark,
        moments=tuple(moments),
    )


def complaints(random: Random, homes: Sequence[Home], targets: Targets) -> tuple[Case, ...]:
    """All complaints, spread evenly over the quarter's bouts: `targets.late` of them miss exactly one clock
    each, `targets.satisfied` are marked satisfied, and one is answered on the last second that counts."""
    weeks = bouts()
    chosen = random.sample([h for h in homes if h.occupied_from and not h.occupied_to], targets.complaints)
    late = dict(
        zip(
            sorted(random.sample(range(1, targets.complaints), targets.late)),
            (WAYS_TO_BE_LATE[i % len(WAYS_TO_BE_LATE)] for i in range(targets.late)),
            strict=True,
        )
    )
    satisfied = set(random.sample(range(targets.complaints), targets.satisfied))
    return tuple(
        _complaint(
            random,
            n,
            home,
            weeks[n * len(weeks) // targets.complaints],
            late=late.get(n),
            mark=random.choice((80, 85, 90, 95, 100)) if n in satisfied else random.choice((40, 60, 70, 79)),
            boundary=n == 0,
        )
        for n, home in enumerate(chosen)
    )


def repairs(random: Random, homes: Sequence[Home], targets: Targets) -> tuple[Case, ...]:
    """All repairs: taken in and dispatched in a bout's morning, done the same afternoon or the next day."""
    weeks = bouts()
    chosen = random.sample([h for h in homes if h.occupied_from], targets.repairs)
    made = []
    for n, home in enumerate(chosen):
        bout = weeks[n * len(weeks) // targets.repairs]
        received = bout.intake - _minutes(random.randrange(1, 12), random.randrange(60))
        done = bout.afternoon if n % 3 else bout.morning
        mark = random.choice((70, 85, 90, 95, 100)) if n % 4 == 0 else None
        moments = [
            Moment("create", bout.intake, received),
            Moment("dispatch", bout.intake, bout.intake - timedelta(seconds=10)),
            Moment("arrive", done, done - _minutes(10)),
            Moment("complete", done, done - _minutes(2)),
        ]
        if mark is not None:
            moments.append(Moment("sign", bout.follow_up, bout.follow_up))
            moments.append(Moment("rate", bout.follow_up, bout.follow_up, {"score": mark}))
        made.append(
            Case(
                key=f"R{n + 1:03d}",
                kind="repair",
                home=home.index,
                summary=REPAIRS[n % len(REPAIRS)],
                urgent=n % 9 == 0,
                late=None,
                mark=mark,
                moments=tuple(moments),
            )
        )
    return tuple(made)
