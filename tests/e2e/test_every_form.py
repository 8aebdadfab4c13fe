"""Each form of the product is sent by a browser in which only what can be seen was filled in.

A required field that lies where nobody sees it makes the browser refuse the form without a word; tests that post
directly never notice.
"""

import html
import re

import pytest
from django.test import Client
from django.urls import resolve

from tests import turns
from tests.access import world as worlds
from tests.access.matrix import PEOPLE, ROWS
from tests.e2e.browsing import enter

pytestmark = [pytest.mark.e2e, pytest.mark.long]

FILE = {"name": "表.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.4\n%%EOF\n"}
# The forms of the page's own part, each with its place and what one presses; the header's log-out is on every page.
FORMS = """() => [...document.querySelectorAll('#workspace form[method=post]')].map((form, place) => {
  form.dataset.walked = place;
  for (let fold = form.closest('details'); fold; fold = fold.parentElement.closest('details')) fold.open = true;
  const buttons = [...form.elements].filter(e => e.type === 'submit' && !e.disabled && e.checkVisibility());
  if (buttons.length) buttons[0].dataset.pressed = place;
  const first = [...form.elements].find(e => e.type === 'radio' && (e.labels[0] || e).checkVisibility());
  const choices = first ? [...form.elements].filter(e => e.name === first.name && !e.disabled).length : 1;
  return {place, choices, action: form.getAttribute('action') || location.pathname, sendable: buttons.length > 0};
})"""
# Fill in what is seen and empty, as somebody would who knows nothing of the form but its fields.
FILL = """([place, choice]) => {
  const form = document.querySelector(`form[data-walked="${place}"]`);
  const seen = e => e.checkVisibility() && !e.disabled && !e.readOnly;
  const groups = new Set();
  const first = [...form.elements].find(e => e.type === 'radio' && seen(e.labels[0] || e));
  if (first) [...form.elements].filter(e => e.name === first.name && !e.disabled)[choice].click();
  for (const e of form.elements) {
    if (e.type === 'radio' && !groups.has(e.name) && seen(e.labels[0] || e)) {
      groups.add(e.name);
      if (![...form.elements].some(o => o.name === e.name && o.checked)) e.click();
    } else if (!seen(e)) { continue;
    } else if (e.type === 'checkbox') { if (e.required && !e.checked) e.click();
    } else if (e.tagName === 'SELECT') { if (!e.value && e.required) e.selectedIndex = 1;
    } else if (e.value || ['submit', 'button', 'file', 'fieldset'].includes(e.type)) { continue;
    } else if (e.type === 'date') { e.value = '2026-11-20';
    } else if (e.type === 'number') { e.value = e.min || '1';
    } else { e.value = e.inputMode === 'numeric' ? '123456' : '填写的内容'; }
  }
}"""


FORM = re.compile(r"<form\b[^>]*>")
ACTION = re.compile(r'\baction="([^"]*)"')
# What no page of the walk has a form for: two follow a workbook that was sent (test_importing.py and
# test_organisation_import.py send one), one is for an account with an authenticator, one stands in the header. The
# fields of the sheet are made where somebody writes (test_grid.py), and a renewal that has points to go through is in
# test_walk.py. Several tables are confirmed by another button of the form that prints them.
ELSEWHERE = {
    "riskpoints:measure_cell",
    "riskpoints:measure_cell_new",
    "riskpoints:point_cell",
    "riskpoints:point_cell_new",
    "riskpoints:together_confirm",
    "riskpoints:walk",
    "library:import_save",
    "powers:import_save",
    "riskpoints:import_save",
    "departments:import_save",
    "departments:remove_code",
    "logout",
}


# Pages whose readers the trail notes: D in the matrix, as for what is taken away.
NOTED = {"oversight:veto", "oversight:finding", "oversight:handling"}


def key_of(action: str, path: str) -> tuple[str, ...]:
    """Return the address that a form is sent to, by its name and the words in it: one key for all rows."""
    found = resolve((action or path).partition("?")[0])
    return found.view_name, *sorted(value for value in found.kwargs.values() if isinstance(value, str))


