"""Reports and plans: who owes which one when, and what became of each."""

from sqlalchemy import Column, Date, Index, Integer, String, Text, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.kpi.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table

report_duties = entity_table(
    "report_duties",
    metadata,
    Column("community_id", Uuid, nullable=False),
    Column("form", String(30), nullable=False),
    Column("responsible_id", Uuid, nullable=False),
    Column("receiver_id", Uuid, nullable=False),
    Column("rule", JSONB, nullable=False),  # when each is due, as printed or as agreed
    Column("remind_days", Integer, nullable=False),
    Column("since", Date, nullable=False),
    Column("until", Date),
    UniqueConstraint("org_id", "community_id", "form"),
)

reports = entity_table(
    "reports",
    metadata,
    Column("duty_id", Uuid, nullable=False),
    Column("community_id", Uuid, nullable=False),
    Column("form", String(30), nullable=False),
    Column("responsible_id", Uuid, nullable=False),
    Column("receiver_id", Uuid, nullable=False),
    Column("period", String(10), nullable=False),
    Column("starts_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),  # met until its last second, no shift for holidays (RR9)
    Column("state", String(10), nullable=False),  # due, missing, submitted, returned, accepted, waived
    Column("submitted_at", UtcDateTime),  # the first time
    Column("text", Text),
    Column("figures", JSONB, nullable=False),
    Column("items", JSONB, nullable=False),  # of a plan: what, who, until when
    Column("file_ids", ARRAY(Uuid), nullable=False),
    Column("judged_by", Uuid),
    Column("judged_at", UtcDateTime),
    Column("judgement", Text),
    UniqueConstraint("org_id", "duty_id", "starts_on"),
    Index("ix_reports_due", "org_id", "community_id", "due_on"),
)
