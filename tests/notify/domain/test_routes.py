"""The order in which channels are tried."""

from services.notify.domain.catalogue import DUNNING, SAFETY, SERVICE
from services.notify.domain.routes import routes


def test_c056_the_reminder_of_a_debt_is_a_text_message_and_mail_only_in_its_place() -> None:
    assert routes(DUNNING, {"email", "sms"}) == [("sms", "email")]
    assert routes(DUNNING, {"email"}) == [("email",)]


def test_other_messages_try_what_costs_nothing_first_and_unnamed_channels_last() -> None:
    assert routes(SERVICE, {"sms", "pigeon", "email"}) == [("email", "sms", "pigeon")]


def test_safety_messages_go_by_all_channels_at_once() -> None:
    assert routes(SAFETY, {"email", "sms"}) == [("email",), ("sms",)]


def test_who_can_be_reached_by_none_has_the_inbox() -> None:
    assert routes(SERVICE, set()) == []
