"""What the tests in a browser do on many pages: come in as somebody, look for what axe finds and what is too wide."""

from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from django.urls import reverse

SCREENS = {"desk": {"width": 1366, "height": 768}, "phone": {"width": 390, "height": 844}}
# Its style sheets and pictures have to be read for no rule that looks at this site.
OPTIONS = {"resultTypes": ["violations"], "preload": False}


def enter(page, person) -> None:
    """Let the page's next address be opened by somebody who has logged in; test_year shows that the login works."""
    client = Client()
    client.force_login(person)
    page.goto(reverse("healthz"))  # tells the browser's context where the site is
    session = {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}
    page.context.add_cookies([session | {"url": page.url}])


def axe(page) -> list[str]:
    """What axe finds."""
    found = Axe().run(page, options=OPTIONS).response["violations"]
    return [f"{rule['id']}: {node['html'][:120]}" for rule in found for node in rule["nodes"]]


def too_wide(page) -> list[str]:
    """By how much the page is wider than the screen."""
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    width = page.viewport_size["width"]
    return [f"{wide}px too wide on a screen of {width}px"] if wide > 0 else []


def faults(page) -> list[str]:
    """What axe finds at a desk, and what is too wide there and on a phone."""
    found = axe(page)
    for size in (SCREENS["phone"], SCREENS["desk"]):
        page.set_viewport_size(size)
        found += too_wide(page)
    return found
