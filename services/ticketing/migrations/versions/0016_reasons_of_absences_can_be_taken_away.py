"""Reasons of absences can be taken away: the history of approvals may be blanked, by a function that does nothing else."""

from collections.abc import Sequence

from alembic import op

revision: str = '0016'
down_revision: str | Sequence[str] | None = '0015'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The organisation of the transaction alone, as for the app role.
_ORG = "org_id = (nullif(current_setting('app.org', true), ''))::uuid"


def upgrade() -> None:
    # The history can be added to alone. Why somebody was away must go when their data is erased; what was decided, by
    # whom and when, stays, and nothing can be put in the place of the words.
    op.execute(
        f"CREATE POLICY blanks ON ticketing.approval_entries TO ticketing_owner USING ({_ORG}) WITH CHECK ({_ORG})"
    )
    op.execute(
        "CREATE FUNCTION ticketing.blank_reasons(org uuid, requests uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER "
        "SET search_path = ticketing AS $$ UPDATE approval_entries SET reason = NULL "
        "WHERE org_id = org AND approval_id = ANY(requests) $$"
    )
    op.execute("REVOKE ALL ON FUNCTION ticketing.blank_reasons(uuid, uuid[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION ticketing.blank_reasons(uuid, uuid[]) TO ticketing_app")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS ticketing.blank_reasons(uuid, uuid[])")
    op.execute("DROP POLICY IF EXISTS blanks ON ticketing.approval_entries")
