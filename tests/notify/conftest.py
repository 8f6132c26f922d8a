"""Fixtures of notify's tests."""

import pytest
from pydantic import SecretStr

from services.notify.channels import email


@pytest.fixture
def mail_is_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """The e-mail channel is set up, though nobody sends in this test."""
    given = email.EmailSettings(url=SecretStr("smtp://127.0.0.1:1"))
    monkeypatch.setattr(email, "settings", lambda: given)
