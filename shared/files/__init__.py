"""Files from outside: checked by content, cleaned, kept in an object store, handed out by links of ten minutes."""

from shared.files.errors import (
    FileDamaged,
    FileGone,
    FileTooLarge,
    FileTypeRefused,
    LinkExpired,
    LinkInvalid,
    StorageMissing,
)
from shared.files.examine import Accepted, Examined, examine
from shared.files.links import Links
from shared.files.store import Store, open_store

__all__ = [
    "Accepted",
    "Examined",
    "FileDamaged",
    "FileGone",
    "FileTooLarge",
    "FileTypeRefused",
    "LinkExpired",
    "LinkInvalid",
    "Links",
    "StorageMissing",
    "Store",
    "examine",
    "open_store",
]
