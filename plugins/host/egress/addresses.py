"""The rule for which addresses Parley's servers may fetch from. Pure (docs/reference/operations.md C2).

It judges the address that a name resolved to, never its spelling: resolvers read 2130706433, 0x7f.1 and ①②⑦.0.0.1 as
127.0.0.1.
"""

from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

METADATA = frozenset({"100.100.100.200", "168.63.129.16", "169.254.169.254", "192.0.0.192", "fd00:ec2::254"})
"""Addresses where cloud providers give a machine its secrets; some of them lie in public ranges."""

NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
COMPATIBLE = IPv6Network("::/96")
SPECIAL = (ip_network("192.0.0.0/24"), ip_network("fec0::/10"), ip_network("100.64.0.0/10"))
"""Ranges that are not global although Python says so, or has said so in some version."""


def public(address: str) -> bool:
    """Whether an address, and every other address embedded in it, is on the public internet."""
    found = ip_address(address.partition("%")[0])
    return all(_public(one) for one in (found, *_inside(found)))


def _public(address: IPv4Address | IPv6Address) -> bool:
    if str(address) in METADATA or address.is_multicast or not address.is_global:
        return False
    return not any(address in network for network in SPECIAL if network.version == address.version)


def _inside(address: IPv4Address | IPv6Address) -> list[IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to: mapped, compatible, 6to4, NAT64 and Teredo."""
    if isinstance(address, IPv4Address):
        return []
    found = [one for one in (address.ipv4_mapped, address.sixtofour, *(address.teredo or ())) if one is not None]
    if address in COMPATIBLE or any(address in network for network in NAT64):
        found.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return found
