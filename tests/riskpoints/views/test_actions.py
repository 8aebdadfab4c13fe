"""The acts of the workflow as pages and buttons: submit, recall, return, approve, confirm, discard, revise, start."""

import datetime
import re

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from departments.accounts import second_factor
from departments.models import LeadershipGroup, PrincipalTerm
from riskcontrol.models import AuditEntry
from riskcontrol.verbs import SystemVerb
from riskpoints.enums import Action, ConfirmedBy, Status
from riskpoints.forms import scans
from riskpoints.models import Cycle, Decision, TableVersion
from riskpoints.tables import editing, starting, workflow
from tests.factories import PASSWORD, assess_all, bring_to, make_post, make_user, paper_signature, publish_for
from tests.pages import at, beside, messages_of, text_of, typed
from tests.riskpoints.views.conftest import BAD_VALUES
from tests.scans import JPEG, PDF, PNG


def act(client, version, action, values=None, **options):
    return client.post(at(version, "act", action), values or {}, **options)


def status_of(version) -> str:
    return TableVersion.objects.get(pk=version.pk).status


def signed(**values) -> dict:
    """Return what the office's form sends."""
    scan = SimpleUploadedFile("扫描.pdf", PDF)
    return {"signed_on": timezone.localdate().isoformat(), "comment": "", "scan": scan} | values


# ---- submit and recall -------------------------------------------------------------------------------------------


def test_the_head_submits_and_recalls(enter, draft_version, people):
    client = enter(people.head)
    page = client.get(at(draft_version, "act", "submit"))
    assert "提交后由纪委审核，审核前可以撤回。" in text_of(page)
    response = act(client, draft_version, "submit", follow=True)
    assert response.redirect_chain == [(at(draft_version), 302)]
    assert messages_of(response) == ["总务处：已提交，等待纪委审核。审核前可以撤回。"]
    assert "等待纪委审核。" in text_of(response)
    assert status_of(draft_version) == Status.SUBMITTED
    response = act(client, draft_version, "recall", follow=True)
    assert messages_of(response) == ["总务处：已撤回，可以继续修改。"]
    assert response.context["sheet"].mode == "edit"
    assert status_of(draft_version) == Status.DRAFT


def test_a_second_press_of_the_button_is_no_error(enter, draft_version, people):
    client = enter(people.head)
    act(client, draft_version, "submit")
    client.get(at(draft_version))  # takes the first message away
    response = act(client, draft_version, "submit", follow=True)
    assert (response.status_code, messages_of(response)) == (200, [])
    assert Decision.objects.filter(version=draft_version, action=Action.SUBMIT).count() == 1


def test_an_incomplete_table_is_not_submitted(enter, draft_version, people, department):
    make_post(department, "门卫")
    client = enter(people.head)
    page = client.get(at(draft_version))
    assert 'data-busy="正在提交…" disabled' in page.content.decode()
    assert "补齐上面 1 处后可以提交。" in text_of(page)
    response = act(client, draft_version, "submit", follow=True)
    assert messages_of(response) == ["还有 1 处没有填完，填完后才能提交。"]
    assert status_of(draft_version) == Status.DRAFT


def test_the_clerk_fills_in_but_does_not_submit(enter, draft_version, people):
    client = enter(people.clerk)
    assert "由部门负责人提交。" in text_of(client.get(at(draft_version)))
    assert act(client, draft_version, "submit").status_code == 403
    assert status_of(draft_version) == Status.DRAFT


def test_the_discipline_office_is_told_that_the_deputy_reviews(enter, discipline_table, people):
    version = bring_to(Status.DRAFT, discipline_table, people)
    client = enter(people.discipline_head)
    assert "提交后由副组长审核" in text_of(client.get(at(version)))
    response = act(client, version, "submit", follow=True)
    assert messages_of(response) == ["纪委办公室：已提交，等待副组长审核。审核前可以撤回。"]


# ---- return, approve, discard --------------------------------------------------------------------------------------


