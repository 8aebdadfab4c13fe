"""The help says what there is: every place, caption and picture that it names, every sentence that it quotes."""

import ast
import datetime
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from riskpoints import wings
from riskpoints.desk import help as desk
from tests.factories import make_cycle
from tests.pages import text_of

ROOT = Path(settings.BASE_DIR)
TEMPLATES = ROOT / "templates"
# Not where the help itself says a caption.
OWN_CODE = {ROOT / "riskpoints/desk/help.py", ROOT / "riskpoints/templatetags/help.py"}
KEYS = [page.key for page in desk.PAGES]
# Characters: three minutes of a quick reader.
LONGEST = 1950


def is_help(path: Path) -> bool:
    return path.parent.name == "help"


def sources() -> dict[str, str]:
    """The templates of the help, those of the wings among them, by their names."""
    found = [path for path in sorted(TEMPLATES.rglob("*.html")) if is_help(path)]
    return {str(path.relative_to(TEMPLATES)): path.read_text() for path in found}


def said(tag: str) -> list[tuple[str, str]]:
    """(template, words) of each place or caption that the help names."""
    return [(name, words) for name, text in sources().items() for words in re.findall(rf'{{% {tag} "([^"]+)"', text)]


def captions() -> set[str]:
    """All texts that stand for themselves in a page or in the program: what a button or a field may be called."""
    pages = [path for path in TEMPLATES.rglob("*.html") if not is_help(path)]
    texts = [path.read_text() for path in pages]
    pieces = [piece for text in texts for piece in re.split(r"<[^>]*>|\{%.*?%\}|\{\{.*?\}\}", text)]
    pieces += [words for text in texts for words in re.findall(r'\w="([^"{]+)"', text)]
    for app in ("riskcontrol", "departments", "riskpoints"):
        for path in (ROOT / app).rglob("*.py"):
            if path not in OWN_CODE and "migrations" not in path.parts:
                nodes = ast.walk(ast.parse(path.read_text()))
                pieces += [node.value for node in nodes if isinstance(node, ast.Constant) and type(node.value) is str]
    return {piece.strip() for piece in pieces}


def reader(people, key):
    """Somebody whose page this is; nobody for that of the public."""
    return None if key == desk.PUBLIC else getattr(people, key)


def opened(client, people, key):
    user = reader(people, key)
    if user is not None:
        client.force_login(user)
    return client.get(reverse("riskpoints:help_page", args=[key]))


def test_every_caption_stands_in_the_program_word_for_word():
    known, named = captions(), said("caption")
    assert len(named) > 100
    assert [line for line in named if line[1] not in known] == []


def test_what_is_put_into_quotation_marks_is_a_caption_as_well():
    known = captions()
    quoted = [(name, words) for name, text in sources().items() for words in re.findall("(?<!确认)“([^”]+)”", text)]
    assert len(quoted) > 5
    assert [line for line in quoted if line[1] not in known] == []


def test_a_sentence_of_the_document_is_quoted_as_on_the_forms():
    quoted = [words for text in sources().values() for words in re.findall("<q>([^<]+)</q>", text)]
    forms = "".join(path.read_text() for path in TEMPLATES.rglob("*.html") if not is_help(path))
    forms += (ROOT / "riskpoints/documents/wording.py").read_text()
    assert len(quoted) > 1
    assert [words for words in quoted if words not in forms] == []


@pytest.mark.parametrize("key", KEYS)
def test_a_page_leads_only_where_its_reader_may_go(client, people, group, school, key):
    page = opened(client, people, key)
    assert page.status_code == 200
    body = page.content.decode().partition("<main")[2].partition("</main>")[0]
    links = {link for link in re.findall(r'href="([^"#]+)"', body) if not link.startswith(settings.STATIC_URL)}
    answers = {link: client.get(link, follow=True).status_code for link in links}
    assert {link: status for link, status in answers.items() if status != 200} == {}
    templates = {desk.page_of(key).template, *wings.help_sections(key)}
    named = [words for template, words in said("place") if template in templates]
    assert [words for words in named if f">{words}</a>" not in body] == []


@pytest.mark.parametrize("key", KEYS)
def test_a_page_is_read_in_three_minutes(client, people, group, school, key):
    page = opened(client, people, key).content.decode()
    column = page.partition('<div class="column">')[2].partition('<section id="aside"')[0]
    assert 500 < len(re.sub(r"<[^>]+>|\s", "", column)) < LONGEST


def test_every_template_of_the_help_is_shown_somewhere():
    shown = {desk.page_of(key).template for key in KEYS} | {name for key in KEYS for name in wings.help_sections(key)}
    parts = {"page_base", "index", "_pages", "_login", "_trouble"}
    assert set(sources()) == shown | {f"riskpoints/help/{name}.html" for name in parts}
    assert all(page in KEYS for wing in wings.all_wings() for page in wing.help)


def test_the_days_of_the_open_year_stand_on_the_pages(client, people, school):
    make_cycle(fill_from=datetime.date(2026, 3, 2), fill_until=datetime.date(2026, 4, 1), year=2026)
    client.force_login(people.head)
    page = text_of(client.get(reverse("riskpoints:help_page", args=["head"])))
    assert "2026 年度：填报 2026年3月2日至2026年4月1日" in page


def test_the_index_begins_with_the_own_roles(client, people, school):
    client.force_login(people.office)
    page = text_of(client.get(reverse("riskpoints:help")))
    own, others = page.index("您的角色"), page.index("其他角色")
    assert own < page.index("开启和关闭年度") < others < page.index("核验记录是否完整")


def test_who_has_no_role_is_told_who_gives_one(client, people, school):
    client.force_login(people.outsider)
    assert "请系统管理员给予角色" in text_of(client.get(reverse("riskpoints:help")))


def test_a_stranger_reads_how_to_log_in_and_the_page_of_the_public(client, school):
    page = text_of(client.get(reverse("riskpoints:help")))
    assert "看公示、提意见，不用账号" in page
    assert "忘记密码" in page
    assert "核验记录是否完整" not in page
    asked = client.get(reverse("riskpoints:help_page", args=["head"]))
    assert asked["Location"].startswith(reverse("login"))


def test_another_page_is_not_there(client, people, school):
    client.force_login(people.head)
    assert client.get("/help/nobody/").status_code == 404


def test_every_page_has_the_help_at_its_foot(client, people, school):
    foot = f'<a href="{reverse("riskpoints:help")}">帮助</a>'
    for address in (reverse("riskpoints:publication"), reverse("login")):
        assert foot in client.get(address).content.decode().partition("<footer")[2]
    client.force_login(people.head)
    for address in (reverse("riskpoints:inbox"), "/nowhere/"):
        assert foot in client.get(address).content.decode().partition("<footer")[2]
    bare = [path for path in TEMPLATES.rglob("*.html") if "<footer" in path.read_text() and "/print/" not in str(path)]
    assert len(bare) == 2
    assert all("帮助</a>" in path.read_text().partition("<footer")[2] for path in bare)


def test_a_page_asks_the_database_for_what_every_page_does(client, people, school):
    client.force_login(people.head)
    counts = []
    for address in (
        reverse("riskpoints:code"),
        reverse("riskpoints:help"),
        reverse("riskpoints:help_page", args=["head"]),
    ):
        client.get(address)
        with CaptureQueriesContext(connection) as asked:
            client.get(address)
        counts.append(len(asked))
    assert max(counts[1:]) <= counts[0] + 1  # whether the reader is a 副组长
