"""The pages of findings and handlings: filled in as a browser sends them, refused with all that was typed."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from riskcontrol.models import AuditEntry
from riskpoints.oversight.enums import FindingState, HandlingAct, HandlingKind, HandlingState, Nature
from riskpoints.oversight.handling import drafting, findings
from riskpoints.oversight.models import Finding, Handling
from tests import scans
from tests.factories import make_cycle, make_user
from tests.pages import messages_of, text_of
from tests.riskpoints.oversight.handling.conftest import REPLY, TALK, bring, do

INDEX, INBOX = reverse("oversight:findings"), reverse("riskpoints:inbox")
S, A = HandlingState, HandlingAct


def finding_page(row, name="finding", *args):
    return reverse(f"oversight:{name}", args=[row.pk, *args])


def page(row, *act):
    return reverse("oversight:handling_act" if act else "oversight:handling", args=[row.pk, *act])


def typed(**changed):
    today = timezone.localdate().isoformat()
    return {
        "nature": "department",
        "source": "audit",
        "found_on": today,
        "text": "台账没有更新",
        "token": "one",
    } | changed


def test_a_finding_is_registered_from_the_list(client, hands, department, purchasing_post):
    client.force_login(hands.reviewer)
    assert reverse("oversight:finding_choose") in client.get(INDEX).content.decode()
    address = reverse("oversight:finding_new", args=[department.pk])
    assert address in client.get(reverse("oversight:finding_choose")).content.decode()
    answer = client.post(address, typed(post=purchasing_post.pk, demands_revision="on"))
    row = Finding.objects.get()
    assert answer.url == finding_page(row)
    assert client.post(address, typed()).url == finding_page(row)  # sent twice
    assert (row.post_name, row.demands_revision, row.registered_by) == (purchasing_post.name, True, hands.reviewer)
    assert row.number in text_of(client.get(INDEX))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"text": ""}, "text"),
        ({"source": ""}, "source"),
        ({"found_on": "2999-01-01"}, "found_on"),
        ({"found_on": "昨天"}, "found_on"),
        ({"person_name": "外聘人员甲"}, "nature"),
        ({"nature": "person"}, "person_name"),
        ({"nature": "person", "person_name": "外聘人员甲", "text": "长" * 201}, "text"),
        ({"nature": "person", "person_name": "外聘人员甲", "demands_revision": "on"}, "demands_revision"),
        ({"point": "00000000-0000-0000-0000-000000000000"}, "point"),
        ({"post": "999999"}, "post"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field_and_all_stays(client, hands, department, values, field):
    client.force_login(hands.reviewer)
    answer = client.post(
        reverse("oversight:finding_new", args=[department.pk]), typed(source_number="某字 7 号") | values
    )
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert "某字 7 号" in answer.content.decode()
    assert not Finding.objects.exists()


def test_the_whole_way_on_pages(client, hands, find):
    finding = find()
    client.force_login(hands.reviewer)
    address = finding_page(finding, "handling_new")
    assert address in client.get(finding_page(finding)).content.decode()
    sent = {"findings": [finding.pk], "kind": "5", "summary": "手续不全", "demand": "补齐手续。", "token": "x"}
    handling_page = client.post(address, sent).url
    row = Handling.objects.get()
    assert handling_page == page(row)
    client.force_login(hands.second_reviewer)
    assert page(row) in client.get(INBOX).content.decode()
    assert client.post(page(row, "approve"), {"text": "同意"}).url == page(row)
    client.force_login(hands.head)
    assert "签收" in text_of(client.get(INBOX))
    assert client.post(page(row, "receive")).url == page(row)
    file = SimpleUploadedFile("照片.pdf", scans.pdf())
    done_by = timezone.localdate().isoformat()
    assert client.post(page(row, "reply"), REPLY | {"done_by": done_by, "file": file}).url == page(row)
    shown = client.get(page(row))
    assert "照片.pdf" in text_of(shown)
    kept = row.replies.get().files.first()
    assert client.get(reverse("oversight:reply_file", args=[row.pk, kept.pk])).status_code == 200
    client.force_login(hands.reviewer)
    assert client.post(page(row, "accept"), {"text": "现场查看属实"}).url == page(row)
    finding.refresh_from_db()
    assert finding.state == FindingState.CLOSED
    assert "现场查看属实" in text_of(client.get(page(row)))


def test_an_act_that_is_refused_keeps_what_was_typed(client, hands, drafted):
    row = bring(drafted(), S.RECEIVED, hands)
    client.force_login(hands.head)
    answer = client.post(page(row, "reply"), {"causes": "我写的原因", "measures": "", "responsible": "", "done_by": ""})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"measures", "responsible", "done_by"}
    assert "我写的原因" in answer.content.decode()
    sent = REPLY | {"done_by": timezone.localdate().isoformat(), "file": SimpleUploadedFile("a.exe", b"MZ")}
    assert list(client.post(page(row, "reply"), sent).context["form"].errors) == ["file"]
    do(A.REPLY, row, hands)
    late = client.post(page(row, "ask"), {"new_due": timezone.localdate().isoformat(), "text": "人手不足，来不及"})
    assert late.status_code == 422
    assert "人手不足，来不及" in late.content.decode()
    assert "不能申请延期" in text_of(late)


def test_an_act_of_somebody_else_says_whose_turn_it_is(client, hands, drafted):
    row = drafted()
    client.force_login(hands.reviewer)
    answer = client.get(page(row, "approve"))
    assert answer.status_code == 403
    assert "纪委第二审核员" in text_of(answer)
    assert client.get(page(row, "nonsense")).status_code == 404
    over = bring(drafted(), S.WITHDRAWN, hands)
    assert client.get(page(over, "withdraw")).url == page(over)  # what is not possible any more has no form


def test_only_acts_that_are_possible_are_offered(client, hands, drafted):
    row = bring(drafted(), S.REPLIED, hands)
    offered = {}
    for name in ("reviewer", "deputy", "head", "leader", "office"):
        client.force_login(getattr(hands, name))
        offered[name] = {one.act for one in client.get(page(row)).context["page"].acts}
    assert offered == {
        "reviewer": {A.ACCEPT, A.REJECT, A.ESCALATE, A.COMPLAINT},
        "deputy": set(),  # who approved
        "head": set(),
        "leader": set(),
        "office": set(),
    }


def test_a_talk_is_recorded_and_escalated(client, hands, drafted):
    row = do(A.APPROVE, drafted(HandlingKind.TALK, person=hands.colleague), hands)
    client.force_login(hands.reviewer)
    shown = client.get(page(row, "record_talk"))
    assert not {"causes", "measures", "file"} & set(shown.context["form"].fields)
    today = timezone.localdate().isoformat()
    assert client.post(page(row, "record_talk"), TALK | {"received_on": today}).url == page(row)
    sent = {"kind": "4", "summary": "仍不改", "text": "群众仍有反映", "token": "up"}
    assert client.post(page(row, "escalate"), sent).status_code == 302
    higher = Handling.objects.get(escalated_from=row)
    assert higher.kind == HandlingKind.ADMONISH
    client.force_login(hands.deputy)
    missing = client.post(page(higher, "approve"), {"text": "同意"})
    assert set(missing.context["form"].errors) == {"organ", "organ_on", "minutes_number"}


def test_a_revision_answers_a_finding_from_its_page(client, hands, find, confirmed_version):
    finding = find(demands_revision=True)
    client.force_login(hands.head)
    assert "修订防控表" in text_of(client.get(INBOX))
    assert "修订，回应这个问题" in text_of(client.get(finding_page(finding)))
    assert client.post(finding_page(finding, "finding_answer"), {"reason": ""}).status_code == 422
    answer = client.post(finding_page(finding, "finding_answer"), {"reason": "完善验收"})
    draft = finding.answers.get().version
    assert answer.url == reverse("riskpoints:version", args=[draft.pk])
    assert finding.text in text_of(client.get(answer.url))  # beside the form
    assert "已有修订回应" in text_of(client.get(finding_page(finding)))
    second = find(demands_revision=True)
    assert "正在修订" in text_of(client.get(finding_page(second)))
    client.post(finding_page(second, "finding_answer"), {})
    assert second.answers.get().version == draft


def test_a_finding_is_decided_on_its_page(client, hands, find):
    finding = find()
    client.force_login(hands.reviewer)
    answer = client.post(finding_page(finding, "finding_act", "drop"), {"drop-text": ""})
    assert answer.status_code == 422
    assert client.post(finding_page(finding, "finding_act", "drop"), {"drop-text": "查无此事"}).status_code == 302
    again = client.post(finding_page(finding, "finding_act", "pass_on"), {"pass_on-to_whom": "工会"})
    assert again.status_code == 422
    assert "不能转办" in text_of(again)


# ---- matters about persons (T22) ---------------------------------------------------------------------------------


def test_a_persons_matter_is_not_there_for_others(client, hands, drafted):
    row = do(A.APPROVE, drafted(HandlingKind.REMIND, person=hands.colleague, text="个别票据不规范"), hands)
    finding = row.findings.get()
    sees_finding = {"reviewer", "second_reviewer", "discipline_head", "deputy"}
    for name, user in vars(hands).items():
        client.force_login(user)
        sees = name in sees_finding | {"colleague"}
        answer = client.get(page(row))
        if user.is_active:
            assert answer.status_code == (200 if sees else 404), name
            assert client.get(finding_page(finding)).status_code == (200 if name in sees_finding else 404), name
        listed = client.get(INDEX)
        assert (row.number in text_of(listed)) == sees, name
        inbox = text_of(client.get(INBOX, follow=True))
        assert "采购员甲" not in inbox.replace("采购员甲 我的账号", "") or name == "colleague"
        assert "票据不规范" not in inbox


def test_a_draft_about_a_person_is_seen_by_who_approves_it_and_not_by_the_person(client, hands, drafted):
    seen = {}
    for kind in (HandlingKind.REMIND, HandlingKind.TALK):
        row = drafted(kind, person=hands.colleague)
        seen[kind] = set()
        for name in ("reviewer", "deputy", "principal", "secretary", "colleague", "office", "head"):
            client.force_login(getattr(hands, name))
            if client.get(page(row)).status_code == 200:
                seen[kind].add(name)
    assert seen[HandlingKind.REMIND] == {"reviewer", "deputy", "principal"}
    assert seen[HandlingKind.TALK] == {"reviewer", "deputy", "secretary"}


def test_a_reviewer_does_not_find_a_matter_about_himself(client, hands, drafted):
    row = drafted(HandlingKind.REMIND, person=hands.second_reviewer)
    client.force_login(hands.second_reviewer)
    assert client.get(page(row)).status_code == 404
    assert client.get(finding_page(row.findings.get())).status_code == 404
    assert row.number not in text_of(client.get(INDEX))
    do(A.APPROVE, row, hands)
    assert {one.act for one in client.get(page(row)).context["page"].acts} == {A.RECEIVE}


def test_opening_a_persons_matter_is_written_down_without_naming_the_person(client, hands, drafted):
    row = do(A.APPROVE, drafted(HandlingKind.REMIND, person=hands.colleague), hands)
    for user in (hands.reviewer, hands.colleague):
        client.force_login(user)
        client.get(page(row))
    views = AuditEntry.objects.of("handling.view")
    assert [(view.object_label, view.actor_name, view.detail) for view in views] == [
        (row.number, "纪委审核员", {}),
        (row.number, "", {}),
    ]


def test_the_head_is_asked_for_help_by_the_number_alone(client, hands, find):
    what = drafting.Draft(HandlingKind.REMIND, "票据不规范", asks_head=True)
    row = do(
        A.APPROVE,
        drafting.draft([find(person=hands.colleague)], what, token="help", actor=hands.reviewer),
        hands,
    )
    client.force_login(hands.head)
    inbox = text_of(client.get(INBOX))
    assert "配合整改" in inbox
    assert row.number in inbox
    assert "采购员甲" not in inbox
    assert client.get(page(row)).status_code == 404


def test_somebody_without_an_account_is_handled_on_paper(client, hands, drafted):
    row = drafted(HandlingKind.REMIND, nature=Nature.PERSON, person_name="外聘人员甲")
    row = do(A.APPROVE, row, hands)
    client.force_login(hands.reviewer)
    assert {one.act for one in client.get(page(row)).context["page"].acts} >= {A.RECORD_RECEIPT, A.ESCALATE}
    day = timezone.localdate().isoformat()
    client.post(page(row, "record_receipt"), {"received_on": day, "text": "拒签，两人见证：甲、乙"})
    client.post(page(row, "record_reply"), REPLY | {"done_by": day})
    row.refresh_from_db()
    assert row.state == S.REPLIED
    assert A.ACCEPT not in {one.act for one in client.get(page(row)).context["page"].acts}  # who wrote it down
    client.force_login(hands.second_reviewer)
    assert A.ACCEPT in {one.act for one in client.get(page(row)).context["page"].acts}


# ---- the list ----------------------------------------------------------------------------------------------------


def test_the_list_asks_the_database_equally_often(client, hands, drafted, django_assert_max_num_queries):
    client.force_login(hands.reviewer)
    bring(drafted(), S.REPLIED, hands)
    with django_assert_max_num_queries(200) as few:
        client.get(INDEX)
    for _ in range(4):
        bring(drafted(), S.REPLIED, hands)
        drafted(HandlingKind.REMIND, person=hands.colleague)
    with django_assert_max_num_queries(200) as many:
        client.get(INDEX)
    assert len(many) <= len(few) + 4  # a count of what waits


def test_open_matters_of_last_year_stand_in_this_years_list(client, hands, drafted, time_machine):
    row = drafted()
    closed = bring(drafted(), S.CLOSED, hands)
    client.force_login(hands.reviewer)
    time_machine.move_to(timezone.now().replace(year=timezone.localdate().year + 1, month=2, day=1))
    make_cycle(timezone.localdate().year)
    client.force_login(hands.reviewer)
    text = text_of(client.get(INDEX))
    assert row.number in text
    assert closed.number not in text
    assert "没有还没有办完的" not in text


def test_the_papers_of_each_kind_are_offered_and_given(client, hands, drafted):
    given = {
        None: (HandlingKind.RECTIFY, {"notice", "reply"}),
        hands.colleague: (HandlingKind.TALK, {"talk"}),
    }
    client.force_login(hands.reviewer)
    for person, (kind, papers) in given.items():
        row = do(A.APPROVE, drafted(kind, person=person), hands)
        assert {key for key, _ in client.get(page(row)).context["papers"]} == papers
        for paper in ("notice", "reply", "talk", "nonsense"):
            answer = client.get(reverse("oversight:handling_paper", args=[row.pk, paper]))
            assert answer.status_code == (200 if paper in papers else 404), paper
    prints = AuditEntry.objects.of("handling.print")
    assert [bool(entry.detail) for entry in prints] == [True, True, False]  # of a person's matter the number only


def test_the_ledger_and_the_volume(client, hands, drafted):
    drafted()
    client.force_login(hands.reviewer)
    drafted(HandlingKind.REMIND, person=hands.colleague)
    for kind in ("pdf", "xlsx"):
        assert client.get(reverse("oversight:ledger", args=[kind])).status_code == 200
    assert reverse("oversight:volume") in client.get(INDEX).content.decode()
    assert client.get(reverse("oversight:volume")).status_code == 200
    assert client.get(reverse("oversight:ledger", args=["docx"])).status_code == 404
    client.force_login(hands.head)
    assert client.get(reverse("oversight:ledger", args=["xlsx"])).status_code == 200
    assert client.get(reverse("oversight:volume")).status_code == 403


def test_whom_nothing_concerns_finds_no_list(client, hands):
    client.force_login(hands.staff)
    assert client.get(INDEX).status_code == 403
    someone = make_user("3009", "新来的", Role.CLERK, department=hands.clerk.grants.get().department)
    client.force_login(someone)
    assert "还没有登记的问题" in text_of(client.get(INDEX))


def test_messages_say_the_number(client, hands, department):
    client.force_login(hands.reviewer)
    answer = client.post(reverse("oversight:finding_new", args=[department.pk]), typed(), follow=True)
    assert any(f"{timezone.localdate().year}-问-1" in said for said in messages_of(answer))
    assert findings.is_answered(Finding.objects.get()) is False