def test_a_return_needs_its_reason(enter, reviewed_version, people):
    client = enter(people.principal)
    response = act(client, reviewed_version, "return", {"comment": " "})
    assert (response.status_code, beside(response, "comment")) == (422, "请填写意见。")
    long = act(client, reviewed_version, "return", {"comment": "长" * 2001})
    assert beside(long, "comment") == "请缩短到 2000 字以内，现在有 2001 字。"
    assert typed(long, "comment") == "长" * 2001
    response = act(client, reviewed_version, "return", {"comment": "等级再议"}, follow=True)
    assert response.redirect_chain[0][0] == reverse("riskpoints:inbox")
    assert messages_of(response) == ["总务处：已退回，部门会看到您的意见。"]
    assert status_of(reviewed_version) == Status.DRAFT
    assert "等级再议" in text_of(enter(people.head).get(at(reviewed_version)))


def test_somebody_was_faster(enter, reviewed_version, people):
    client = enter(people.principal)
    workflow.perform(Action.CONFIRM, reviewed_version, actor=people.office, signature=paper_signature())
    response = act(client, reviewed_version, "return", {"comment": "写了半天的意见"})
    assert response.status_code == 403  # the principal returns what waits for a signature, nothing else
    response = act(
        client, reviewed_version, "confirm", {"agree": "on", "comment": "写了半天的意见", "password": PASSWORD}
    )
    assert response.status_code == 422
    assert messages_of(response) == ["这张表现在是“已确定”，可能已由他人办理。请刷新页面，看最新情况。"]
    assert typed(response, "comment") == "写了半天的意见"
    assert client.get(at(reviewed_version, "act", "confirm"), follow=True).status_code == 200


def test_an_act_that_is_not_possible_says_so_before_anything_is_typed(enter, draft_version, submitted_version, people):
    client = enter(people.head)
    response = client.get(at(submitted_version, "act", "submit"), follow=True)
    assert messages_of(response) == ["这张表现在是“待审核”，不能提交纪委审核。"]
    response = client.get(at(submitted_version, "act", "discard"), follow=True)
    assert messages_of(response) == ["这张表现在是“待审核”，不能作废本修订稿。"]


def test_approving_goes_through_the_review_page(enter, submitted_version, people):
    client = enter(people.reviewer)
    assert "请在审核页逐项核定等级后通过。" in text_of(client.get(at(submitted_version, "act", "approve")))
    response = act(client, submitted_version, "approve")
    assert messages_of(response) == ["还有 4 个风险点的等级没有核定好。"]
    assess_all(submitted_version, actor=people.reviewer)
    response = act(client, submitted_version, "approve", follow=True)
    assert messages_of(response) == ["总务处：审核通过，等待单位主要负责人签字确定。"]


def test_a_revision_is_begun_and_given_up(enter, confirmed_version, people):
    client = enter(people.head)
    page = client.get(at(confirmed_version))
    assert at(confirmed_version, "revise") in page.content.decode()
    empty = client.post(at(confirmed_version, "revise"), {"reason": ""})
    assert (empty.status_code, beside(empty, "reason")) == (422, "请填写修订原因。")
    response = client.post(at(confirmed_version, "revise"), {"reason": "岗位调整"}, follow=True)
    draft = TableVersion.objects.get(status=Status.DRAFT)
    assert response.redirect_chain == [(at(draft), 302)]
    assert messages_of(response) == ["修订稿已建好，内容与现行版相同。现行版在新版确定以前一直有效。"]
    assert "修订原因：岗位调整" in text_of(response)
    assert f'href="{at(confirmed_version)}"' in response.content.decode()
    again = client.post(at(confirmed_version, "revise"), {"reason": "再来一份"})
    assert messages_of(again) == ["这张表已有一份修订稿在办理，请在那一份上修改。"]
    assert typed(again, "reason") == "再来一份"
    refused = client.get(at(confirmed_version, "revise"), follow=True)
    assert messages_of(refused) == ["现在不能修订：只有现行版可以修订，而且没有正在办理的修订稿。"]
    page = client.get(at(draft, "act", "discard"))
    assert "作废后，这份修订稿不能再用，现行版不变。" in text_of(page)
    response = act(client, draft, "discard", {"comment": "不改了"}, follow=True)
    assert messages_of(response) == ["总务处：这份修订稿已作废，现行版不变。"]
    assert status_of(draft) == Status.DISCARDED
    assert at(confirmed_version, "revise") in client.get(at(confirmed_version)).content.decode()
    refused = client.post(at(draft, "head"), {"duties": "还想改", "date_mode": "blank"})
    assert "这份修订稿已经作废，不能再改。" in text_of(refused)


