"""What a provider's word means for an order, as tables."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.billing.domain import orders as rules
from services.billing.domain.orders import Order, Said

NOW = datetime(2025, 4, 1, 2, tzinfo=UTC)
END = NOW + rules.TTL


@pytest.mark.parametrize(
    ("state", "said", "verdict"),
    [
        ("started", Said("success", 400), "book"),
        ("created", Said("success", 400), "book"),  # paid before we noted that the payer was sent
        ("unknown", Said("success", 400), "book"),
        ("closed", Said("success", 400), "book"),  # money that comes late is money
        ("started", Said("success", 399), "differ"),
        ("started", Said("success", 400, "USD"), "differ"),
        ("started", Said("success", None), "differ"),
        ("paid", Said("success", 400), "keep"),
        ("paid", Said("gone"), "keep"),
        ("paid", None, "keep"),
        ("differs", Said("success", 400), "keep"),
        ("started", Said("gone"), "close"),
        ("closed", Said("gone"), "keep"),
        ("unknown", Said("gone"), "close"),
        ("started", Said("pending"), "keep"),
        ("started", None, "silent"),
    ],
)
def test_what_a_word_means(state: str, said: Said | None, verdict: str) -> None:
    assert rules.judge(Order(state, 400, END), said) == verdict


@pytest.mark.parametrize(
    ("state", "at", "may"),
    [
        ("created", NOW, True),
        ("started", END - timedelta(microseconds=1), True),
        ("started", END, False),
        ("paid", NOW, False),
        ("unknown", NOW, False),
        ("closed", NOW, False),
    ],
)
def test_when_the_payer_may_be_sent(state: str, at: datetime, may: bool) -> None:
    assert rules.may_start(Order(state, 400, END), at) is may


def test_questions_come_ever_more_rarely_and_never_end() -> None:
    order, at = Order("started", 400, END), rules.first_ask(NOW)
    assert at == NOW + timedelta(minutes=3)
    waits = []
    for asked in range(1, 12):
        following = rules.next_ask(order, asked, at)
        waits.append((following - at).total_seconds() / 60)
        at = following
    assert waits[0] == 28  # just after the end
    assert waits[1:] == sorted(waits[1:]) and waits[1] == 3 and waits[-1] == 60
