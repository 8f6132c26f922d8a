"""Which events a webhook wants, and what follows from an attempt."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

from services.notify.domain.webhooks import ATTEMPTS, LEASE, Answer, Delivery, after, answer_of, wants, within


def test_ten_attempts_take_seven_days_and_the_last_failure_switches_it_off() -> None:
    steps = [after(Answer.SILENT, number) for number in range(1, ATTEMPTS + 1)]
    assert ATTEMPTS == 10
    assert sum((step.wait or timedelta() for step in steps), timedelta()) == timedelta(days=7)
    assert [step.state for step in steps] == [Delivery.WAITING] * 9 + [Delivery.FAILED]
    assert [step.disable for step in steps] == [False] * 9 + [True]


def test_what_failed_together_does_not_come_back_together() -> None:
    waits = {after(Answer.REFUSED, 2, seed=bytes([n])).wait for n in range(20)}
    assert len(waits) > 1
    assert all(timedelta(minutes=5) <= wait <= timedelta(minutes=6) for wait in waits if wait)


def test_only_2xx_is_taken_and_410_ends_it_at_once() -> None:
    assert {answer_of(status) for status in (200, 201, 204, 299)} == {Answer.TAKEN}
    assert {answer_of(status) for status in (301, 302, 307, 400, 404, 429, 500, 503)} == {Answer.REFUSED}
    assert after(answer_of(410), 1).disable
    assert after(Answer.TAKEN, 10).state is Delivery.DELIVERED


def test_an_attempt_ends_before_its_lease() -> None:
    from services.notify.channels._guarded import MOST_SECONDS

    assert timedelta(seconds=MOST_SECONDS) < LEASE


def test_a_scope_is_communities_and_the_org_units_above_them() -> None:
    community, region, other = uuid4(), uuid4(), uuid4()
    assert within([], community, [region]) and within([], None, [])
    assert within([community], community, []) and within([region], community, [region])
    assert not within([other], community, [region])
    assert not within([region], None, [])
    assert wants(["*"], "bill.issued.v1") and wants(["bill.issued.v1"], "bill.issued.v1")
    assert not wants(["bill.issued.v1"], "bill.voided.v1")
