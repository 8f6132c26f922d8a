"""The doors through which personal data is read in full, each recording who, when and why (D-075, G-010).

An opening is an audit entry whose action ends in ``opened``; a partial index finds them (``ix_audit_opened``). Masked
lists are none. Every door calls :func:`opened`, so that the question "whose data did this account see?" has one answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final
from uuid import UUID

from shared.db.tx import Tx

#: action -> how a report names the door, Chinese and English. A door that is not listed here cannot be recorded.
DOORS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        "person.opened": ("查看人员信息", "person opened"),
        "staff.opened": ("查看员工信息", "employee opened"),
        "archive.opened": ("查看业主档案", "owner file opened"),
        "ticket.contact_opened": ("查看工单联系人", "contact of a case opened"),
        "ticket.signature_opened": ("查看签名", "signature opened"),
        "document.opened": ("打印含个人信息的单据", "document with personal data printed"),
        "file.opened": ("下载业主上传的文件", "file sent by a resident downloaded"),
        "person.export_opened": ("导出个人信息", "personal data exported"),
        "import.corrections_opened": ("下载导入表格的错误行", "bad rows of an imported table downloaded"),
        "table.export_opened": ("导出人员表格（已脱敏）", "table of people exported, masked"),
    }
)


def opened(
    tx: Tx,
    action: str,
    entity: str,
    entity_id: UUID,
    *,
    person_id: UUID | None,
    reason: str,
    more: Mapping[str, object] | None = None,
) -> None:
    """Record that ``tx.actor_id`` reads what ``entity`` holds of a person in full.

    ``person_id`` is None only where nobody of the register is meant (a passer-by's contact, a whole table). Raises
    KeyError for a door nobody listed.
    """
    DOORS[action]
    # row: G-010, D-075 who opened whose data, when and why, is on record for every door
    tx.audit(action, entity, entity_id, after={"reason": reason, **(more or {})}, person_id=person_id)
