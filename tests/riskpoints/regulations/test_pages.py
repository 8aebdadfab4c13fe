"""The pages of 制度库: who gets where, what is refused with words, the same queries for any number of rows."""

import datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.references.regulations import files
from riskpoints.references.regulations.enums import Executed, Kind, Plan, State
from riskpoints.references.regulations.models import Regulation
from riskpoints.references.regulations.verbs import RegulationVerb
from riskpoints.regulations.closed import CLOSED
from tests import scans
from tests.factories import make_cycle, make_regulation
from tests.pages import text_of

TODAY = timezone.localdate
INDEX = reverse("regulations:index")


def at(name: str, regulation: Regulation, *args) -> str:
    return reverse(f"regulations:{name}", args=[regulation.pk, *args])


@pytest.fixture
def enter(db):
    """Return a function that gives a logged-in client for a person."""

    def log_in(user):
        client = Client()
        client.force_login(user)
        return client

    return log_in


def typed(**changed):
    values = {
        "title": "《采购管理办法》",
        "document_number": "校发〔2026〕1 号",
        "kind": "school",
        "begun": "in_force",
        "effective_on": "2026-03-01",
        "token": "one",
    }
    return values | changed


def listed(client: Client, query: str = "") -> list[str]:
    return [line.regulation.title for line in client.get(f"{INDEX}?{query}").context["lines"]]


# ---- the list --------------------------------------------------------------------------------------------------


def test_the_list_is_narrowed_by_kind_state_department_and_words(enter, people, department):
    make_regulation("采购管理办法", department=department)
    make_regulation("仓库制度", kind=Kind.DEPARTMENT, department=department, document_number="")
    make_regulation("招标投标法", kind=Kind.STATE, document_number="", issuer="全国人大常委会")
    make_regulation("旧办法", state=State.REPEALED, ended_on=TODAY(), reason="理由", document_number="")
    client = enter(people.outsider)
    assert len(listed(client)) == 4
    assert listed(client, "kind=state") == ["招标投标法"]
    assert listed(client, "state=repealed") == ["旧办法"]
    assert listed(client, f"department={department.pk}") == ["仓库制度", "采购管理办法"]
    assert listed(client, "q=校发〔2025〕3号") == ["采购管理办法"]
    assert listed(client, "q=全国人大") == ["招标投标法"]
    page = client.get(f"{INDEX}?kind=made-up&department=99999&q=无")
    assert page.context["ignored"] == ["类别", "部门"]
    assert "没有找到" in text_of(page)


def test_those_cited_by_nothing_and_those_due_are_shown(enter, people, draft_version):
    cited, lonely = make_regulation("采购管理办法"), make_regulation("财务制度", document_number="9 号")
    due = make_regulation("仓库制度", kind=Kind.SUPERIOR, next_review_on=TODAY())
    draft_version.measures.first().regulations.add(cited)
    client = enter(people.office)
    assert set(listed(client, "more=uncited")) == {lonely.title, due.title}
    assert set(listed(client, "more=unchecked")) == {cited.title, lonely.title}
    assert listed(client, "more=review") == [due.title]
    assert listed(client, "more=ended") == []
    Regulation.objects.filter(pk=cited.pk).update(state=State.REPEALED, ended_on=TODAY(), reason="理由")
    assert listed(client, "more=ended") == [cited.title]
    Regulation.objects.filter(pk=cited.pk).update(state=State.IN_FORCE, ended_on=None, reason="")
    lines = {line.regulation.pk: line for line in client.get(INDEX).context["lines"]}
    assert [lines[row.pk].cited for row in (cited, lonely, due)] == [1, 0, 0]
    assert [lines[row.pk].is_unchecked for row in (cited, lonely, due)] == [True, True, False]


def test_one_row_and_thirty_take_the_same_queries(enter, people, department):
    client = enter(people.office)
    make_regulation("制度", department=department)
    client.get(INDEX)
    few = queries_of(lambda: client.get(INDEX)), queries_of(lambda: client.get(reverse("regulations:plan")))
    for number in range(31):
        make_regulation(f"制度{number}", department=department)
    many = queries_of(lambda: client.get(INDEX)), queries_of(lambda: client.get(reverse("regulations:plan")))
    assert few == many
    assert len(listed(client, "page=2")) == 2


