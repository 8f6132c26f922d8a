"""Campaigns, and the approvals that they wait for."""

from sqlalchemy import Column, Date, Index, Integer, String, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from services.notify.models.base import metadata
from shared.approvals.tables import approval_tables
from shared.db.tables import UtcDateTime, entity_table

APPROVALS = approval_tables(metadata)
approvals, approval_entries, approval_ladders = APPROVALS.requests, APPROVALS.entries, APPROVALS.ladders

campaigns = entity_table(
    "campaigns",
    metadata,
    Column("number", String(40), nullable=False),
    Column("name", String(100), nullable=False),
    Column("template", String(80), nullable=False),
    Column("variables", JSONB, nullable=False),
    Column("communities", ARRAY(Uuid), nullable=False),
    Column("number_prefix", String(40)),  # of the units' numbers: a building, a staircase
    Column("units", ARRAY(Uuid), nullable=False),  # only these; empty: all
    Column("roles", ARRAY(String(40)), nullable=False),  # of people's ties to the units
    Column("held_on", Date),  # of an activity
    Column("scheduled_at", UtcDateTime),  # business time; null: once it is approved
    Column("stage", String(20), nullable=False),  # domain/campaigns.py
    Column("approval_id", Uuid),
    Column("template_version_id", Uuid),  # the wording that was approved; null: the one that comes with the product
    Column("reason", Text),  # why it is asked for
    Column("created_by", Uuid, nullable=False),
    Column("published_at", UtcDateTime),  # when the first message was written
    Column("cursor", Uuid),  # the last person it was written to
    Column("told", Integer, nullable=False),  # people it was written to
    Column("expanded_at", UtcDateTime),  # when it was written to all
    Column("ended_at", UtcDateTime),
    Index("ix_campaigns_stage", "org_id", "stage"),
)
