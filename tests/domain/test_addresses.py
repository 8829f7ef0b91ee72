"""The client's address is what trusted proxies say it is, and nobody else."""

from ipaddress import ip_network

import pytest

from chat.domain.addresses import client_address, is_one_of, network_of

PROXIES = [ip_network("10.0.0.0/8"), ip_network("2001:db8::1")]
CLIENT, OTHER = "198.51.100.7", "203.0.113.9"


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        (CLIENT, "", CLIENT),
        (CLIENT, OTHER, CLIENT),
        (CLIENT, "10.0.0.1", CLIENT),
        ("10.0.0.1", "", "10.0.0.1"),
        ("10.0.0.1", CLIENT, CLIENT),
        ("10.0.0.1", f" {CLIENT} ", CLIENT),
        ("10.0.0.1", f"{OTHER}, {CLIENT}", CLIENT),
        ("10.0.0.1", f"{OTHER}, {CLIENT}, 10.1.1.1", CLIENT),
        ("10.0.0.1", f"{CLIENT}, nonsense", "10.0.0.1"),
        ("10.0.0.1", f"{CLIENT},", "10.0.0.1"),
        ("::ffff:10.0.0.1", CLIENT, CLIENT),
        ("2001:db8::1", "2001:db8:5::1", "2001:db8:5::1"),
        ("", CLIENT, ""),
    ],
)
def test_the_chain_is_read_from_the_right_as_far_as_it_is_trusted(peer, forwarded, client):
    assert client_address(peer, forwarded, PROXIES) == client


def test_without_trusted_proxies_the_header_says_nothing():
    assert client_address("127.0.0.1", CLIENT, []) == "127.0.0.1"
    assert not is_one_of("127.0.0.1", [])


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("192.0.2.1", "192.0.2.1"),
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("2001:db8:1:2::3", "2001:db8:1:2::/64"),
        ("", ""),
        ("unix:", "unix:"),
    ],
)
def test_a_place_is_an_ipv4_address_or_an_ipv6_network(address, place):
    assert network_of(address) == place