def queries_of(call):
    with CaptureQueriesContext(connection) as found:
        call()
    return len(found)


# ---- registering and correcting --------------------------------------------------------------------------------


def test_a_regulation_is_registered_on_its_page(enter, people):
    client = enter(people.office)
    answer = client.post(reverse("regulations:new"), typed())
    row = Regulation.objects.get()
    assert answer.url == at("page", row)
    assert (row.title, row.state) == ("采购管理办法", State.IN_FORCE)
    page = text_of(client.get(answer.url))
    assert "已登记《采购管理办法》" in page
    assert "登记制度" in page  # its history


@pytest.mark.parametrize(
    ("changed", "field"),
    [({"title": ""}, "title"), ({"effective_on": ""}, "effective_on"), ({"effective_on": "昨天"}, "effective_on")],
)
def test_what_is_wrong_is_said_and_stays_typed(enter, people, changed, field):
    answer = enter(people.office).post(reverse("regulations:new"), typed(summary="写了一半", **changed))
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert "写了一半" in answer.content.decode()
    assert not Regulation.objects.exists()


def test_a_head_is_offered_the_own_department_only(enter, people, department):
    page = enter(people.head).get(reverse("regulations:new"))
    form = page.context["form"]
    assert [value for value, _ in form.fields["kind"].choices] == ["department"]
    assert list(form.fields["department"].queryset) == [department]
    clerk = enter(people.clerk).get(reverse("regulations:new")).context["form"]
    assert [value for value, _ in clerk.fields["begun"].choices] == ["drafting"]


def test_two_who_correct_it_at_once_see_both(enter, people):
    row = make_regulation()
    client = enter(people.office)
    form = client.get(at("edit", row)).context["form"]
    sent = {name: form[name].value() or "" for name in form.fields} | {"summary": "我写的"}
    Regulation.objects.filter(pk=row.pk).update(summary="别人写的")
    answer = client.post(at("edit", row), sent)
    assert answer.status_code == 409
    assert "别人写的" in text_of(answer)
    sent["lock"] = answer.context["form"]["lock"].value()
    assert client.post(at("edit", row), sent).status_code == 302
    row.refresh_from_db()
    assert row.summary == "我写的"


# ---- acts ------------------------------------------------------------------------------------------------------


def test_a_repeal_needs_its_reason_and_day_and_says_who_cites_it(enter, people, draft_version):
    row = make_regulation()
    draft_version.measures.first().regulations.add(row)
    client = enter(people.office)
    page = client.get(at("act", row, "repeal"))
    assert "有 1 条措施引用它" in text_of(page)
    answer = client.post(at("act", row, "repeal"), {"ended_on": TODAY().isoformat(), "reason": " "})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"reason"})
    client.post(at("act", row, "repeal"), {"ended_on": TODAY().isoformat(), "reason": "已有上级规定"})
    row.refresh_from_db()
    assert row.state == State.REPEALED
    page = text_of(client.get(at("page", row)))
    assert "已有上级规定" in page
    assert "还有 1 条措施引用它" in page


def test_an_act_that_is_not_possible_now_is_said(enter, people):
    row = make_regulation()
    client = enter(people.office)
    assert client.get(at("act", row, "adopt"), follow=True).redirect_chain[0][0] == at("page", row)
    answer = client.post(at("act", row, "adopt"), {"effective_on": "2026-01-01"})
    assert (answer.status_code, "不能办理“登记施行”" in text_of(answer)) == (422, True)
    assert client.get(at("act", row, "made-up")).status_code == 404


def test_only_the_keeper_is_offered_acts(enter, people, department):
    row = make_regulation(kind=Kind.DEPARTMENT, department=department)
    shown = {
        name: "开始修订" in text_of(enter(getattr(people, name)).get(at("page", row))) for name in ("head", "office")
    }
    assert shown == {"head": True, "office": False}
    assert enter(people.office).get(at("act", row, "repeal")).status_code == 403


# ---- the year's plan and the check -------------------------------------------------------------------------------


