"""Partials that stand in long loops, rendered by Jinja2, Django's own second engine: five to ten times as fast.

They are named *.jinja.html and lie among the others; a page includes one with {% fast "…" %}. Both engines escape,
and both have the same tags and filters of riskcontrol/templatetags/ui.py. What a name doesn't lead to is an error here,
not an empty place.
"""

from typing import Any

from django.template import engines
from django.template.context import Context
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, StrictUndefined

from riskcontrol.templatetags import ui

ENGINE = "partials"


def environment(**options: Any) -> Environment:
    """Jinja2 as Django's settings name it: lines of tags alone leave nothing on the page."""
    asked = {"autoescape": True, "undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    made = Environment(**options | asked)  # noqa: S701 - it does escape  # nosec B701
    made.globals |= {
        "url": _address,
        "level_badge": ui.level_badge,
        "status_tag": ui.status_tag,
        "diff_text": ui.diff_text,
    }
    made.filters |= {"cn_date": ui.cn_date, "cn_datetime": ui.cn_datetime, "cn_time": ui.cn_time, "short": _short}
    return made


def _short(length: float) -> str:
    """A length of a drawing without the digits that nobody sees."""
    return f"{length:.5g}"


def _address(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def rendered(name: str, context: Context) -> SafeString:
    """A partial with the page's own values; `csrf_input` is the hidden field of a form."""
    values = context.flatten()
    token = values.get("csrf_token")
    values["csrf_input"] = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)
    template: Any = engines[ENGINE].get_template(name)  # Django's own wrapper
    return mark_safe(template.template.render(values))  # noqa: S308 - it escapes  # nosec B308 B703