def test_a_first_draft_is_not_given_up(enter, draft_version, people):
    client = enter(people.head)
    assert at(draft_version, "act", "discard") not in client.get(at(draft_version)).content.decode()
    response = act(client, draft_version, "discard", {"comment": "不要了"})
    assert response.status_code == 422
    assert status_of(draft_version) == Status.DRAFT


# ---- confirm -----------------------------------------------------------------------------------------------------


def test_the_principal_confirms_in_the_browser(enter, reviewed_version, people):
    client = enter(people.principal)
    assert "签字确定" in text_of(client.get(at(reviewed_version)))
    asked = client.get(at(reviewed_version, "act", "confirm")).content.decode()
    assert re.findall(r'<button class="btn primary"[^>]*>([^<]*)</button>', asked) == ["签字确定"]
    response = act(client, reviewed_version, "confirm", {"comment": "同意"})
    assert response.status_code == 422
    assert beside(response, "agree") == "请勾选后再确定；如不同意，请退回修改并写明意见。"
    assert typed(response, "comment") == "同意"
    for password, said in (("", "请填写现在的密码。"), ("wrong", "密码不对，请核对后再试；")):
        response = act(client, reviewed_version, "confirm", {"agree": "on", "comment": "同意", "password": password})
        assert (response.status_code, typed(response, "comment")) == (422, "同意")
        assert beside(response, "password").startswith(said)
        assert status_of(reviewed_version) == Status.REVIEWED
    values = {"agree": "on", "comment": "同意", "password": PASSWORD}
    response = act(client, reviewed_version, "confirm", values, follow=True)
    assert messages_of(response) == ["总务处：已确定，本表从现在起是现行版。"]
    stored = TableVersion.objects.get(pk=reviewed_version.pk)
    assert (stored.confirmed_how, stored.signer_name) == (ConfirmedBy.BROWSER, "校长")
    assert (stored.signed_on, stored.is_in_force) == (timezone.localdate(), True)


def test_the_office_records_what_was_signed_on_paper(enter, reviewed_version, people):
    client = enter(people.office)
    page = client.get(at(reviewed_version, "act", "confirm"))
    said = text_of(page)
    assert "登记签字盖章：总务处" in said
    assert "办公室只登记，不代为决定。" in said
    assert "单位主要负责人（按签字日期自动记录，现任：校长）" in said
    scan = SimpleUploadedFile("扫描.bin", PDF, content_type="text/html")
    values = signed(scan=scan, comment="原件存档")
    response = act(client, reviewed_version, "confirm", values, follow=True)
    assert messages_of(response) == ["总务处：已确定，本表从现在起是现行版。"]
    stored = TableVersion.objects.get(pk=reviewed_version.pk)
    assert (stored.confirmed_how, stored.confirmed_by) == (ConfirmedBy.PAPER, people.office)
    assert stored.scans.get().suffix == "pdf"
    assert Decision.objects.get(version=stored, action=Action.CONFIRM).comment == "原件存档"


@pytest.mark.parametrize(("content", "suffix"), [(PDF, "pdf"), (JPEG, "jpg"), (PNG, "png")])
def test_a_scan_is_known_by_its_content(enter, reviewed_version, people, content, suffix):
    scan = SimpleUploadedFile("病毒.exe", content, content_type="application/octet-stream")
    act(enter(people.office), reviewed_version, "confirm", signed(scan=scan))
    assert TableVersion.objects.get(pk=reviewed_version.pk).scans.get().suffix == suffix


@pytest.mark.parametrize(
    ("scan", "said"),
    [
        (b"<html><script>alert(1)</script>", "这不是 PDF、JPG 或 PNG 文件，请重新扫描或另存为这几种格式。"),
        (b"GIF89a" + b"x" * 50, "这不是 PDF、JPG 或 PNG 文件，请重新扫描或另存为这几种格式。"),
        (b" %PDF-1.7", "这不是 PDF、JPG 或 PNG 文件，请重新扫描或另存为这几种格式。"),
        (b"%PDF-1.7\nx", "这个文件已经损坏，读不完整。请重新扫描，或另存后再上传。"),
        (PNG[:-20], "这个文件已经损坏，读不完整。请重新扫描，或另存后再上传。"),
        (b"", "这个文件是空的，请重新扫描。"),
    ],
)
def test_a_file_that_is_no_scan_is_refused(enter, reviewed_version, people, scan, said):
    file = SimpleUploadedFile("扫描.pdf", scan, content_type="application/pdf")
    response = act(enter(people.office), reviewed_version, "confirm", signed(scan=file, comment="备注还在"))
    assert (response.status_code, beside(response, "scan")) == (422, said)
    assert typed(response, "comment") == "备注还在"
    assert status_of(reviewed_version) == Status.REVIEWED


