"""Data access: tables, one transaction per request or job, roles and row-level security, migrations.

SQLAlchemy Core over asyncpg, without ORM sessions: statements are written where they are used, in a slice's
``repository.py``, and every one of them binds ``org_id``.
"""
