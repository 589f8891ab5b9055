"""Addresses of the internet, as limits count them."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """The address in a text, without a zone; an IPv4 one that is written as IPv6 is IPv4. None where it is none."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def counted(text: str) -> str:
    """An address as it is counted: one of IPv6 by its first 64 bits, which is what one connection to the internet gets.

    Empty for what is no address, and for this machine's own: behind a proxy or a tunnel, that may be anybody.
    """
    found = parsed(text)
    if found is None or found.is_loopback:
        return ""
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