def forms_in(text: str, path: str) -> set[tuple[str, ...]]:
    """Return the keys of the forms of a page that are posted, without the header's."""
    tags = [tag for tag in FORM.findall(text) if 'method="post"' in tag]
    actions = [found[1] if (found := ACTION.search(tag)) else "" for tag in tags]
    return {key_of(action, path) for action in actions} - {("logout",)}


OPENS = re.compile(r'href="([^"#]*\?open=[^"#]*)')


def pages(world) -> list:
    """Return (person, path, keys) for each page that shows somebody a form which no page before it showed."""
    seen, papers, opened, found = set(), set(), set(), []
    clients = {person: Client() for person in PEOPLE}
    for person in PEOPLE[1:]:
        clients[person].force_login(world.user(person))
    for row in ROWS:
        for person in PEOPLE:
            is_led_on = row.answers["GET"][person] == "G" and row.answers["POST"][person] == "D"  # to where it is typed
            is_noted = row.name in NOTED and row.answers["GET"][person] == "D"
            if row.name in papers or not (row.answers["GET"][person] == "V" or is_led_on or is_noted):
                continue
            waiting = [world.path(row)]
            for path in waiting:
                answer = clients[person].get(path, follow=True)
                if not answer.headers["Content-Type"].startswith("text/html"):
                    papers.add(row.name)
                    continue
                text = answer.content.decode()
                if new := forms_in(text, path) - seen:
                    seen |= new
                    found.append((person, path, new))
                for query in OPENS.findall(text):  # what unfolds on the page: one of each kind is enough
                    kind = re.sub(r"\d+", "0", query)
                    if kind not in opened:
                        opened.add(kind)
                        waiting.append(html.unescape(query))
    return found


@pytest.fixture
def world(
    live_server,
    people,
    department,
    discipline_office,
    functions,
    purchasing_post,
    plain_post,
    other_post,
    discipline_post,
):
    return worlds.build(people, department=department, discipline_office=discipline_office, functions=functions)


def send_each(page, path, wanted) -> tuple[set[tuple[str, ...]], list[str]]:
    """Return the keys of the wanted forms of a page that were sent, and those that the browser did not send.

    Each form is sent with each choice of its first group of radio buttons: what is asked for may depend on it.
    """
    sent, faults = set(), []
    page.goto(path)
    for form in page.evaluate(FORMS):
        if (key := key_of(form["action"], path)) not in wanted:
            continue
        for choice in range(form["choices"] if form["sendable"] else 0):
            page.goto(path)
            page.evaluate(FORMS)
            for field in page.locator(f'form[data-walked="{form["place"]}"] input[type=file]').all():
                if field.is_visible():
                    field.set_input_files(FILE)
            page.evaluate(FILL, [form["place"], choice])
            page.posts.clear()
            # A row's tools come with the pointer; pressed like this the browser asks the form all the same.
            page.evaluate("place => document.querySelector(`[data-pressed='${place}']`).click()", form["place"])
            for _ in range(20):
                if page.posts:
                    break
                page.wait_for_timeout(50)
            (sent.add(key) if page.posts else faults.append(f"{path} does not send {form}, choice {choice}"))
    return sent, faults


def test_every_form_is_sent(new_page, world):
    page, sent, faults, who = new_page(), set(), [], None
    page.posts = []

    def answer(route):
        if route.request.method != "POST" or "X-Draft" in route.request.headers:
            return route.continue_()
        page.posts.append(route.request.url)
        return route.fulfill(status=204)

    page.on("dialog", lambda dialog: dialog.accept())
    chosen = pages(world)
    for person, path, wanted in turns.some(sorted(chosen, key=lambda item: PEOPLE.index(item[0]))):
        if person != who:
            page.unroute_all()
            page.context.clear_cookies()
            if person != "anonymous":
                enter(page, world.user(person))
            page.route("**/*", answer)
            who = person
        done, wrong = send_each(page, path, wanted)
        sent |= done
        faults += wrong + [f"{path} shows no button for {key}" for key in wanted - done]
    assert faults == []
    names = {name for _, _, keys in chosen for name, *_ in keys}
    acts = {row.name for row in ROWS if "D" in row.answers["POST"].values()}
    assert acts - names == ELSEWHERE
