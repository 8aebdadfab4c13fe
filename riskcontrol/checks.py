"""System checks for what the site needs around it: a folder to write in, fonts, Bootstrap, a key of its own."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connections
from django.http.request import validate_host

from riskcontrol import environment, triggers
from riskcontrol.deploy import proxy
from riskcontrol.deploy.machine import Machine
from riskcontrol.environment import DEVELOPMENT_KEY
from riskcontrol.web.finders import FILES

# The faces that the official forms are set in; see static/css/print.css for the ones named before and after them.
FONTS = (
    "FandolFang-Regular.otf",
    "FandolKai-Regular.otf",
    "FandolHei-Regular.otf",
    "FandolSong-Regular.otf",
    "FandolSong-Bold.otf",
)


@register
def data_folder_is_writable(**kwargs: Any) -> list[CheckMessage]:
    """VAR_DIR takes the database, the uploads and the archives."""
    if os.access(settings.VAR_DIR, os.W_OK | os.X_OK):
        return []
    return [
        Error(
            f"The folder {settings.VAR_DIR} can't be written.",
            hint="Give it to the account that runs the server, or set VAR_DIR.",
            id="riskcontrol.E001",
        )
    ]


@register
def fonts_are_present(**kwargs: Any) -> list[CheckMessage]:
    """Without the fonts a document would be set in whatever face the system picks."""
    missing = [name for name in FONTS if not Path(settings.FONT_DIR, name).is_file()]
    if not missing:
        return []
    return [
        Warning(
            f"Fonts are missing in {settings.FONT_DIR}: {', '.join(missing)}.",
            hint="./run takes them out of Debian's texlive-lang-chinese at set-up.",
            id="riskcontrol.W001",
        )
    ]


@register(Tags.staticfiles)
def bootstrap_is_present(**kwargs: Any) -> list[CheckMessage]:
    """Pages are laid out with Bootstrap, which comes from a system package."""
    if all(Path(settings.BOOTSTRAP_DIR, name).is_file() for name in FILES):
        return []
    return [
        Warning(
            f"Bootstrap's files are missing in {settings.BOOTSTRAP_DIR}.",
            hint="Install libjs-bootstrap5, or set BOOTSTRAP_DIR.",
            id="riskcontrol.W002",
        )
    ]


@register(Tags.security, deploy=True)
def nothing_is_left_open(**kwargs: Any) -> list[CheckMessage]:
    """The sample school's passwords and the development key are published, so neither belongs in production."""
    messages: list[CheckMessage] = []
    if settings.DEMO:
        messages.append(Warning("DEMO is set.", hint="Unset it: it lets the sample school in.", id="riskcontrol.W003"))
    if settings.SECRET_KEY == DEVELOPMENT_KEY:
        messages.append(
            Error("The development key is in use.", hint="Set SECRET_KEY or SECRET_KEY_FILE.", id="riskcontrol.E002")
        )
    return messages


@register(Tags.security, deploy=True)
def proxy_fits_the_settings(**kwargs: Any) -> list[CheckMessage]:
    """Behind a proxy that the settings don't fit, visitors have no address or all have the same."""
    hint = f"See {proxy.SITE}, and “Settings” in riskcontrol/deploy/README.md."
    return [Error(f"{what}.", hint=hint, id="riskcontrol.E003") for what in _proxy_faults()]


def _proxy_faults() -> Iterator[str]:
    expected = proxy.Expected(
        is_host=lambda name: validate_host(name, settings.ALLOWED_HOSTS),
        port=environment.text("PORT", "8000"),
        behind_tls=settings.BEHIND_TLS,
        proxies=settings.PROXY_COUNT,
        trusted=settings.TRUSTED_PROXIES,
    )
    is_local = all(network.is_loopback for network in settings.TRUSTED_PROXIES)
    if settings.PROXY_COUNT > 1 and is_local:
        yield f"PROXY_COUNT is {settings.PROXY_COUNT}, and TRUSTED_PROXIES names only this machine"
    host = environment.text("HOST", "127.0.0.1")
    if settings.PROXY_COUNT and is_local and host not in ("127.0.0.1", "::1", "localhost"):
        yield f"HOST is {host}, so a proxy may call from elsewhere, and TRUSTED_PROXIES names only this machine"
    text = proxy.installed_site(Path(settings.VAR_DIR), Machine())
    if text is not None:
        yield from proxy.differences(text, expected)


@register(Tags.database)
def triggers_are_installed(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A frozen row is refused by the database itself; a rebuilt table loses its triggers without a word.

    A warning, because migrate asks before it has made the tables and the triggers.
    """
    missing = [rule.name for using in databases or [] for rule in triggers.missing(using)]
    if not missing:
        return []
    hint = "manage.py migrate installs them."
    return [Warning(f"Freeze triggers are missing: {', '.join(missing)}.", hint=hint, id="riskcontrol.W004")]


@register(Tags.database)
def postgres_writes_before_it_answers(databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """A server that was tuned for speed forgets what it acknowledged when it is killed, or when the power fails."""
    messages: list[CheckMessage] = []
    for using in databases or []:
        if connections[using].vendor != "postgresql":
            continue
        with connections[using].cursor() as cursor:
            cursor.execute(
                "SELECT name FROM pg_settings WHERE setting = 'off' "
                "AND name IN ('fsync', 'full_page_writes', 'synchronous_commit') ORDER BY name"
            )
            names = ", ".join(name for (name,) in cursor.fetchall())
        if names:
            hint = "Set each to on, or acknowledged changes can be lost."
            messages.append(Warning(f"PostgreSQL runs with {names} = off.", hint=hint, id="riskcontrol.W005"))
    return messages
