"""The second engine for long loops: it escapes as the first does, has its values, and stops at a name that isn't."""

import pytest
from django.template import Context, Template, engines
from jinja2 import UndefinedError

from riskcontrol.web import partials


@pytest.fixture
def shelf(monkeypatch):
    """Return the partials that are only there for a test, by name."""
    sources: dict[str, str] = {}
    engine = engines[partials.ENGINE]
    monkeypatch.setattr(engine, "get_template", lambda name: _Wrapped(engine.env.from_string(sources[name])))
    return sources


class _Wrapped:
    def __init__(self, template):
        self.template = template


def page(source, context):
    return Template("{% load fast %}" + source).render(context)


def test_a_partial_has_the_pages_values_and_those_given_to_it(shelf):
    shelf["a"] = "{{ one }} {{ two }}"
    assert page('{% fast "a" two=2 %}{{ two }}', Context({"one": 1})) == "1 2"


def test_it_escapes_and_is_not_escaped_again(shelf):
    shelf["a"] = "<b>{{ text }}</b>{{ level_badge(1) }}"
    assert page('{% fast "a" %}', Context({"text": "<i>&"})) == (
        '<b>&lt;i&gt;&amp;</b><span class="lv lv1">一级（高）</span>'
    )


def test_a_form_has_the_pages_token(shelf):
    shelf["a"] = "{{ csrf_input }}"
    made = page('{% fast "a" %}', Context({"csrf_token": "abc"}))
    assert made == '<input type="hidden" name="csrfmiddlewaretoken" value="abc">'


def test_a_name_that_leads_nowhere_is_an_error(shelf):
    shelf["a"] = "{{ one.missing }}"
    with pytest.raises(UndefinedError):
        page('{% fast "a" %}', Context({"one": 1}))


def test_addresses_are_those_of_the_site(shelf):
    shelf["a"] = '{{ url("riskpoints:version", 7) }}'
    assert page('{% fast "a" %}', Context()) == "/versions/7/"
