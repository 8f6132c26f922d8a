"""Sign-in: who an address belongs to, what proves it, which sessions live, and what was tried too often.

Nothing here can be read as a phone, a password or a key by whoever holds the database alone: addresses are keyed
hashes, passwords argon2id, one-time codes keyed hashes, refresh tokens hashes, TOTP secrets and issuer keys sealed
under the installation's master key.
"""

from sqlalchemy import (
    Boolean,
    Column,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Table,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY

from services.ticketing.models.base import metadata
from shared.db.tables import UtcDateTime, entity_table, plain_table

#: The one table of sign-in without an organisation: it tells which organisations an address is known to.
identities = Table(
    "identities",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("kind", String(20), nullable=False),  # phone, email, client, wechat, wechat_union, wecom, …
    Column("key", LargeBinary, nullable=False),  # HMAC-SHA-256 of the address under a key of the installation
    Column("organisation_id", Uuid, nullable=False),
    Column("subject_id", Uuid, nullable=False),
    Column("subject", String(10), nullable=False),  # person, staff, client
    Column("created_at", UtcDateTime, nullable=False),
    UniqueConstraint("kind", "key", "organisation_id", "subject_id"),
    Index("ix_identities_subject", "organisation_id", "subject_id"),
)

credentials = entity_table(
    "credentials",
    metadata,
    Column("subject_id", Uuid, nullable=False),
    Column("kind", String(20), nullable=False),  # password, totp
    Column("secret", LargeBinary, nullable=False),  # argon2id's text; for totp sealed
    Column("confirmed", Boolean, nullable=False),  # a TOTP secret counts once its first code was shown
    Column("last_step", Integer),  # totp: the step used last, so that no code counts twice
    UniqueConstraint("org_id", "subject_id", "kind"),
)

#: A code sent to a member of staff, by which they set a password; one of each person is open at a time.
invitations = entity_table(
    "invitations",
    metadata,
    Column("staff_id", Uuid, nullable=False),
    Column("kind", String(10), nullable=False),  # invite, reset
    Column("channel", String(10), nullable=False),  # phone, email
    Column("code_hash", LargeBinary, nullable=False),  # keyed, with the address that the code went to
    Column("state", String(10), nullable=False),  # open, used, withdrawn, replaced
    Column("invited_by", Uuid, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    Index("ix_invitations_open", "org_id", "staff_id", unique=True, postgresql_where=text("state = 'open'")),
    Index("ix_invitations_staff", "org_id", "staff_id", "created_at"),
)

#: A session is a family of refresh tokens; one of them is good at any time.
sessions = entity_table(
    "sessions",
    metadata,
    Column("subject_id", Uuid, nullable=False),
    Column("subject", String(10), nullable=False),
    Column("method", String(20), nullable=False),  # the grant it began with
    Column("unit_ids", ARRAY(Uuid)),  # null: all the resident's units; else those chosen at sign-in
    Column("device", String(80)),  # what the device calls itself, for the owner to recognise
    Column("generation", Integer, nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    Column("previous_hash", LargeBinary),
    Column("retry_hash", LargeBinary),
    Column("rotated_at", UtcDateTime, nullable=False),
    Column("idle_until", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("end_reason", String(20)),  # signed_out, everywhere, reuse, expired, gone
    Index("ix_sessions_subject", "org_id", "subject_id"),
    Index("ix_sessions_expiry", "org_id", "expires_at"),
)

#: Connected systems; a client's id is the subject of its tokens.
integrators = entity_table(
    "integrators",
    metadata,
    Column("name", String(200), nullable=False),
    Column("scopes", ARRAY(String(60)), nullable=False),
    Column("units", ARRAY(Uuid), nullable=False),  # org units
    Column("secret_hash", LargeBinary, nullable=False),
    Column("previous_hash", LargeBinary),  # good until previous_until, so that a secret is changed without a gap
    Column("previous_until", UtcDateTime),
    Column("ended_at", UtcDateTime),
)

# -- of the installation itself (org_id = sessions.secrets.INSTALLATION): nobody has said yet which organisation ------

one_time_codes = plain_table(
    "one_time_codes",
    metadata,
    Column("id", Uuid, nullable=False),  # the challenge, known to the device that asked
    Column("phone_key", LargeBinary, nullable=False),
    Column("code_hash", LargeBinary, nullable=False),
    Column("lane", LargeBinary, nullable=False),  # who asked: a known device or a network
    Column("sent_at", UtcDateTime, nullable=False),  # of the message, which several challenges may share
    Column("expires_at", UtcDateTime, nullable=False),
    Column("tries", SmallInteger, nullable=False),
    Column("used_at", UtcDateTime),
    Index("ix_one_time_codes_phone", "org_id", "phone_key", "sent_at"),
    Index("ix_one_time_codes_expiry", "org_id", "expires_at"),
)

#: One row per key: the instant of the cell rate algorithm, or failures in a row and the end of their wait.
sign_in_limits = plain_table(
    "sign_in_limits",
    metadata,
    Column("key", LargeBinary, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("failures", Integer, nullable=False),
    Index("ix_sign_in_limits_age", "org_id", "until"),
    key=("org_id", "key"),
)

issuer_keys = plain_table(
    "issuer_keys",
    metadata,
    Column("kid", String(80), nullable=False),
    Column("private", LargeBinary, nullable=False),  # sealed
    Column("signs_from", UtcDateTime, nullable=False),
    Column("withdrawn_at", UtcDateTime),
    key=("org_id", "kid"),
)