def test_a_scan_that_is_too_large_is_refused(enter, reviewed_version, people, monkeypatch):
    monkeypatch.setattr(scans, "SCAN_BYTES", 50)
    file = SimpleUploadedFile("扫描.pdf", PDF)
    response = act(enter(people.office), reviewed_version, "confirm", signed(scan=file))
    assert beside(response, "scan") == "文件超过 20 MB，请降低扫描分辨率后再上传。"
    assert status_of(reviewed_version) == Status.REVIEWED


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"deputy": "副组长"}, "deputy_reason", "副职代签的，请写明原因。"),
        ({"deputy": "教务处负责人"}, "deputy", "这个选项已不能使用，请重新选择。"),
        ({"deputy_reason": "外出"}, "deputy", "写了代签原因，请选代签的人；单位主要负责人本人签字的，请清空代签原因。"),
        ({"deputy": "副组长", "deputy_reason": "长" * 201}, "deputy_reason", "请缩短到 200 字以内，现在有 201 字。"),
        ({"signed_on": ""}, "signed_on", "请填写签字日期。"),
        ({"signed_on": "昨天"}, "signed_on", "请填写日期，如 2026-11-20。"),
        ({"signed_on": "2099-01-01"}, "signed_on", "签字日期不能晚于今天。"),
        ({"signed_on": "2011-11-15"}, "signed_on", "签字日期不能早于提交日期（{today}）。"),
    ],
)
def test_the_signature_is_checked_beside_its_fields(enter, reviewed_version, people, change, field, said):
    today = timezone.localdate()
    response = act(enter(people.office), reviewed_version, "confirm", signed(**change))
    expected = said.format(today=f"{today.year}年{today.month}月{today.day}日")
    assert (response.status_code, beside(response, field)) == (422, expected)
    assert status_of(reviewed_version) == Status.REVIEWED


def test_nothing_is_confirmed_while_the_table_is_published(enter, school, submitted_version, people):
    publish_for(5)
    assess_all(submitted_version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, submitted_version, actor=people.reviewer)
    client = enter(people.office)
    page = client.get(at(version))
    assert at(version, "act", "confirm") not in page.content.decode()
    assert "期满后可以登记签字" in text_of(page)
    until = f"{version.publish_until.year}年{version.publish_until.month}月{version.publish_until.day}日"
    refused = client.get(at(version, "act", "confirm"), follow=True)
    assert messages_of(refused) == [f"公示期到{until}，期满后才能确定。"]
    response = act(client, version, "confirm", signed(comment="备注还在"))
    assert (response.status_code, typed(response, "comment")) == (422, "备注还在")
    assert status_of(version) == Status.REVIEWED
    with time_machine.travel(timezone.now() + datetime.timedelta(days=10)):
        client = enter(people.office)
        assert act(client, version, "confirm", signed()).status_code == 302
    assert status_of(version) == Status.CONFIRMED


def test_more_scans_are_added_later(enter, confirmed_version, people):
    client = enter(people.office)
    for content in (JPEG, PNG):
        response = client.post(
            at(confirmed_version, "scan_add"), {"scan": SimpleUploadedFile("x", content)}, follow=True
        )
        assert messages_of(response) == ["扫描件已登记。"]
    assert [scan.suffix for scan in confirmed_version.scans.order_by("id")] == ["pdf", "jpg", "png"]
    response = client.post(at(confirmed_version, "scan_add"), {}, follow=True)
    assert messages_of(response) == ["请先选择扫描件。"]
    assert client.get(at(confirmed_version, "scan_add")).url == at(confirmed_version)
    for person in (people.head, people.reviewer, people.principal, people.admin):
        file = SimpleUploadedFile("x", PDF)
        assert enter(person).post(at(confirmed_version, "scan_add"), {"scan": file}).status_code == 403
    assert confirmed_version.scans.count() == 3


