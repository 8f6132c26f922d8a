"""Where facts of observed indicators come from, as people read it."""

from __future__ import annotations

from collections.abc import Mapping

from services.kpi.domain.numbers import Text

SOURCES: Mapping[str, Text] = {
    "sample": Text("抽查记录", "Sampling record"),
    "incident": Text("事故裁定记录", "Ruling on an incident"),
    "training": Text("培训记录", "Training record"),
    "exam": Text("考试成绩", "Exam results"),
    "ticket": Text("报修投诉工单", "Repair and complaint cases"),
    "call": Text("电话记录", "Call records"),
    "visit": Text("来访接待记录", "Reception records"),
    "revisit": Text("回访记录", "Follow-up records"),
    "survey": Text("满意度调查结果", "Survey results"),
    "records": Text("工作记录检查", "Check of work records"),
    "billing": Text("收费系统数据", "Figures of the fee system"),
    "attendance": Text("考勤记录", "Attendance records"),
    "report": Text("报表提交记录", "Submitted reports and plans"),
    "budget": Text("预算执行数据", "Budget figures"),
    "hazard": Text("隐患台账", "Hazard register"),
    "inspection": Text("检查记录", "Inspection records"),
    "violation": Text("违章记录", "Violation records"),
    "review": Text("考评记录", "Appraisal records"),
    "letter": Text("责任书签订记录", "Signed letters"),
    "staff": Text("人员资料", "Staff records"),
    "external": Text("外部数据（附凭证）", "Figures from outside, with evidence"),
    "tasks": Text("任务台账", "Task register"),
    "archive": Text("档案检查记录", "Archive checks"),
    "device": Text("设备台账", "Device register"),
    "rewards": Text("奖惩台账", "Register of rewards and penalties"),
    "renovation": Text("装修巡查记录", "Renovation patrol records"),
    "media": Text("媒体舆情记录", "Media records"),
    "suggestions": Text("建议台账", "Register of suggestions"),
    "roster": Text("排班在岗记录", "Roster and presence records"),
    "activity": Text("社区活动记录", "Community activity records"),
    "keys": Text("钥匙台账", "Key register"),
    "parking": Text("停车收费数据", "Parking figures"),
    "scorecard": Text("由评分表本身得出", "Follows from the scorecard itself"),
}
