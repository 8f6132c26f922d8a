"""What is refused about messages that people bring, and about routes."""

from shared.errors import Conflict, Malformed, NotFound


class NoSuchTask(NotFound):
    """Unknown, or outside the caller's scope."""

    code = "notify.task.unknown"
    zh = "没有这项告知任务，或者您无权查看。"
    en = "There is no such task within your reach."


class TaskSettled(Conflict):
    """It has its result already."""

    code = "notify.task.settled"
    zh = "这项任务已经有结果，不能再更改。"
    en = "This task has its result already and cannot be changed."


class TaskTaken(Conflict):
    """It is on somebody else's list."""

    code = "notify.task.taken"
    zh = "这项任务已由他人负责；主管可以重新指派。"
    en = "This task is on somebody else's list; a supervisor may assign it anew."


class TaskTextGone(Conflict):
    """The person was erased, and the text with them."""

    code = "notify.task.text_gone"
    zh = "该人员信息已删除，正文不再保留。"
    en = "The person was erased and the text is gone."


class NotALetter(Conflict):
    """Only letters are printed."""

    code = "notify.task.not_a_letter"
    zh = "这不是信函任务，无法打印。"
    en = "This task is no letter; there is nothing to print."


class NotPrinted(Conflict):
    """A letter was delivered before anybody printed it."""

    code = "notify.task.not_printed"
    zh = "这封信还没有打印，不能登记送达。"
    en = "This letter has not been printed yet; its delivery cannot be recorded."


class ResultWrong(Malformed):
    """A result that the task's kind does not know, without its proof, or in the future."""

    code = "notify.task.result_wrong"
    zh = "处理结果有误，请按提示修改。"
    en = "The result is not right; see the fields."


class AssigneeUnknown(Malformed):
    """Nobody who works here."""

    code = "notify.task.assignee_unknown"
    zh = "被指派的人员不是在册员工。"
    en = "The assignee is nobody who works here."


class RoutesWrong(Malformed):
    """Routes over channels that there are not, or that leave nothing."""

    code = "notify.route.wrong"
    zh = "发送渠道设置有误，请按提示修改。"
    en = "The routes are not right; see the fields."