def test_a_signature_without_scan_waits_for_it(enter, reviewed_version, people):
    client = enter(people.office)
    values = signed()
    del values["scan"]
    response = act(client, reviewed_version, "confirm", values, follow=True)
    assert messages_of(response) == ["总务处：已登记签字，待补扫描件。补上以后，本表才是现行版。"]
    assert status_of(reviewed_version) == Status.REVIEWED
    assert "已审核，待补扫描件" in text_of(response)
    assert "补扫描件：总务处" in text_of(client.get(reverse("riskpoints:inbox")))
    for name in ("office", "reviewer", "principal", "auditor"):
        page = text_of(enter(getattr(people, name)).get(reverse("riskpoints:signatures")))
        assert "总务处" in page
    values = signed()
    del values["scan"]
    response = act(client, reviewed_version, "confirm", values)
    assert beside(response, "scan") == "请先选择扫描件。"
    second = enter(people.second_office)
    assert "补扫描件，办理确定" in text_of(second.get(at(reviewed_version)))
    assert act(second, reviewed_version, "confirm", signed()).status_code == 302
    stored = TableVersion.objects.get(pk=reviewed_version.pk)
    assert (stored.status, stored.confirmed_by) == (Status.CONFIRMED, people.second_office)


def test_a_deputy_in_charge_is_recorded_with_the_reason(enter, reviewed_version, people):
    values = signed(deputy="副组长", deputy_reason="校长外出学习，由其主持工作")
    assert act(enter(people.office), reviewed_version, "confirm", values).status_code == 302
    page = text_of(enter(people.office).get(at(reviewed_version)))
    assert "代签：校长外出学习，由其主持工作" in page


def test_a_deputy_who_left_since_signed_all_the_same(enter, reviewed_version, people, group, time_machine):
    """The scan of a signature that had been noted could not be added any more."""
    values = {"deputy": "副组长", "deputy_reason": "校长外出学习", "signed_on": timezone.localdate().isoformat()}
    act(enter(people.office), reviewed_version, "confirm", signed(**values, scan=""))
    LeadershipGroup.objects.filter(pk=group.pk).update(until=timezone.localdate())
    time_machine.move_to(timezone.now() + datetime.timedelta(days=10))
    office = enter(people.office)
    page = office.get(at(reviewed_version, "act", "confirm")).content.decode()
    assert '<option value="副组长" selected>' in page
    assert act(office, reviewed_version, "confirm", signed(**values)).status_code == 302
    stored = TableVersion.objects.get(pk=reviewed_version.pk)
    assert (stored.signer_name, stored.status) == ("副组长", Status.CONFIRMED)


def test_on_the_day_of_a_handover_the_office_says_which_principal_signed(enter, reviewed_version, people):
    """The one who came was recorded, whoever had signed."""
    today = timezone.localdate()
    PrincipalTerm.objects.create(user=make_user("3001", "前任校长"), since=today.replace(day=1), until=today)
    PrincipalTerm.objects.create(user=people.principal, since=today)
    office = enter(people.office)
    response = act(office, reviewed_version, "confirm", signed())
    assert response.status_code == 422
    assert "单位主要负责人有校长、前任校长，请选是谁签的。" in beside(response, "deputy")
    assert act(office, reviewed_version, "confirm", signed(deputy="前任校长")).status_code == 302
    stored = TableVersion.objects.get(pk=reviewed_version.pk)
    assert (stored.signer_name, stored.deputy_reason, stored.status) == ("前任校长", "", Status.CONFIRMED)


def test_what_was_noted_on_such_a_day_stands_in_the_form(enter, reviewed_version, people):
    today = timezone.localdate()
    PrincipalTerm.objects.create(user=make_user("3001", "前任校长"), since=today.replace(day=1), until=today)
    PrincipalTerm.objects.create(user=people.principal, since=today)
    office = enter(people.office)
    act(office, reviewed_version, "confirm", signed(deputy="前任校长", scan=""))
    page = office.get(at(reviewed_version, "act", "confirm")).content.decode()
    assert '<option value="前任校长" selected>' in page


def test_who_took_part_is_told_who_can_do_it(enter, school_table, people):
    version = bring_to(Status.REVIEWED, school_table, people)
    page = enter(people.office).get(at(version, "act", "confirm"))
    assert page.status_code == 403
    assert "请由领导小组办公室第二干事、校长办理" in text_of(page)
    people.second_office.grants.all().delete()
    people.principal.grants.all().delete()
    assert "请系统管理员另外指定一名领导小组办公室人员" in text_of(enter(people.reviewer).get(at(version)))


