"""Every address of the site, read from the resolver: no list here that could forget one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import URLPattern, URLResolver, get_resolver


@dataclass(frozen=True)
class Address:
    """One URL pattern: its full name, and the names of the values in it with their converters."""

    name: str
    route: str
    values: dict[str, type]

    def path(self, given: dict[str, object]) -> str:
        """The address with these values in it; they need not be ones that the converters take."""
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: str(given[found[1]]), f"/{self.route}")


def addresses() -> list[Address]:
    """All of them, in the order of the resolver."""
    return list(_walk(get_resolver().url_patterns, "", ""))


def _walk(patterns: list[URLPattern | URLResolver], namespace: str, route: str) -> Iterator[Address]:
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, inner, here)
            continue
        assert pattern.name, f"“{here}” has no name, so that nobody can say who may open it"
        values = {name: type(converter) for name, converter in pattern.pattern.converters.items()}
        yield Address(f"{namespace}{pattern.name}", here, values)


ADDRESSES = {address.name: address for address in addresses()}
