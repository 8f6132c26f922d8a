"""How people are reached besides mail and telephone: their accounts with others, and what they permitted there."""

from sqlalchemy import Column, Index, LargeBinary, String, UniqueConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from services.notify.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table

accounts = entity_table(
    "accounts",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),  # wechat_mini, wecom, jiguang, …: what a provider writes to
    Column("address", String(300), nullable=False),  # openid, user id, token of a device
    Column("sealed", LargeBinary),  # what is a secret itself (a robot's address): address is then its hash
    Column("device", String(80)),  # what the app calls the device, where the address is one's
    Column("disabled_at", UtcDateTime),  # the provider says that it exists no more
    UniqueConstraint("org_id", "kind", "address", name="uq_accounts_address"),  # whoever signed in last has it
    Index("ix_accounts_person", "org_id", "person_id"),
    Index("ix_accounts_gone", "org_id", "address"),
)

#: One row is one message that a person has allowed to be sent with one of a provider's templates.
permits = entity_table(
    "permits",
    metadata,
    Column("person_id", Uuid, nullable=False),
    Column("provider", String(40), nullable=False),
    Column("template", String(80), nullable=False),  # the provider's code
    Column("report_id", Uuid, nullable=False),  # the app's, so that a report said twice counts once
    Column("delivery_id", Uuid),  # the message that holds it
    Column("used_at", UtcDateTime),  # when it was used up; wall time
    Column("void_at", UtcDateTime),  # the provider says that the person allows nothing any more; wall time
    UniqueConstraint("org_id", "person_id", "provider", "template", "report_id", name="uq_permits_report"),
    Index("ix_permits_delivery", "org_id", "delivery_id", unique=True, postgresql_where="delivery_id IS NOT NULL"),
)

robots = entity_table(  # robots of staff's group chats; where each is lies in accounts, under the robot's id
    "robots",
    metadata,
    Column("name", String(80), nullable=False),
    Column("org_unit_id", Uuid, nullable=False),
    Column("classes", ARRAY(String(20)), nullable=False),  # of messages
    Column("locale", String(10), nullable=False),
    Index("ix_robots_org_unit", "org_id", "org_unit_id"),
)
