"""Time limits of the desk, of duty and of safety (B.1 from B-030 on, B.2)."""

from __future__ import annotations

from services.kpi.domain.deadlines.dates import Months
from services.kpi.domain.deadlines.limits import Given, Window
from services.kpi.domain.deadlines.rows import NO_TIME, PARAMETER, PERIODIC, PROMPT, often, row
from services.kpi.domain.numbers import Text

_THREE_YEARS = Months(36, Text("安装满3年时更换", "replaced when three years old"))
_DESK = Window(8, 20, Text("每日8:00至20:00，任何一分钟无人均计", "daily 08:00 to 20:00, any uncovered minute counts"))
_NODE = Given("deadline", Text("按要求的时间节点", "by the required time node"))

ROWS = (
    row(30, "T003S", "frontdesk.window", "前台无空岗", "Front desk staffed", _DESK),
    row(31, "T003S", "roster.check", "排班在岗检查", "Roster and presence check", often(1, "day")),
    row(32, "T002J", "patrol.daily", "每日全面巡视", "Daily patrol", often(1, "day")),
    row(33, "T002J", "reports.review", "审阅报告", "Reviewing reports", PROMPT),
    row(34, "T002J", "incident.aftermath", "突发事件善后", "Aftermath of an incident", PROMPT),
    row(35, "T002A", "violation.renovation.stop", "违规装修制止", "Stopping an illegal renovation", PROMPT),
    row(36, "T001A", "hazard.report.now", "隐患上报", "Reporting a danger", PROMPT),
    row(37, "T001A", "device.loss.report", "设备损坏丢失上报", "Reporting a damaged or lost device", PROMPT),
    row(38, "T001A", "emergency.act", "按应急预案行动", "Acting by the emergency plan", PROMPT),
    row(39, "T001B", "hazard.rectify.now", "隐患立即整改", "Rectifying a hazard", PROMPT),
    row(40, "T001B", "incident.onsite.command", "赶到现场指挥", "Commanding on the scene", PROMPT),
    row(41, "T001B", "closing.check", "下班前安全检查", "Closing check", often(1, "day")),
    row(42, "T001B", "fire.device.replace", "消防器材更换", "Replacing fire equipment", PROMPT),
    row(43, "T001E", "hazard.rectify.heating", "隐患立即整改", "Rectifying a hazard", PROMPT),
    row(44, "T001E", "hazard.report.heating", "隐患及时报告", "Reporting a hazard", PROMPT),
    row(45, "T001F", "post.leave.power", "离岗断电", "Power off when leaving the post", NO_TIME),
    row(46, "T001F", "suspicion.report", "可疑情况报告", "Reporting anything suspicious", PROMPT),
    row(47, "T001R", "suspicion.report", "可疑情况报告", "Reporting anything suspicious", PROMPT),
    row(48, "T001R", "post.leave.power", "离岗断电", "Power off when leaving the post", NO_TIME),
    row(49, "T001R", "equipment.idle.power", "闲置断电", "Power off when idle", PROMPT),
    row(50, "T001R", "fire.initial", "扑灭初起火", "Putting out a small fire", PROMPT),
    row(51, "T001R", "emergency.act", "按程序处置", "Acting by the procedure", PROMPT),
    row(52, "T001F", "equipment.idle.power", "闲置断电", "Power off when idle", PROMPT),
    row(53, "T001B", "holiday.security", "节假日保卫", "Security over holidays", NO_TIME),
    row(54, "T001G", "equipment.maintenance.periodic", "设备维护保养", "Maintenance of devices", PERIODIC),
    row(55, "T001G", "fire.plan.drill", "消防预案演练", "Fire drill", PERIODIC),
    row(56, "T001G", "health.publicity.periodic", "职业健康宣传", "Occupational health publicity", PERIODIC),
    row(57, "T001F", "fire.initial", "扑灭初起火", "Putting out a small fire", PROMPT),
    row(58, "T001G", "fire.check.periodic", "消防检查整改", "Rectifying after a fire check", PROMPT),
    row(59, "T001H", "safety.activity.weekly", "每周安全活动", "Weekly safety activity", often(1, "week")),
    row(60, "T001H", "duty.standby", "维修备勤", "Maintenance standby", NO_TIME),
    row(61, "T001Q", "hose.rubber.age", "橡胶软管更换", "Replacing a rubber hose", _THREE_YEARS),
    row(62, "T001Q", "special.programme.term", "专项工作进度", "Progress of the special programme", often(1, "month")),
    row(63, "T001Q", "directive.ontime", "执行上级要求", "Executing a directive", _NODE),
    row(64, "T004C", "emergency.response", "紧急出警", "Responding to an alarm", PARAMETER),
    row(65, "T004C", "order.inspection.monthly", "秩序月检", "Monthly inspection", often(1, "month")),
    row(66, "T001D", "safety.exam.gate", "安全考试上岗", "Safety exam before work", NO_TIME),
)
