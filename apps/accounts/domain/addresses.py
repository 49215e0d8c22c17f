"""Whose request is it? Only as many proxies are believed as the operator has named."""

from ipaddress import IPv6Address, ip_address, ip_network


def client_address(remote: str, forwarded_for: str, trusted_proxies: int) -> str:
    """The address that the outermost trusted proxy saw; `remote` when there is none, or when it was gone round.

    Each proxy appends the address it heard from, so with n trusted proxies the n-th entry from the right is the last
    one that a stranger cannot write. IPv6 is cut to its /64, which one person owns whole.
    """
    hops = [hop.strip() for hop in forwarded_for.split(",") if hop.strip()]
    seen = hops[-trusted_proxies] if 0 < trusted_proxies <= len(hops) else remote
    try:
        address = ip_address(seen)
    except ValueError:
        return "unknown"
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
