"""Every table of notify that names or describes a person, and why the others are none of theirs."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from services.notify.accounts import repository as addresses
from services.notify.models import (
    accounts,
    attempts,
    contacts,
    deliveries,
    hand_tasks,
    inbox,
    messages,
    metadata,
    permits,
    preferences,
    receipts,
    ref_relations,
    ref_staff,
    ref_tickets,
)
from services.notify.register import repository as register
from services.notify.sending import repository as outgoing
from shared.db.tx import Tx
from shared.personal import Found, Held, Holder, of_tables
from shared.personal.trail import SPINE_NOT_HELD, keys_holder

_MESSAGES = Held(messages, ("person_id",))
_DELIVERIES = Held(deliveries, key="message_id", via=_MESSAGES)
_TOLD = of_tables(
    "messages",
    _MESSAGES,
    Held(inbox, ("person_id",)),
    _DELIVERIES,
    Held(attempts, key="delivery_id", via=_DELIVERIES),
    Held(receipts, key="delivery_id", via=_DELIVERIES),
    Held(preferences, ("person_id",)),
    Held(hand_tasks, ("person_id",)),
)


async def _forget_messages(tx: Tx, person_id: UUID) -> None:
    await outgoing.forget_people(tx, [person_id])


TOLD: Final = Holder(
    "messages",
    _TOLD.tables,
    _TOLD.collect,
    _forget_messages,
    "保留消息发出的时间、渠道与内容摘要值，不含正文与地址：用以证明曾经告知",
    "That, when and over which channel a message went out stays, with a hash of its text, without text or address: it "
    "proves that somebody was told",
)

_REGISTER = of_tables(
    "contacts",
    Held(contacts, ("id",)),
    Held(ref_staff, ("id",)),
    Held(ref_relations, ("person_id",)),
    Held(ref_tickets, ("reporter_id",)),
)

#: Later than any version of a person: nothing that comes late brings an erased one back.
_LAST: Final = 2**31 - 1


async def _forget_contact(tx: Tx, person_id: UUID) -> None:
    await register.erase_contacts(tx, {person_id: _LAST})


CONTACTS: Final = Holder(
    "contacts",
    _REGISTER.tables,
    _REGISTER.collect,
    _forget_contact,
    "保留不含姓名、电话、邮箱的编号与人房关系日期，以免迟到的消息使其恢复",
    "An id without name, number or address stays, so that nothing late brings the person back",
)

_ADDRESSES = of_tables("accounts", Held(accounts, ("person_id",)), Held(permits, ("person_id",)))


async def _collect_accounts(tx: Tx, person_id: UUID) -> Found:
    found = await _ADDRESSES.collect(tx, person_id)
    # An address that is a secret is a key to somebody's inbox: that it is there is said, by its schema and its hash.
    return {**found, "accounts": [{k: v for k, v in row.items() if k != "sealed"} for row in found["accounts"]]}


ACCOUNTS: Final = Holder("accounts", _ADDRESSES.tables, _collect_accounts, addresses.forget)

HOLDERS: Final[tuple[Holder, ...]] = (TOLD, ACCOUNTS, CONTACTS, keys_holder(metadata))

#: Tables with a column that could name a person and holds none of a person's data: why.
NOT_HELD: Final[Mapping[str, str]] = MappingProxyType(
    {
        **SPINE_NOT_HELD,
        "robots": "robots of group chats: the name is the group's, the address lies sealed under the robot's own id",
        "campaigns": "notices to many and the employees who drafted them; to whom they went stands in the messages",
        "approvals": "requests of employees about notices to many",
        "approval_entries": "what employees decided about notices to many",
        "approval_ladders": "which roles decide, by org unit",
        "webhooks": "systems of the organisation that hear events, and the employee who connected them",
        "webhook_deliveries": "events as they are told: ids and facts, no personal fields",
        "webhook_attempts": "what a system of the organisation answered, and at which address of the network",
        "own_templates": "templates of notices to everybody; the name is the notice's, the example nobody's",
        "template_versions": "texts that are sent to everybody, without anybody's values",
        "provider_templates": "texts that providers approved for everybody; the signature is the company's brand",
    }
)