def test_the_plan_of_a_year_says_what_is_decided_and_by_whom(enter, people, department):
    year = TODAY().year
    row = make_regulation(department=department)
    make_regulation("招标投标法", kind=Kind.STATE, document_number="")
    make_regulation("很早的", state=State.REPEALED, ended_on=datetime.date(year - 1, 5, 1), reason="理由")
    ended = make_regulation("今年废止的", state=State.REPEALED, ended_on=TODAY(), reason="理由", document_number="")
    client = enter(people.office)
    sent = {"year": str(year), "decision": Plan.REVISE, "due": ""}
    assert set(client.post(at("decide", row), sent).context["form"].errors) == {"due"}
    client.post(at("decide", row), sent | {"due": f"{year}-12-31", "note": "已满五年"})
    page = client.get(reverse("regulations:plan"))
    lines = {line.regulation.pk: line for line, _ in page.context["lines"]}
    assert {key: line.words for key, line in lines.items()} == {row.pk: "修订", ended.pk: "废止"}
    assert "领导小组办公室干事" in text_of(page)
    assert "已满五年" in text_of(page)


def test_the_check_is_recorded_by_the_keeper_or_the_committee(enter, people):
    row, year = make_regulation(), TODAY().year
    client = enter(people.reviewer)
    assert f"{year} 年度的执行检查还没有登记" in text_of(client.get(at("page", row)))
    sent = {"year": str(year), "executed": Executed.NO, "problems": "", "checked_on": TODAY().isoformat()}
    assert set(client.post(at("check", row), sent).context["form"].errors) == {"problems"}
    client.post(at("check", row), sent | {"problems": "没有执行询价", "suggestion": "补充询价"})
    page = text_of(client.get(at("page", row)))
    assert "没有执行询价" in page
    assert "还没有登记" not in page
    assert "建议：补充询价" in text_of(client.get(reverse("regulations:plan")))
    assert enter(people.head).get(at("check", row)).status_code == 403


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("decide", {"decision": Plan.KEEP}),
        ("check", {"executed": Executed.YES, "checked_on": TODAY().isoformat()}),
    ],
)
def test_nothing_is_recorded_for_a_closed_year(enter, people, name, sent):
    row, year = make_regulation(), TODAY().year
    make_cycle(year, closed_at=timezone.now())
    answer = enter(people.office).post(at(name, row), {"year": str(year)} | sent)
    assert (answer.status_code, answer.context["form"].errors["year"]) == (422, [CLOSED])


# ---- files -------------------------------------------------------------------------------------------------------


def test_a_file_is_uploaded_replaced_and_taken_away(enter, people):
    row, client = make_regulation(), enter(people.office)
    sent = {"file": SimpleUploadedFile("办法.pdf", scans.PDF)}
    assert client.post(at("file_new", row), sent).url == at("page", row)
    old = row.files.get()
    sent = {"file": SimpleUploadedFile("办法.docx", scans.PNG), "reason": "改为扫描件"}
    client.post(at("file_replace", row, old.pk), sent)
    new = row.files.get(replaces=old)
    assert new.name == "办法.png"
    page = text_of(enter(people.outsider).get(at("page", row)))
    assert "已更换" in page
    assert "改为扫描件" in page
    answer = enter(people.outsider).get(at("file", row, old.pk))
    assert (answer.content, answer["X-Content-Type-Options"]) == (scans.PDF, "nosniff")
    assert answer["Content-Disposition"].startswith("attachment")
    assert AuditEntry.objects.filter(action=RegulationVerb.FILE_DOWNLOAD).count() == 1
    assert client.get(at("file_replace", row, old.pk)).status_code == 404


def test_a_file_that_is_none_is_refused_beside_the_field(enter, people):
    row = make_regulation()
    answer = enter(people.office).post(at("file_new", row), {"file": SimpleUploadedFile("办法.pdf", b"MZ\x90")})
    assert (answer.status_code, "不是 PDF" in answer.context["form"].errors["file"][0]) == (422, True)
    other = make_regulation("另一项")
    kept = files.add(other, scans.PDF, name="x.pdf", actor=people.office)
    assert enter(people.office).get(at("file", row, kept.pk)).status_code == 404
