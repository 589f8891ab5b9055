"""IP addresses, in the form in which rate limits count them."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network


def parsed(text: str) -> IPv4Address | IPv6Address | None:
    """Parse an IP address, without its zone; IPv4 mapped into IPv6 becomes IPv4. None if the text is no address."""
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found


def counted(text: str) -> str:
    """An address in the form that limits count: IPv6 by its first 64 bits, which one internet connection usually gets.

    Empty for anything that is not an address, and for loopback: behind a proxy or a tunnel, that may be anybody.
    """
    found = parsed(text)
    if found is None or found.is_loopback:
        return ""
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)
