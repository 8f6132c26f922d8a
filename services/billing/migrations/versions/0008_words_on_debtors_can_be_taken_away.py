"""Words on debtors can be taken away: the log of contacts may be blanked, by a function that can do nothing else."""

from collections.abc import Sequence

from alembic import op

revision: str = '0008'
down_revision: str | Sequence[str] | None = '0007'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# The organisation of the transaction alone, as for the app role.
_ORG = "org_id = (nullif(current_setting('app.org', true), ''))::uuid"


def upgrade() -> None:
    # The log can be added to alone. Its words about a person must go when the person is erased, so the owner's
    # function takes them away; what happened when stays, and nothing can be put in their place.
    op.execute(f"CREATE POLICY blanks ON billing.dunning_contacts TO billing_owner USING ({_ORG}) WITH CHECK ({_ORG})")
    op.execute(
        "CREATE FUNCTION billing.blank_contacts(org uuid, cases uuid[]) RETURNS void LANGUAGE sql SECURITY DEFINER "
        "SET search_path = billing AS $$ UPDATE dunning_contacts SET note = NULL, exception = NULL "
        "WHERE org_id = org AND case_id = ANY(cases) $$"
    )
    op.execute("REVOKE ALL ON FUNCTION billing.blank_contacts(uuid, uuid[]) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION billing.blank_contacts(uuid, uuid[]) TO billing_app")


def downgrade() -> None:
    op.execute("DROP FUNCTION IF EXISTS billing.blank_contacts(uuid, uuid[])")
    op.execute("DROP POLICY IF EXISTS blanks ON billing.dunning_contacts")
