"""Partials that stand in long loops, rendered by Jinja2, Django's own second engine: five to ten times as fast.

They are named *.jinja.html and lie among the others; a page includes one with {% fast "…" %}. Both engines escape,
and both have the same tags and filters of riskcontrol/templatetags/ui.py. What a name doesn't lead to is an error here,
not an empty place.
"""

from functools import cache, partial
from typing import Any

from django.conf import settings
from django.template import engines
from django.template.context import Context
from django.template.defaultfilters import truncatechars
from django.template.loader import get_template
from django.urls import get_script_prefix, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from jinja2 import Environment, StrictUndefined

from riskcontrol.templatetags import ui

ENGINE = "partials"
# Numbers that stand in an address for those to come.
STAND_IN = 900_000_000_001


def environment(**options: Any) -> Environment:
    """Jinja2 as Django's settings name it. The space between words and marks stays what Django's engine makes it."""
    asked = {"autoescape": True, "undefined": StrictUndefined, "lstrip_blocks": True}
    made = Environment(**options | asked)  # noqa: S701 - it does escape  # nosec B701
    made.globals |= {
        "url": _address,
        "level_badge": ui.level_badge,
        "status_tag": ui.status_tag,
        "diff_text": ui.diff_text,
    }
    made.filters |= {
        "cn_date": ui.cn_date,
        "cn_datetime": ui.cn_datetime,
        "cn_time": ui.cn_time,
        "short": _short,
        "truncatechars": truncatechars,
    }
    return made


def _short(length: float) -> str:
    """A length of a drawing without the digits that nobody sees."""
    return f"{length:.5g}"


def _address(name: str, *args: Any) -> str:
    """As {% url %}. Of addresses with numbers alone each pattern is looked up once: a long table has hundreds."""
    if not all(type(arg) is int for arg in args):
        return reverse(name, args=args)
    made = _pattern(name, len(args), settings.ROOT_URLCONF, get_script_prefix())
    return made.format(*args)


@cache
def _pattern(name: str, count: int, urlconf: str, prefix: str) -> str:
    places = [STAND_IN + place for place in range(count)]
    made = reverse(name, args=places)
    for place in places:
        made = made.replace(str(place), "{}")
    return made


def _included(context: Context, name: str, **more: Any) -> SafeString:
    with context.push(**more):
        return get_template(name).template.render(context)  # type: ignore[attr-defined]  # Django's own wrapper


def rendered(name: str, context: Context) -> SafeString:
    """A partial with the page's own values. Besides them it has `csrf_input`, the hidden field of a form, and
    `include(…)`, which takes in a partial of Django's engine with the values named."""
    values: dict[str, Any] = dict(context.flatten())  # type: ignore[arg-type]  # its keys are names
    token = values.get("csrf_token")
    values["csrf_input"] = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', token)
    values["include"] = partial(_included, context)
    template: Any = engines[ENGINE].get_template(name)  # Django's own wrapper
    return mark_safe(template.template.render(values))  # noqa: S308 - it escapes  # nosec B308 B703
