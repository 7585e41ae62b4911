"""Which addresses and URLs are refused."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vestnik.errors import BadConfig, TargetRefused
from vestnik.gateway.delivery import Guard, check_url
from vestnik.gateway.delivery.target import parse_url

REFUSED = [
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "100.64.0.1",
    "100.127.255.255",
    "127.0.0.1",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.7",
    "203.0.113.9",
    "224.0.0.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::7f00:1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:8.8.8.8",
    "::ffff:0:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:0:53aa:64c:0:fffe:80ff:fffe",
    "2001:2::1",
    "2001:10::1",
    "2001:20::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "2002:808:808::1",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fec0::1",
    "ff02::1",
]

PUBLIC = ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "2a06:98c0::1"]


@pytest.mark.parametrize("address", REFUSED)
def test_an_address_that_is_not_public_is_refused(address: str) -> None:
    assert Guard().refusal(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_passes(address: str) -> None:
    assert Guard().refusal(ip_address(address)) is None


def test_the_operator_can_allow_a_network() -> None:
    guard = Guard(["127.0.0.0/8", "fd00::/8"])
    assert guard.refusal(ip_address("127.0.0.1")) is None
    assert guard.refusal(ip_address("fd00::5")) is None
    assert guard.refusal(ip_address("10.0.0.1"))
    assert guard.refusal(ip_address("fc00::5"))


def test_an_allowed_translation_is_judged_by_what_it_leads_to() -> None:
    guard = Guard(["64:ff9b::/96"])
    assert guard.refusal(ip_address("64:ff9b::8.8.8.8")) is None
    assert guard.refusal(ip_address("64:ff9b::10.0.0.1"))
    assert Guard(["2001::/32"]).refusal(ip_address("2001:0:7f00:1::1"))


def test_an_allowed_ipv4_network_does_not_let_its_mapped_form_in() -> None:
    assert Guard(["127.0.0.0/8"]).refusal(ip_address("::ffff:127.0.0.1"))


def test_a_zone_changes_nothing() -> None:
    assert Guard().refusal(ip_address("fe80::1%eth0"))
    assert Guard().refusal(ip_address("::1%lo"))


def test_a_network_that_is_none_is_a_mistake_of_the_settings() -> None:
    with pytest.raises(BadConfig, match="is no network"):
        Guard(["10.0.0.1/8"])


@given(st.ip_addresses(v=4))
def test_no_form_of_a_refused_ipv4_address_passes(address: IPv4Address) -> None:
    number = int(address)
    guard = Guard(["::/96", "::ffff:0:0/96", "64:ff9b::/96", "2002::/16"])
    forms = [number + 2, (0xFFFF << 32) | number, (0x64FF9B << 96) | number]
    forms[0] = number
    sixth = (0x2002 << 112) | (number << 80) | 1
    if guard.refusal(address) and number > 1:
        assert all(guard.refusal(IPv6Address(form)) for form in (*forms, sixth))


SPELLINGS = [
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0X7F.1/",
    "http://017700000001/",
    "http://0177.0.0.1/",
    "http://127.1/",
    "http://127.0.1/",
    "http://127.0.0.1./",
    "http://127.0.0.01/",
    "http://0/",
    "http://0x/",
    "http://256.256.256.256/",
    "http://127.0.0.1/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:7f00:1]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[0:0:0:0:0:ffff:7f00:0001]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[fe80::1%25eth0]/",
    "http://[fe80::1%eth0]/",
    "http://[v1.x]/",
    "http://127.0.0.1%2eexample.com/",
    "http://%31%32%37.0.0.1/",
    "http://①②⑦.⓪.⓪.①/",
    "http://127。0。0。1/",
    "http://localhost/",
    "http://LOCALHOST./",
    "http://a.localhost/",
    "http://user@example.com/",
    "http://user:pass@example.com/",
    "http://example.com@127.0.0.1/",
    "http://127.0.0.1\\@example.com/",
    "http://example.com#@127.0.0.1/",
    "http://example.com/#x",
    "http://example.com:0/",
    "http://example.com:65536/",
    "http://example.com:123456/",
    "http://example.com:/",
    "http://example.com:80:80/",
    "http://exa mple.com/",
    "http://example.com/a b",
    "http://example.com/\r\nX: y",
    "http://example.com\n",
    "http://example.com\t/",
    " http://example.com/",
    "http://example.com/\x00",
    "http://example.com/ä",
    "http://example.com/\\x",
    "http://example..com/",
    "http://.example.com/",
    "http://-a.example/",
    "http://exa$mple.com/",
    "http:///path",
    "http://?x",
    "http:example.com",
    "//example.com/",
    "ftp://example.com/",
    "file:///etc/passwd",
    "gopher://example.com/",
    "unix:/run/x.sock",
    "",
    "http://" + "a" * 64 + ".com/",
    "http://" + ".".join(["a" * 60] * 5) + "/",
    "http://example.com/" + "a" * 2048,
]


@pytest.mark.parametrize("url", SPELLINGS)
def test_a_url_that_could_be_read_in_two_ways_or_leads_inside_is_refused(url: str) -> None:
    with pytest.raises(TargetRefused) as caught:
        check_url(url)
    assert str(caught.value).endswith(".")


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "header"),
    [
        ("https://example.com", "example.com", 443, "/", "example.com"),
        (
            "HTTP://Example.COM:8080/a?b=c%20d",
            "example.com",
            8080,
            "/a?b=c%20d",
            "example.com:8080",
        ),
        ("https://example.com.:443/", "example.com", 443, "/", "example.com"),
        ("https://пример.рф/x", "xn--e1afmkfd.xn--p1ai", 443, "/x", "xn--e1afmkfd.xn--p1ai"),
        ("http://8.8.8.8?x", "8.8.8.8", 80, "/?x", "8.8.8.8"),
        ("http://[2606:4700:0::1111]:81/", "2606:4700::1111", 81, "/", "[2606:4700::1111]:81"),
        ("http://under_score.example/", "under_score.example", 80, "/", "under_score.example"),
        ("http://127.0.0.1.nip.io/", "127.0.0.1.nip.io", 80, "/", "127.0.0.1.nip.io"),
    ],
)
def test_a_plain_url_is_read(url: str, host: str, port: int, path: str, header: str) -> None:
    check_url(url)
    target = parse_url(url)
    assert (target.host, target.port, target.path, target.host_header) == (host, port, path, header)


def test_localhost_can_be_saved_where_the_operator_allows_loopback() -> None:
    check_url("http://localhost:8080/", Guard(["127.0.0.0/8"]))


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://{text}/", f"https://example.com/{text}"):
        try:
            target = parse_url(url)
        except TargetRefused:
            continue
        assert target.path.isascii()
        assert target.path.isprintable()
        assert " " not in target.path
        assert target.host_header.isascii()
        assert set(target.host_header) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-_:[]")


@given(st.ip_addresses(v=4), st.sampled_from(["{}", "0x{:x}", "0{:o}"]))
def test_no_spelling_of_a_number_gets_past_the_guard(address: IPv4Address, form: str) -> None:
    with pytest.raises(TargetRefused):
        check_url(f"http://{form.format(int(address))}/")
