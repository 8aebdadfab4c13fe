"""The pages around everything: base, refusals, errors; what they promise to browsers and to people."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client, RequestFactory
from django.urls import reverse

from riskcontrol.web import handlers

ROOT = Path(settings.BASE_DIR, "templates")
TEMPLATES = [path for path in sorted(ROOT.rglob("*.html")) if ROOT / "riskpoints/print" not in path.parents]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_template_carries_script_or_style(path):
    source = path.read_text()
    assert re.findall(r"\sstyle=|<style|\son\w+=|javascript:|hx-on|<script(?![^>]*\ssrc=)", source) == []
    assert re.findall(r"(?:src|href)=[\"'](?:https?:)?//", source) == []


def test_templates_are_walked():
    assert len(TEMPLATES) > 40


def test_the_base_page_asks_for_the_modern_engine_and_forbids_evaluation(client, school):
    page = client.get(reverse("login")).content.decode()
    assert '<meta name="renderer" content="webkit">' in page
    assert '<html lang="zh-CN">' in page
    assert '"allowEval":false' in page
    assert '"includeIndicatorStyles":false' in page
    assert page.index('class="skip"') < page.index("<header")
    assert "本系统为非涉密系统" in page


def test_an_unknown_address_says_what_to_do(client, outsider, school):
    client.force_login(outsider)
    answer = client.get("/no-such-page/")
    assert answer.status_code == 404
    assert "没有找到这个页面" in answer.content.decode()
    assert "请从上方菜单重新进入" in answer.content.decode()


def test_a_refusal_gives_its_reason(client, outsider, school):
    client.force_login(outsider)
    page = client.get(reverse("departments:account_new")).content.decode()
    assert "维护组织机构和账号由系统管理员办理。" in page


def test_a_page_that_is_too_old_says_so(outsider, school):
    client = Client(enforce_csrf_checks=True)
    client.force_login(outsider)
    answer = client.post(reverse("logout"))
    assert answer.status_code == 403
    assert "页面已过期" in answer.content.decode()


@pytest.mark.parametrize(("name", "words"), [("400.html", "请求有误"), ("500.html", "系统出错了")])
def test_the_last_pages_need_nothing_but_themselves(name, words):
    page = get_template(name).render()
    assert words in page
    assert "data-reason" in page
    assert 'href="/"' in page


def test_a_strangers_refusal_is_not_written_to_anybody(db, school, rf):
    request = RequestFactory().get("/")
    request.user = type("Stranger", (), {"is_authenticated": False})()
    assert handlers.forbidden(request, PermissionError("x")).status_code == 403
