"""Why a consequence cannot be proposed on a complaint."""

from __future__ import annotations

from shared.errors import Conflict


class NotValidYet(Conflict):
    """Only a complaint that was ruled valid counts in an appraisal (C-023)."""

    code = "ticketing.complaint.not_valid"
    zh = "该投诉未被裁定为有效，不能据此扣分；请先裁定有效性"
    en = "The complaint was not ruled valid, so that nothing can be deducted for it; have it ruled on first"


class NotAccountable(Conflict):
    """Accountability follows from complaints brought together and from the press (C-032)."""

    code = "ticketing.complaint.not_accountable"
    zh = "问责仅适用于业主集中投诉或被媒体曝光的投诉"
    en = "Accountability is for complaints that owners brought together or that the press reported"


class NoticeOwed(Conflict):
    """A serious renovation violation ends only with what is owed in writing (C-100, C-101)."""

    code = "ticketing.renovation.paper_owed"
    zh = "严重违规装修尚缺{paper_zh}，不能结案"
    en = "The {paper_en} of this serious violation is still owed; the case cannot end"
