"""The keys of the trail's seals as they lie in their file: one a line, the newest last. Knows no Django: the set-up
makes the first one (`python3 -m riskcontrol.keyring`).

A line is `name algorithm key`; a key is 32 random bytes in hex, kept apart from SECRET_KEY and from the database. The
last one seals what is written now, the others still verify what they sealed.
"""

import datetime
import hashlib
import re
import secrets
import sys
from dataclasses import dataclass, field

# HMAC over SHA-256, or over SM3 (GB/T 32905) where the school's rules ask for it; both have 256 bits.
ALGORITHMS = ("sha256", "sm3")
KEY_BYTES = 32
LINE = re.compile(r"([0-9A-Za-z-]{1,32})\s+([a-z0-9]+)\s+([0-9a-f]{64})")
HEAD = "# 审计记录的封签密钥，每行一个，最新的在最后。请另存一份，与备份分开放。\n"


@dataclass(frozen=True)
class SealKey:
    """One key; what it is never shows in a message or a log."""

    name: str
    algorithm: str
    secret: bytes = field(repr=False)

    @property
    def line(self) -> str:
        return f"{self.name} {self.algorithm} {self.secret.hex()}\n"


def require_algorithm(name: str) -> str:
    """The name of an algorithm that this machine has; ValueError says in plain words what is missing."""
    if name not in ALGORITHMS:
        raise ValueError(f"“{name}” is no algorithm of seals: write one of {', '.join(ALGORITHMS)}")
    if name not in hashlib.algorithms_available:
        raise ValueError(f"this machine's OpenSSL has no {name}; install one that has it, or use sha256")
    return name


def new_key(algorithm: str = ALGORITHMS[0]) -> SealKey:
    """A new random key, named by its day; ValueError for an algorithm that isn't there."""
    name = f"{datetime.datetime.now(datetime.UTC):%Y%m%d}-{secrets.token_hex(3)}"
    return SealKey(name, require_algorithm(algorithm), secrets.token_bytes(KEY_BYTES))


def parse(text: str) -> tuple[SealKey, ...]:
    """The keys of a file, in its order. ValueError names the line that is wrong, and never what stands in it."""
    found: dict[str, SealKey] = {}
    for place, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = LINE.fullmatch(line.strip())
        if match is None:
            raise ValueError(f"line {place} isn't “name algorithm key”, the key in 64 hex digits")
        if match[1] in found:
            raise ValueError(f"line {place}: there are two keys named {match[1]}")
        found[match[1]] = SealKey(match[1], require_algorithm(match[2]), bytes.fromhex(match[3]))
    if not found:
        raise ValueError("there is no key in it")
    return tuple(found.values())


if __name__ == "__main__":
    sys.stdout.write(HEAD + new_key(*sys.argv[1:2]).line)
