"""What saved views refuse, each with a stable code and a sentence to act on."""

from __future__ import annotations

from shared.errors import Conflict, Forbidden, NotFound


class NoSuchView(NotFound):
    """The view is unknown, or not shared with the caller."""

    code = "ticketing.view.unknown"
    zh = "没有这个视图，或未共享给您"
    en = "There is no such view of yours or shared with you"


class NotYourView(Forbidden):
    """A view is changed by whoever keeps it."""

    code = "ticketing.view.not_yours"
    zh = "只能修改自己的视图；可另存为新视图"
    en = "Only its owner changes a view; keep it as one of your own"


class ViewShared(Forbidden):
    """What others find among their views is put there by whoever leads them."""

    code = "ticketing.view.share"
    zh = "共享视图由主管及以上人员设置"
    en = "Views are shared by those who lead"


class ViewNamed(Conflict):
    """Two views of one name could not be told apart."""

    code = "ticketing.view.named"
    zh = "您已有名为“{title}”的视图，请换一个名称"
    en = "You have a view named {title} already; choose another name"


class TooManyViews(Conflict):
    """A person keeps so many views at most."""

    code = "ticketing.view.too_many"
    zh = "最多保存 {most} 个视图，请先删除不用的"
    en = "At most {most} views are kept; remove some first"
