"""Messages that people bring, as tasks on somebody's list."""

from sqlalchemy import Column, Index, String, Text, Uuid

from services.notify.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table

hand_tasks = entity_table(  # id = the delivery's id
    "hand_tasks",
    metadata,
    Column("kind", String(10), nullable=False),  # call, visit, letter
    Column("message_id", Uuid, nullable=False),
    Column("person_id", Uuid, nullable=False),
    Column("community_id", Uuid),
    Column("state", String(10), nullable=False),  # open, done, failed, cancelled
    Column("due_at", UtcDateTime, nullable=False),
    Column("assignee_id", Uuid),  # whose list it is on; null: of whoever takes it
    Column("number", String(40)),  # of a letter
    Column("content_hash", String(64)),  # of a letter as it was printed
    Column("printed_at", UtcDateTime),
    Column("printed_by", Uuid),
    Column("result", String(20)),
    Column("note", Text),
    Column("proof", String(64)),  # SHA-256 of the photo, the carrier's slip, the receipt
    Column("done_at", UtcDateTime),
    Column("done_by", Uuid),
    Index("ix_hand_tasks_state", "org_id", "state", "id"),
)
