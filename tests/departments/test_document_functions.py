"""文件规定的岗位职能: in every installation from `migrate` on, told from typed ones by their key, not their name."""

import pytest
from django.core.management import call_command
from django.urls import reverse

from departments import notices
from departments.document_functions import FIRST, SECOND, ensure_document_functions
from departments.enums import Level
from departments.models import Notice, PostFunction
from departments.verbs import OrganisationVerb
from riskcontrol import audit
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from tests.factories import make_post
from tests.pages import text_of

SIX = [("财务", 1), ("采购", 1), ("基建", 1), ("一般经济管理", 2), ("社会事务管理", 2), ("公共服务", 2)]


def entries():
    return [(entry.caption, entry.object_label) for entry in AuditEntry.objects.order_by("number")]


@pytest.fixture
def old_school(department, reviewer, admin, head):
    """Return a school that works with a version from before: it has typed what it needed, and a trail."""
    PostFunction.objects.all().delete()
    audit.record(SystemVerb.LOGIN, actor=admin)
    return department


def test_a_new_installation_has_the_six_with_their_floors_and_sources(db):
    assert list(PostFunction.objects.values_list("name", "floor")) == SIX
    assert set(PostFunction.objects.filter(floor=1).values_list("basis", flat=True)) == {FIRST}
    assert set(PostFunction.objects.filter(floor=2).values_list("basis", flat=True)) == {SECOND}
    assert all(function.is_of_document for function in PostFunction.objects.all())
    assert (entries(), Notice.objects.count()) == ([], 0)  # they belong to the set-up, as the tables do
    ensure_document_functions()
    assert PostFunction.objects.count() == 6


def test_an_installation_in_use_gets_them_with_an_entry_each_and_committee_and_administrator_are_told(
    old_school, reviewer, admin, head
):
    ensure_document_functions()
    assert list(PostFunction.objects.values_list("name", "floor")) == SIX
    assert entries()[1:7] == [("新增岗位职能", name) for name, _ in SIX]
    assert [len(notices.unread(person)) for person in (reviewer, admin, head)] == [1, 1, 0]
    assert "新增“财务”；新增“采购”" in notices.unread(admin).get().text
    before = entries()
    ensure_document_functions()
    assert entries() == before


def test_a_typed_one_of_the_same_name_is_adopted_and_its_floor_raised(old_school, reviewer):
    typed = PostFunction.objects.create(name="财务", floor=Level.THIRD, basis="校内规定", order=7, is_retired=True)
    post = make_post(old_school, "会计", (typed,))
    ensure_document_functions()
    typed.refresh_from_db()
    assert (typed.floor, typed.basis, typed.order, typed.is_retired) == (Level.FIRST, FIRST, 7, False)
    assert typed.is_of_document
    assert (post.floor, PostFunction.objects.count()) == (Level.FIRST, 6)
    entry = AuditEntry.objects.get(action=OrganisationVerb.FUNCTION_CHANGE)
    assert entry.detail == {
        "basis": ["校内规定", FIRST],
        "document_key": [None, "finance"],
        "floor": [3, 1],
        "is_retired": [True, False],
    }
    text = notices.unread(reviewer).get().text
    assert (
        "本校增设的“财务”改为文件规定，等级下限由三级（低）改为一级（高），"
        "原写的依据“校内规定”改为文件原文，恢复使用" in text
    )


def test_a_name_that_looks_the_same_is_the_same(old_school, reviewer):
    typed = PostFunction.objects.create(name="财 务", floor=Level.FIRST, basis=FIRST)
    ensure_document_functions()
    typed.refresh_from_db()
    assert (typed.name, typed.document_key, PostFunction.objects.count()) == ("财务", "finance", 6)
    assert "本校增设的“财 务”改为文件规定，名称改为“财务”" in notices.unread(reviewer).get().text


def test_a_stricter_floor_and_its_source_stay(old_school, reviewer):
    PostFunction.objects.create(name="公共服务", floor=Level.FIRST, basis="校纪委会议决定")
    ensure_document_functions()
    kept = PostFunction.objects.get(name="公共服务")
    assert (kept.floor, kept.basis, kept.document_key) == (Level.FIRST, "校纪委会议决定", "service")
    assert "等级下限一级（高）和依据照旧" in notices.unread(reviewer).get().text


def test_adopting_what_says_the_same_is_no_news(old_school):
    for name, floor in SIX:
        PostFunction.objects.create(name=name, floor=floor, basis=FIRST if floor == 1 else SECOND)
    ensure_document_functions()
    assert Notice.objects.count() == 0
    assert entries()[1:] == [("修改岗位职能", name) for name, _ in SIX]


def test_a_name_alone_makes_no_function_the_documents(client, school, reviewer):
    """The six may carry the document's names only; whoever types one of another name may always change it."""
    PostFunction.objects.filter(document_key="finance").delete()
    typed = PostFunction.objects.create(name="财务", floor=Level.THIRD, basis="校内规定")
    client.force_login(reviewer)
    page = client.get(reverse("departments:functions"))
    assert "本校增设" in text_of(page)
    assert client.get(reverse("departments:function_edit", args=[typed.pk])).status_code == 200
    typed.document_key = "finance"
    typed.save()
    assert client.get(reverse("departments:function_edit", args=[typed.pk])).status_code == 403


def test_the_upgrade_brings_them_to_an_old_database(old_school):
    typed = PostFunction.objects.create(name="采购", floor=Level.SECOND, basis="校内规定")
    call_command("migrate", verbosity=0)
    assert dict(PostFunction.objects.values_list("name", "floor")) == dict(SIX)
    typed.refresh_from_db()
    assert typed.document_key == "purchasing"
    assert "等级下限由二级（中）改为一级（高）" in Notice.objects.get(text__contains="岗位职能").text
    assert list(audit.verify_chain()) == []
