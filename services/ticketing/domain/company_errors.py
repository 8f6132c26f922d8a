"""What applications to change the organisation and the store refuse, each with a sentence to act on."""

from __future__ import annotations

from shared.errors import Conflict, Malformed, NotFound


class NoSuchOrgChange(NotFound):
    """Unknown, or of an org unit outside the caller's reach."""

    code = "ticketing.org_change.unknown"
    zh = "没有这份组织调整申请，或者您无权查看"
    en = "There is no such application within your reach"


class OrgChangeInvalid(Malformed):
    """A line that changes nothing, or says too little; the fields say which."""

    code = "ticketing.org_change.invalid"
    zh = "组织调整申请内容有误，请按提示修改"
    en = "The application is not valid; see the fields"


class OrgChangeNotApproved(Conflict):
    """Only what was approved is carried out, and once."""

    code = "ticketing.org_change.not_approved"
    zh = "该申请尚未批准或已执行（状态：{state}）"
    en = "The application is not approved, or was carried out already (it is {state})"


class NoSuchStoreItem(NotFound):
    """Unknown, or of a community outside the caller's reach."""

    code = "ticketing.store_item.unknown"
    zh = "库房没有这项物品，或者您无权查看"
    en = "There is no such item within your reach"


class StoreItemExists(Conflict):
    """The community's store has an item of this code."""

    code = "ticketing.store_item.exists"
    zh = "该小区库房已有编号 {item} 的物品"
    en = "This community's store has an item {item} already"


class StoreItemRetired(Conflict):
    """What is no longer kept is not moved."""

    code = "ticketing.store_item.retired"
    zh = "该物品已停用，不能出入库"
    en = "This item is no longer kept"


class StoreShort(Conflict):
    """More than there is cannot be handed out."""

    code = "ticketing.store_item.short"
    zh = "库存不足：现有 {stock}"
    en = "There are not enough in the store: {stock} left"


class StoreInvalid(Malformed):
    """A movement that cannot be; the fields say what to change."""

    code = "ticketing.store_item.invalid"
    zh = "出入库内容有误，请按提示修改"
    en = "The movement is not valid; see the fields"
