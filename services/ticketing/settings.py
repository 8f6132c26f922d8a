"""Settings of ticketing's processes: what every service needs, and how people sign in."""

from __future__ import annotations

from shared.settings import ServiceSettings


class Settings(ServiceSettings):
    """Ticketing is the issuer of users' tokens: ``STEWARD_TICKETING_ISSUER_KEY`` is its first private key."""

    service: str = "ticketing"
    sign_in_providers: str = "[]"
    """JSON: the outside accounts people sign in with; see ``docs/howto/add-a-grant.md``."""
    code_sender: str = ""
    """How codes are sent: a file of ``providers/senders``. Empty: ``log`` in development, none in production."""
    code_sender_url: str = ""
    """``http`` sender: where to POST."""
    code_sender_secret: str = ""
    """``http`` sender: the key of the signature, at least 24 characters."""
