"""Reads the environment: each variable once, typed, with a plain message when it is missing or wrong."""

import ipaddress
import os
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from riskcontrol import keyring

MINIMUM_KEY_LENGTH = 50
DEVELOPMENT_KEY = "development-only-key-that-no-production-server-accepts"
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
SCHEMES = ("sqlite", "postgres", "postgresql")


def text(name: str, default: str = "") -> str:
    """Return a variable's text without surrounding blanks; an empty one counts as not set."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool = False) -> bool:
    """Return a yes/no variable; anything but the usual words is refused, since a misspelt "no" must not mean yes."""
    value = text(name).lower()
    if not value:
        return default
    if value in {"1", "true", "yes", "on"}:
        return True
    if value in {"0", "false", "no", "off"}:
        return False
    raise ImproperlyConfigured(f"{name} is {value!r}: write 1 or 0.")


def number(name: str, default: int, *, minimum: int, maximum: int) -> int:
    """Return a whole number between two bounds, both allowed."""
    value = text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or not minimum <= int(value) <= maximum:
        raise ImproperlyConfigured(f"{name} is {value!r}: write a whole number from {minimum} to {maximum}.")
    return int(value)


def choice(name: str, default: str, allowed: tuple[str, ...]) -> str:
    """Return one of a few words."""
    value = text(name, default).lower()
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}: write one of {', '.join(allowed)}.")
    return value


def words(name: str, default: tuple[str, ...] = ()) -> list[str]:
    """Return a comma-separated list."""
    return [word.strip() for word in text(name).split(",") if word.strip()] or list(default)


def networks(name: str, default: tuple[str, ...]) -> list[Network]:
    """Return addresses and networks such as 10.0.0.2, 10.0.0.0/24, ::1."""
    found = []
    for value in words(name, default):
        try:
            found.append(ipaddress.ip_network(value))
        except ValueError as error:
            raise ImproperlyConfigured(
                f"{name} holds {value!r}: write addresses or networks like 10.0.0.0/24."
            ) from error
    return found


def origins(name: str) -> list[str]:
    """Return web addresses with their scheme, as CSRF checks want them."""
    values = words(name)
    for value in values:
        if not value.startswith(("https://", "http://")):
            raise ImproperlyConfigured(f"{name} holds {value!r}: begin each address with https:// or http://.")
    return values


def site_address(name: str, hosts: list[str], *, is_tls: bool) -> str:
    """Return the site's own address without a path; behind TLS that of the first host that is a name, unless given."""
    value = text(name).rstrip("/")
    if value and (not value.startswith(("https://", "http://")) or urlsplit(value).path or not urlsplit(value).netloc):
        raise ImproperlyConfigured(f"{name} is {value!r}: write an address like https://register.school.example.")
    named = [host for host in hosts if "." in host.strip(".") and not host.startswith(".") and "*" not in host]
    named = [host for host in named if not host.replace(".", "").isdigit()]
    return value or (f"https://{named[0]}" if is_tls and named else "")


def folder(name: str, default: Path) -> Path:
    """Return an absolute folder path; "~" means the home folder."""
    return Path(text(name, str(default))).expanduser().absolute()


def file(name: str) -> Path | None:
    """Return the absolute path of a file that need not be there yet, or None; a folder is refused."""
    value = text(name)
    path = Path(value).expanduser().absolute() if value else None
    if path is not None and path.is_dir():
        raise ImproperlyConfigured(f"{name}: {path} is a folder: write the name of a file in it as well.")
    return path


def made_folder(name: str, default: Path) -> Path:
    """Return a folder path and make the folder when it is missing, readable by its owner and group only."""
    path = folder(name, default)
    try:
        path.mkdir(mode=0o750, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: the folder {path} can't be made ({error.strerror}).") from error
    return path


def secret_key(*, relaxed: bool) -> str:
    """Return the signing key from SECRET_KEY or the file named by SECRET_KEY_FILE.

    `relaxed` (development, sample school) allows a fixed key when none is given; production refuses to start without a
    key, and with one that could be guessed. The bounds are those of Django's own deployment check (security.W009).
    """
    value, file_name = text("SECRET_KEY"), text("SECRET_KEY_FILE")
    if value and file_name:
        raise ImproperlyConfigured("SECRET_KEY and SECRET_KEY_FILE are both set: keep one of them.")
    if file_name:
        try:
            value = Path(file_name).expanduser().read_text(encoding="utf-8").strip()
        except OSError as error:
            raise ImproperlyConfigured(f"SECRET_KEY_FILE: {file_name} can't be read ({error.strerror}).") from error
    if not value and relaxed:
        return DEVELOPMENT_KEY
    if not value:
        raise ImproperlyConfigured(
            "No secret key: set SECRET_KEY or SECRET_KEY_FILE, or start with ./run, which makes and keeps one. "
            "For development set DEBUG=1."
        )
    if not relaxed and (
        len(value) < MINIMUM_KEY_LENGTH or len(set(value)) < 5 or value == DEVELOPMENT_KEY or "insecure" in value
    ):
        raise ImproperlyConfigured(
            f"The secret key is too short or a default one: give at least {MINIMUM_KEY_LENGTH} random characters."
        )
    return value


def seal_keys_file(name: str) -> Path | None:
    """Return the path of the file with the keys of the trail's seals, or None; one that is named has to be sound."""
    value = text(name)
    if not value:
        return None
    path = Path(value).expanduser().absolute()
    try:
        keyring.parse(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: {path} can't be read ({error.strerror}).") from error
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {path}: {error}.") from error
    return path


def mail_address(name: str, *, needed: bool) -> str:
    """Return an address that mails come from, such as name@school.example; it has to be there where mails are sent."""
    value = text(name)
    if value or needed:
        try:
            validate_email(value)
        except ValidationError as error:
            raise ImproperlyConfigured(f"{name} is {value!r}: write an address like name@school.example.") from error
    return value


def database(name: str, default: Path) -> dict[str, Any]:
    """Return Django's database settings for a URL; without one, for the SQLite file `default`."""
    url = text(name)
    if not url:
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(default)}
    try:
        config = environ.Env.db_url_config(url) if url.partition("://")[0] in SCHEMES else {}
    except ValueError as error:
        # The address may hold a password, so it isn't repeated here.
        raise ImproperlyConfigured(f"{name} can't be read as a database address.") from error
    if not config.get("NAME") or config["NAME"] == ":memory:":
        raise ImproperlyConfigured(f"{name}: write sqlite:///path or postgres://user:password@host:5432/name.")
    return config


def scratch_url(name: str) -> str:
    """Return the address of a database that is emptied at each use; its name has to say so, lest a slip cost all."""
    url = text(name)
    if url and not (url.startswith(("postgres://", "postgresql://")) and urlsplit(url).path.endswith("_scratch")):
        raise ImproperlyConfigured(f"{name}: write postgres://user:password@host:5432/name_scratch.")
    return url
