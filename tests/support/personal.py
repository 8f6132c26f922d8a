"""What every service owes whoever walks its tables: a column that can name or describe a person is answered for."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import MetaData

from shared.personal import Holder

#: Columns that name a person, hold something about one, or may: whatever is free in form counts.
PERSONAL = re.compile(
    r"((^|_)(person|payer|reporter|signer|caller|actor|assignee|handler|subject|borrower|witness|owner|staff)_id$)"
    r"|(_by$)|(^by_)|^who$|phone|mobile|email|contact|id_card|(^|_)plate|signature|sealed|involved|holder|exception"
    r"|^(name|personal|fields|envelope|payload|body|title|before|after|caller|doc|details?|content|shown|evidence)$"
    r"|(^|_)(note|reason|decision|remark|address|reference)$"
)
#: Names of things of the organisation, which everybody sees.
THINGS = {
    (table, column)
    for table in ("org_units", "communities", "buildings", "organisations", "ref_communities", "ref_org_units")
    for column in ("name", "address")
}


@dataclass(frozen=True)
class Registry:
    """A service's tables beside what it says of them."""

    metadata: MetaData
    holders: Sequence[Holder]
    not_held: Mapping[str, str]
    held: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        tables = [table for holder in self.holders for table in holder.tables]
        assert len(tables) == len(set(tables)), "a table has two holders"
        object.__setattr__(self, "held", frozenset(tables))

    @property
    def tables(self) -> list[str]:
        """All tables of the service, the spine's too."""
        return sorted(table.name for table in self.metadata.tables.values())

    def open_columns(self, table: str) -> list[str]:
        """Columns of a table that may hold something of a person, where the registry does not answer for the table."""
        if table in self.held or table in self.not_held:
            return []
        columns = self.metadata.tables[f"{self.metadata.schema}.{table}"].columns
        return [c.name for c in columns if PERSONAL.search(c.name) and (table, c.name) not in THINGS]

    def strange(self) -> list[str]:
        """What the registry says wrongly: tables that there are not, tables said twice, reasons that say nothing."""
        said = self.held | self.not_held.keys()
        wrong = sorted(said - set(self.tables)) + sorted(self.held & self.not_held.keys())
        wrong += [table for table, reason in self.not_held.items() if len(reason) <= 20]
        for holder in self.holders:
            if bool(holder.kept_zh) != bool(holder.kept_en) or (holder.forget is None and not holder.kept_en):
                wrong.append(holder.code)
        return wrong
