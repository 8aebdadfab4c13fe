"""{% fast "….jinja.html" %}: includes a partial of the second engine (riskcontrol/web/partials.py)."""

from typing import Any

from django import template
from django.template.context import Context
from django.utils.safestring import SafeString

from riskcontrol.web import partials

register = template.Library()


@register.simple_tag(takes_context=True)
def fast(context: Context, name: str, **more: Any) -> SafeString:
    """The partial with the page's values and, under their names, those given here."""
    with context.push(**more):
        return partials.rendered(name, context)
