"""The providers' approved templates for what a job is about to send."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.notify.domain.channels import ProviderTemplate
from services.notify.registry import providers
from services.notify.sending.claims import Claimed
from services.notify.templating import repository
from shared.db.tx import Tx


async def approved_for(tx: Tx, group: Sequence[Claimed]) -> Mapping[tuple[str, str, str], ProviderTemplate]:
    """(provider, template, locale) -> the provider's template, for the channels of this group that need one."""
    wanted = {p.code for p in providers().values() if p.needs_template and p.channel in {d.channel for d in group}}
    if not wanted:
        return {}
    rows = await repository.approved(tx, wanted, {d.template for d in group})
    return {
        (row.provider, row.template, row.locale): ProviderTemplate(row.code, row.signature, tuple(row.parameters))
        for row in rows
    }
