"""Where a message over HTTP may go, judged without a network."""

from __future__ import annotations

import pytest

from services.notify.domain.targets import BadTarget, is_internal, parse, pin


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254"),
        *("0.0.0.0", "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a00:1", "2002:7f00:1::", "2002:a00:1::"),
        *("2001:0:7f00:1::", "not an address", ""),
    ],
)
def test_what_is_no_host_of_the_public_internet_is_internal(address: str) -> None:
    assert is_internal(address)


@pytest.mark.parametrize(
    "address", ["8.8.8.8", "223.5.5.5", "172.32.0.1", "2400:3200::1", "64:ff9b::808:808", "::ffff:8.8.8.8"]
)
def test_a_public_host_is_not(address: str) -> None:
    assert not is_internal(address)


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://example.com/hook", "scheme"),
        ("ftp://example.com/hook", "scheme"),
        ("file:///etc/passwd", "scheme"),
        ("https://user:secret@example.com/", "credentials"),
        ("https://example.com@127.0.0.1/", "credentials"),
        ("https:///nowhere", "malformed"),
        ("https://example.com:0/", "malformed"),
        ("https://example.com:99999/", "malformed"),
        ("https://exa mple.com/", "malformed"),
        ("https://example.com/\r\nX-Evil: 1", "malformed"),
        ("https://example.com\\@127.0.0.1/", "malformed"),
        ("https://" + "a" * 70 + ".com/", "malformed"),
        ("https://example.com/" + "a" * 2000, "malformed"),
        ("https://localhost/", "internal"),
        ("https://LOCALHOST./", "internal"),
        ("https://printer/", "internal"),
        ("https://nas.local/", "internal"),
        ("https://metadata.google.internal/", "internal"),
        ("https://127.0.0.1/", "internal"),
        ("https://127.1/", "internal"),
        ("https://2130706433/", "internal"),
        ("https://0x7f000001/", "internal"),
        ("https://0177.0.0.1/", "internal"),
        ("https://[::1]/", "internal"),
        ("https://[::ffff:127.0.0.1]/", "internal"),
        ("https://10.0.0.1:8443/", "internal"),
        ("https://１２７.0.0.1/", "internal"),
    ],
)
def test_an_address_that_leads_nowhere_good_is_refused_by_its_text_already(url: str, reason: str) -> None:
    with pytest.raises(BadTarget) as refused:
        parse(url)
    assert refused.value.reason == reason


def test_a_public_address_is_taken_apart() -> None:
    found = parse("https://hooks.example.com/steward?x=1#part")
    assert (found.host, found.port, found.path) == ("hooks.example.com", 443, "/steward?x=1")
    assert parse("https://物业.中国:8443").host == "xn--vhqz89f.xn--fiqs8s"
    assert parse("http://127.0.0.1:8000/x", development=True).port == 8000


def test_a_name_that_also_leads_inside_is_not_called_at_all() -> None:
    assert pin(["8.8.8.8", "2400:3200::1"]) == "8.8.8.8"
    for addresses in (["8.8.8.8", "127.0.0.1"], ["10.0.0.1"], []):
        with pytest.raises(BadTarget):
            pin(addresses)
    assert pin(["127.0.0.1"], development=True) == "127.0.0.1"
