"""Where a request comes from: the address of its client, and what of it a limit counts."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def client_address(peer: str, forwarded: str, trusted: Sequence[Network]) -> str:
    """The nearest address in the chain of `forwarded` hops and the `peer` that is not a trusted proxy's.

    Who connects writes what it likes into the header, so it is read from the right and only as far as proxies that
    are trusted have written it.
    """
    address = peer
    for hop in reversed(forwarded.split(",")):
        if not is_one_of(address, trusted) or _parsed(hop) is None:
            break
        address = hop.strip()
    return address


def is_one_of(address: str, networks: Sequence[Network]) -> bool:
    """Whether the address is in one of these networks."""
    parsed = _parsed(address)
    return parsed is not None and any(parsed in network for network in networks)


def network_of(address: str) -> str:
    """What a limit counts as one place. Of IPv6 the network, which is what one household or server has."""
    parsed = _parsed(address)
    if isinstance(parsed, IPv6Address):
        return str(ip_network(f"{parsed}/64", strict=False))
    return str(parsed or address)


def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    # A socket for both families shows IPv4 as one IPv6 network, in which all the world would be one.
    return (isinstance(address, IPv6Address) and address.ipv4_mapped) or address
