"""Reads pages in tests: their words, what stands beside a field, what a form holds."""

import html
import re

from django.urls import reverse


def at(version, name="version", *args) -> str:
    """Return the address of something about a version."""
    return reverse(f"riskpoints:{name}", args=[version.pk, *args])


def text_of(response) -> str:
    """Return the page's words without tags."""
    body = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", html.unescape(body))


def beside(response, field: str) -> str:
    """Return what stands as an error beside a field of the open form; an empty text where nothing does."""
    found = re.search(rf'id="error_\d+_id_{field}"[^>]*>(.*?)</', response.content.decode(), re.S) or re.search(
        rf'id="id_{field}_error"[^>]*>(.*?)</', response.content.decode(), re.S
    )
    return html.unescape(re.sub(r"<[^>]+>", "", found.group(1))).strip() if found else ""


def typed(response, name: str) -> str:
    """Return what a text area of the page holds."""
    found = re.search(rf'<textarea[^>]*name="{name}"[^>]*>(.*?)</textarea>', response.content.decode(), re.S)
    return html.unescape(found.group(1)).strip() if found else ""


def checked(response, name: str) -> list[str]:
    """Return the chosen values of radio buttons, check boxes or a selection."""
    body = response.content.decode()
    inputs = [tag for tag in re.findall(r"<input[^>]*>", body) if f'name="{name}"' in tag and " checked" in tag]
    options = re.findall(rf'<select[^>]*name="{name}".*?</select>', body, re.S)
    tags = inputs + [tag for block in options for tag in re.findall(r"<option[^>]*selected[^>]*>", block)]
    return [re.search(r'value="([^"]*)"', tag).group(1) for tag in tags]


def messages_of(response) -> list[str]:
    """Return the messages at the top of a page."""
    return [str(message) for message in response.context["messages"]]