def test_wrong_passwords_count_like_those_at_login(enter, reviewed_version, people, settings):
    settings.AXES_ENABLED = True
    client = enter(people.principal)
    values = {"agree": "on", "comment": "", "password": "wrong"}
    tries = [act(client, reviewed_version, "confirm", values).status_code for _ in range(settings.AXES_FAILURE_LIMIT)]
    assert tries == [422] * (settings.AXES_FAILURE_LIMIT - 1) + [429]  # the last one is answered like one at login
    response = act(client, reviewed_version, "confirm", values | {"password": PASSWORD})
    assert beside(response, "password").startswith("输错的次数太多")
    assert status_of(reviewed_version) == Status.REVIEWED


def test_the_second_factor_is_asked_where_there_is_one(enter, reviewed_version, people):
    codes = second_factor.enrol(people.principal, second_factor.new_key(), step=0)
    client = enter(people.principal)
    assert "动态验证码" in text_of(client.get(at(reviewed_version, "act", "confirm")))
    response = act(client, reviewed_version, "confirm", {"agree": "on", "code": "123456", "password": PASSWORD})
    assert beside(response, "code").startswith("验证码不对或已用过")
    assert AuditEntry.objects.filter(action=SystemVerb.LOGIN_FAILED).exists()
    with time_machine.travel(timezone.now() + datetime.timedelta(minutes=1)):
        client = enter(people.principal)
        response = act(client, reviewed_version, "confirm", {"agree": "on", "code": codes[0]})
    assert response.status_code == 302
    assert status_of(reviewed_version) == Status.CONFIRMED


def test_a_wrong_scan_is_replaced_on_its_page(enter, confirmed_version, people):
    client, old = enter(people.office), confirmed_version.scans.get()
    address = at(confirmed_version, "scan_replace", old.pk)
    assert address in client.get(at(confirmed_version)).content.decode()
    response = client.post(address, {"scan": SimpleUploadedFile("x", PNG), "reason": " "})
    assert (response.status_code, beside(response, "reason")) == (422, "请填写更换原因。")
    response = client.post(address, {"scan": SimpleUploadedFile("x", PDF), "reason": "看不清"})
    assert beside(response, "scan") == "这份文件已经登记过，请选择新的扫描件。"
    response = client.post(address, {"scan": SimpleUploadedFile("x", PNG), "reason": "扫描成了另一张表"}, follow=True)
    assert messages_of(response) == ["扫描件已更换，原来的保留，标为“已更换”。"]
    assert "已更换 领导小组办公室干事：扫描成了另一张表" in " ".join(text_of(response).split())
    assert client.get(address).status_code == 404  # it was replaced


# ---- who may -----------------------------------------------------------------------------------------------------

STATUSES = {
    "submit": "draft",
    "recall": "submitted",
    "return": "submitted",
    "approve": "submitted",
    "confirm": "reviewed",
}
MAY = {
    "submit": {"head"},
    "recall": {"head"},
    "return": {"reviewer", "discipline_head"},
    "approve": {"reviewer", "discipline_head"},
    "confirm": {"office", "principal"},
}
SEES = {
    "draft": {"head", "clerk"},
    "submitted": {"head", "clerk", "leader", "reviewer", "discipline_head"},
    "reviewed": {"head", "clerk", "leader", "reviewer", "discipline_head", "office", "principal"},
}


@pytest.mark.parametrize("name", STATUSES)
def test_each_act_has_its_people(enter, client, table, people, name):
    version = bring_to(Status(STATUSES[name]), table, people)
    before = version.decisions.count()
    for person in vars(people).keys() - {"disabled", "second_reviewer", "second_office"}:
        user = getattr(people, person)
        status = 404 if person not in SEES[version.status] else 200 if person in MAY[name] else 403
        response = enter(user).get(at(version, "act", name))
        assert response.status_code == status, person
        if person not in MAY[name]:
            assert act(enter(user), version, name, {"comment": "x", "agree": "on"}).status_code == status, person
    assert client.get(at(version, "act", name)).url == f"{reverse('login')}?next={at(version, 'act', name)}"
    assert act(client, version, name).url.startswith(reverse("login"))
    assert version.decisions.count() == before


