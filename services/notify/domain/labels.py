"""The words for codes that reach a reader: a code is never shown to an owner.

Without this table a message would say `repair` to someone who reads Chinese. A code that is not listed is
shown as it is, so that a new kind of ticket never stops a message; the templates' test names the codes in
use.
"""

from collections.abc import Mapping
from typing import Final

LABELS: Final[Mapping[str, Mapping[str, tuple[str, str]]]] = {
    "ticket_kind": {
        "repair": ("报修", "repair request"),
        "complaint": ("投诉", "complaint"),
        "inquiry": ("咨询", "question"),
        "suggestion": ("建议", "suggestion"),
        "service_request": ("服务请求", "service request"),
        "customer_need": ("客户需求", "need of your household"),
        "dispute": ("纠纷", "dispute"),
        "dissatisfaction": ("不满意事项", "matter you were not satisfied with"),
        "hotline": ("热线工单", "hotline case"),
        "hazard": ("安全隐患", "safety hazard"),
        "renovation_violation": ("违规装修", "renovation violation"),
        "incident": ("突发事件", "incident"),
        "emergency": ("紧急出警", "emergency"),
        "gas_repair": ("燃气报修", "gas repair"),
        "gas_counter": ("燃气业务", "gas counter business"),
        "heating_repair": ("供暖报修", "heating repair"),
        "water_counter": ("供水业务", "water counter business"),
        "water_hotline": ("供水热线工单", "water hotline case"),
        "retail_return": ("退换货", "return or exchange"),
        "goods_complaint": ("商品投诉", "complaint about goods"),
    },
    "task_kind": {
        "important": ("重要工作任务", "important task"),
        "plan": ("工作计划事项", "item of the work plan"),
        "weekly": ("周计划事项", "item of the weekly plan"),
        "training": ("培训计划事项", "item of the training plan"),
        "butler": ("楼宇管家任务", "butler's task"),
        "assigned": ("上级交办任务", "assigned task"),
        "meeting": ("会议决议事项", "decision of a meeting"),
        "improvement": ("改进措施", "improvement measure"),
        "publicity": ("对外宣传任务", "publicity task"),
        "renewal": ("更新改造事项", "renewal or retrofit"),
    },
    "report_form": {
        "attendance": ("上月员工考勤报表", "attendance of last month"),
        "plan_27": ("次月工作计划（27日前）", "plan of next month, by the 27th"),
        "plan_30": ("下月工作计划（30日前）", "plan of next month, by the 30th"),
        "plan_cs": ("客服部月度工作计划", "monthly plan of customer service"),
        "plan_training": ("员工培训计划", "training plan of next month"),
        "weekly": ("周工作汇报及下周计划", "weekly report and plan"),
        "monthly": ("上月详细工作报告", "detailed report of last month"),
        "evaluation": ("目标评估、质量评审记录", "goal evaluation and quality review"),
        "appraisal": ("季度绩效考评", "quarterly performance appraisal"),
        "evaluation_quarter": ("季度目标评估与改进计划", "quarterly evaluation and improvement plan"),
        "budget": ("下一年度预算", "budget of next year"),
        "business_plan": ("年度经营计划", "annual business plan"),
        "finance_review": ("年度财务报表审核", "review of the annual statements"),
        "training_outline": ("年度培训大纲及教材", "annual training outline and materials"),
        "bonus_plan": ("年终奖金分配方案", "bonus distribution plan"),
        "management": ("项目管理报告及合理化建议", "project management report with suggestions"),
        "to_superior": ("向部门负责人的工作汇报", "report to the department head"),
        "customer_needs": ("客户需求和行为分析报告", "customer need and behaviour report"),
    },
    "relation": {
        "owner": ("业主", "owner"),
        "co_owner": ("共有业主", "co-owner"),
        "family": ("家庭成员", "family member"),
        "tenant": ("租户", "tenant"),
        "agent": ("代理人", "agent"),
        "payer": ("缴费人", "payer"),
    },
    "binding_refusal": {
        "not_confirmed": ("所填信息与登记资料不一致", "what you entered does not agree with the register"),
        "proof_needed": ("请提供权属或租赁证明", "a proof of ownership or tenancy is needed"),
        "proof_unreadable": ("证明材料无法辨认，请重新上传", "the proof cannot be read, please upload it again"),
        "visit_desk": ("请携带证件到服务中心办理", "please come to the service desk with your papers"),
    },
    "fee_kind": {
        "property": ("物业费", "property fee"),
        "parking": ("停车费", "parking fee"),
        "water": ("水费", "water charge"),
        "electricity": ("电费", "electricity charge"),
        "gas": ("燃气费", "gas charge"),
        "shared": ("公摊费", "shared cost"),
        "service": ("有偿服务费", "paid service"),
        "deposit": ("押金", "deposit"),
        "late_fee": ("违约金", "late fee"),
    },
    "clock": {
        "account.change.limit": ("账户业务办结", "change or closing of an account"),
        "affair.handle.now": ("当场办理", "settlement on the spot"),
        "affair.transfer": ("转交相关部门", "passing on to the department"),
        "authority.deadline": ("上级或12345办结时限", "deadline of 12345 or the authority"),
        "channel.reply": ("原渠道回复", "answer on the same channel"),
        "complaint": ("投诉处理", "handling of a complaint"),
        "complaint.complex.deadline": ("复杂投诉约定期限", "agreed date of a complex complaint"),
        "complaint.major.timeliness": ("重大投诉处理", "handling of a major complaint"),
        "complaint.onsite.urgent": ("紧急投诉到场", "arrival at an urgent complaint"),
        "complaint.plan": ("投诉初步方案", "preliminary plan for a complaint"),
        "complaint.rectification": ("投诉整改", "rectification of a complaint"),
        "complaint.resolution": ("投诉办结", "resolution of a complaint"),
        "complaint.response": ("投诉响应", "answer to a complaint"),
        "emergency.act": ("按应急预案行动", "action by the emergency plan"),
        "emergency.response": ("紧急出警", "arrival at an emergency"),
        "hazard.rectify.now": ("隐患立即整改", "immediate rectification of a hazard"),
        "hazard.report.now": ("隐患上报", "report of a hazard"),
        "hotline.dispatch": ("热线分流", "dispatch of a hotline case"),
        "incident.aftermath": ("突发事件善后", "aftermath of an incident"),
        "incident.onsite.command": ("现场指挥到场", "commander at the scene"),
        "inquiry.reply": ("咨询回复", "answer to a question"),
        "need.follow": ("客户需求跟进", "follow-up of a need"),
        "need.understand": ("客户需求了解", "asking back about a need"),
        "nonconformity.deadline": ("限期整改", "rectification within its deadline"),
        "record.review": ("记录审阅", "reading of a record"),
        "repair.arrival": ("报修到场", "arrival at a repair"),
        "repair.completion": ("报修完成", "completion of a repair"),
        "repair.dispatch": ("报修派单", "dispatch of a repair"),
        "repair.home.visit": ("上门服务", "visit at home"),
        "revisit.48h": ("48 小时回访", "follow-up call within 48 hours"),
        "suggestion.feedback": ("建议反馈", "answer to a suggestion"),
        "ticket.followup": ("回访", "follow-up"),
        "violation.renovation.notice": ("停工整改书面通知", "written stop-work notice"),
        "violation.renovation.rectified": ("违规装修整改", "rectification of a renovation violation"),
        "violation.renovation.report": ("书面报告主管部门", "written report to the authority"),
        "violation.renovation.stop": ("违规装修现场制止", "stop of a renovation violation"),
    },
    "loss": {
        "lost": ("丢失", "lost"),
        "damaged": ("损坏", "damaged"),
    },
    "webhook_off": {
        "failures": ("有事件连续七天未能送达", "an event could not be brought in seven days"),
        "gone": ("接收方答复不再接收（410）", "the receiver says that it wants no more (410)"),
    },
    "dunning_step": {
        "sms": ("短信提醒", "text message"),
        "call": ("电话跟进", "telephone call"),
        "visit": ("上门拜访", "home visit"),
        "notice": ("催缴通知书", "written notice"),
        "legal": ("提交法务", "hand-over to the legal department"),
    },
    "department": {
        "engineering": ("工程部", "the engineering team"),
        "security": ("秩序维护部", "the security team"),
        "cleaning": ("保洁部", "the cleaning team"),
        "greening": ("绿化部", "the gardening team"),
        "customer_service": ("客服部", "customer service"),
        "finance": ("财务部", "the finance team"),
    },
}


def label(group: str, code: str, locale: str) -> str:
    """The word a reader of `locale` ("zh" or "en") sees for a code; the code itself where none is listed.

    An unknown group is a mistake in a template's own declaration and raises KeyError.
    """
    pair = LABELS[group].get(code)
    if pair is None:
        return code
    return pair[0] if locale == "zh" else pair[1]
