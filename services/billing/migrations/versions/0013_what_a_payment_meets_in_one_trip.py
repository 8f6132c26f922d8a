"""What a payment meets at its unit, in one trip: the account is locked, and then what stands there is read."""

from collections.abc import Sequence

from alembic import op

revision: str = '0013'
down_revision: str | Sequence[str] | None = '0012'
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

# Volatile, so that the second statement sees what was committed while the first one waited for the lock. It runs as its
# caller: the policies hold, and it can do nothing that the app role could not. Community and bills are fenced
# (`OFFSET 0`): each is looked up by its key, whatever the planner believes of tables that were filled a moment ago.
_MEETS = """
CREATE FUNCTION billing.payment_meets(org uuid, unit uuid, asked_method text, asked_reference text)
RETURNS TABLE (
    community_id uuid, path uuid[], timezone text, account_id uuid, receivable_fen bigint, prepaid_fen bigint,
    dunned boolean, earlier uuid, digest text,
    bill_id uuid, due_date date, number text, open_fen bigint, fee_kind text, bill_unit uuid, version integer
) LANGUAGE plpgsql VOLATILE AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM billing.accounts a WHERE a.org_id = org AND a.unit_id = unit FOR UPDATE;
  RETURN QUERY
  SELECT c.id, c.path, c.timezone::text, a.id, a.receivable_fen, a.prepaid_fen,
      EXISTS (SELECT 1 FROM billing.dunning_cases d WHERE d.org_id = org AND d.unit_id = unit AND d.state = 'open'),
      y.id, y.digest::text, b.id, b.due_date, b.number::text, o.open_fen, b.fee_kind::text, b.unit_id, o.version
  FROM billing.ref_units u
  CROSS JOIN LATERAL (
      SELECT k.id, k.path, k.timezone FROM billing.ref_communities k
      WHERE k.org_id = org AND k.id = u.community_id OFFSET 0
  ) c
  LEFT JOIN billing.accounts a ON a.org_id = org AND a.unit_id = unit
  LEFT JOIN billing.payments y ON y.org_id = org AND y.method = asked_method AND y.reference = asked_reference
  LEFT JOIN billing.bill_balances o ON o.org_id = org AND o.unit_id = unit AND o.open_fen > 0
  LEFT JOIN LATERAL (
      SELECT k.id, k.due_date, k.number, k.fee_kind, k.unit_id FROM billing.bills k
      WHERE k.org_id = org AND k.id = o.id OFFSET 0
  ) b ON true
  WHERE u.org_id = org AND u.id = unit;
END $$
"""


def upgrade() -> None:
    op.execute(_MEETS)
    op.execute("REVOKE ALL ON FUNCTION billing.payment_meets(uuid, uuid, text, text) FROM PUBLIC")
    op.execute("GRANT EXECUTE ON FUNCTION billing.payment_meets(uuid, uuid, text, text) TO billing_app")


def downgrade() -> None:
    op.execute("DROP FUNCTION billing.payment_meets(uuid, uuid, text, text)")