def test_the_reviewer_who_is_in_the_office_never_confirms(enter, reviewed_version, people):
    people.reviewer.grants.create(role="office")
    assert act(enter(people.reviewer), reviewed_version, "confirm", signed()).status_code == 403


def test_an_admin_confirms_nothing(enter, reviewed_version, people):
    people.admin.grants.create(role="office")
    assert act(enter(people.admin), reviewed_version, "confirm", signed()).status_code == 403


def test_only_who_fills_in_revises(enter, client, confirmed_version, people):
    for person in ("reviewer", "leader", "office", "principal", "admin", "staff"):
        for method in ("get", "post"):
            response = getattr(enter(getattr(people, person)), method)(at(confirmed_version, "revise"), {"reason": "x"})
            assert response.status_code == 403, person
    for person in ("other_head", "auditor", "outsider"):
        assert enter(getattr(people, person)).post(at(confirmed_version, "revise"), {"reason": "x"}).status_code == 404
    assert client.post(at(confirmed_version, "revise")).url.startswith(reverse("login"))
    assert enter(people.clerk).post(at(confirmed_version, "revise"), {"reason": "代负责人修订"}).status_code == 302


# ---- what a broken or hostile client sends -----------------------------------------------------------------------


@pytest.mark.parametrize("name", ["edit", "start", "record", "add-scan", "x", "submit-", "9" * 300])
def test_an_act_of_no_workflow_is_unknown(enter, draft_version, people, name):
    client = enter(people.head)
    for method in (client.get, client.post):
        assert method(at(draft_version, "act", "submit").replace("submit", name)).status_code == 404


def test_malformed_acts_never_break_the_page(enter, confirmed_version, people, other_table):
    waiting = bring_to(Status.REVIEWED, other_table, people)
    office, principal, head = enter(people.office), enter(people.principal), enter(people.head)
    for value in [*BAD_VALUES, "很长" * 5000, ["a", "b\x00"], "2026-02-30"]:
        values = dict.fromkeys(["deputy", "deputy_reason", "signed_on", "scan", "comment", "reason"], value)
        assert act(office, waiting, "confirm", values).status_code == 422, repr(value)[:40]
        bad = {"comment": value, "agree": ""}
        assert act(principal, waiting, "confirm", bad).status_code == 422
        reasons = {"reason": [value, "\x00"]} if value else {}
        assert head.post(at(confirmed_version, "revise"), reasons).status_code == 422
        assert office.get(at(waiting, "act", "confirm"), {"next": value}).status_code == 200
    assert status_of(waiting) == Status.REVIEWED
    for number in (0, 10**30):
        address = at(waiting, "act", "confirm").replace(f"/{waiting.pk}/", f"/{number}/")
        assert office.post(address, {}).status_code == 404


def test_a_closed_year_takes_no_act(enter, reviewed_version, people):
    Cycle.objects.filter(pk=reviewed_version.table.cycle_id).update(closed_at=timezone.now())
    response = act(enter(people.office), reviewed_version, "confirm", signed())
    assert response.status_code == 422
    assert "已经归档关闭，不能再办理。" in messages_of(response)[0]
    assert status_of(reviewed_version) == Status.REVIEWED


def test_the_levels_the_principal_confirms_stand_on_the_page(enter, reviewed_version, people):
    said = text_of(enter(people.principal).get(at(reviewed_version, "act", "confirm")))
    assert "部门等级 一级（高） 4 个风险点：一级（高） 2，二级（中） 0，三级（低） 2" in said


def test_a_revision_of_a_closed_year_is_refused(enter, confirmed_version, people):
    Cycle.objects.filter(pk=confirmed_version.table.cycle_id).update(closed_at=timezone.now())
    client = enter(people.head)
    assert at(confirmed_version, "revise") not in client.get(at(confirmed_version)).content.decode()
    response = client.post(at(confirmed_version, "revise"), {"reason": "晚了"})
    assert "已经归档关闭，不能再填报或修订。" in messages_of(response)[0]
    with pytest.raises(workflow.WorkflowError):
        starting.open_revision(confirmed_version, reason="晚了", actor=people.head)
    assert editing.FROZEN.keys() == set(Status) - {Status.DRAFT}
