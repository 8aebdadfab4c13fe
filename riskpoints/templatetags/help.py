"""The small words of the help: a place that one can go to, the caption of a button or a page, a picture.

tests/riskpoints/views/test_help.py finds each place in the menu of the page's role, and each caption in the program.
"""

from typing import Any

from django import template
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

register = template.Library()

# What stands in no menu: at the foot or beside the name for who has logged in, and for everybody.
AT_THE_FOOT = {
    "我的账号": "own_account",
    "核对校验码": "riskpoints:code",
    "空白部门表（PDF）": "riskpoints:blank",
    "校内规则": "rules:index",
}
FOR_ALL = {"公示": "riskpoints:publication", "帮助": "riskpoints:help"}


@register.simple_tag(takes_context=True)
def place(context: template.Context, name: str) -> SafeString:
    """A page by its name in the menu or at the foot: a link for whoever finds it there, else the name alone."""
    address = addresses(context).get(name)
    if address is None:
        return format_html('<span class="caption">{}</span>', name)
    return format_html('<a href="{}">{}</a>', address, name)


def addresses(context: template.Context) -> dict[str, str]:
    """Where the reader of this page can go, by name."""
    user = context.get("user")
    listed = dict(FOR_ALL) | (AT_THE_FOOT if getattr(user, "is_authenticated", False) else {})
    found = {name: reverse(address) for name, address in listed.items()}
    entries: list[Any] = list(context.get("navigation") or ()) + list(context.get("beside") or ())
    return found | {label: url for label, url, *_ in entries}


@register.simple_tag
def caption(words: str) -> SafeString:
    """The caption of a button, a link, a field or a part of a page, exactly as it stands there."""
    return format_html('<span class="caption">{}</span>', words)


@register.simple_tag
def picture(name: str, shown: str, words: str) -> SafeString:
    """A picture of the sample school, which tests/e2e/test_help_pictures.py takes: what it shows for who does not see
    it, and the words below it. On a phone it is opened by itself, to be made larger."""
    return format_html(
        '<figure class="picture"><a href="{0}"><img src="{0}" alt="{1}"></a><figcaption>{2}</figcaption></figure>',
        static(f"help/{name}.webp"),
        shown,
        words,
    )
