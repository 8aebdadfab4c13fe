"""The address of a visitor: one rule for rate limits, locks, sessions, the audit trail and the log.

A proxy appends whom it heard to the right of X-Forwarded-For; all further left is the visitor's own word. So the way is
walked back from the connection, as long as the one who tells is a proxy that we trust, and for as many proxies as there
are. Whoever reaches us in another way is taken by the address of his own connection.
"""

import ipaddress
import re
from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest

from riskcontrol.environment import Network

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
# 203.0.113.7:51344 and [2001:db8::7]:51344, as some proxies write them.
_WITH_PORT = re.compile(r"(?P<four>[\d.]+):\d+|\[(?P<six>[^\]]+)\](?::\d+)?")


def visitor(remote: str, forwarded: str, *, trusted: Iterable[Network], proxies: int) -> str | None:
    """Who asks: `remote` is the connection's address, `forwarded` the whole X-Forwarded-For.

    None where nobody can say: no address (a socket), words in its place, or a trusted proxy that told nothing.
    """
    known, told = tuple(trusted), forwarded.split(",") if forwarded.strip() else []
    found = read(remote)
    for _ in range(proxies):
        if found is None or not any(found in network for network in known if network.version == found.version):
            break
        found = read(told.pop()) if told else None
    return None if found is None else str(found)


def read(text: str) -> Address | None:
    """An address without port and zone; an IPv4 address in IPv6's clothes as what it is. None for anything else."""
    match = _WITH_PORT.fullmatch(text.strip())
    plain = (match["four"] or match["six"]) if match else text.strip()
    try:
        found = ipaddress.ip_address(plain.partition("%")[0])
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def counted(address: str) -> str:
    """Under which address a visitor is counted: with IPv6 the /64, since the other half is his to choose.

    ValueError for what is no address: nobody is counted together with others who have none.
    """
    found = read(address)
    if found is None:
        raise ValueError("A request without an address can't be counted.")
    if found.version == 4:
        return str(found)
    return str(ipaddress.ip_network((found, 64), strict=False).network_address)


def address_of(request: HttpRequest) -> str | None:
    """The address of who sent this request; None where nobody can say."""
    return visitor(
        request.META.get("REMOTE_ADDR") or "",
        request.META.get("HTTP_X_FORWARDED_FOR") or "",
        trusted=settings.TRUSTED_PROXIES,
        proxies=settings.PROXY_COUNT,
    )


def counted_address_of(request: HttpRequest) -> str | None:
    """Under which address failed logins of this request are counted; for django-axes."""
    found = address_of(request)
    return None if found is None else counted(found)
