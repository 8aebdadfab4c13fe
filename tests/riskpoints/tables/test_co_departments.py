"""Departments that cooperate at a point (R55): chosen by name, kept as they were called, told apart by their keys."""

import datetime
from io import BytesIO

import openpyxl
import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from riskcontrol.models import AuditEntry
from riskpoints.content import content
from riskpoints.content.differences import compare
from riskpoints.documents import build_lists
from riskpoints.enums import Action, Category, Status
from riskpoints.evidence.verification import verify_register
from riskpoints.importing import row_sheet, template
from riskpoints.importing.plan import plan
from riskpoints.importing.saving import save
from riskpoints.models import ControlTable, RiskPoint, TableVersion
from riskpoints.tables import co_departments, editing, starting, workflow
from riskpoints.verbs import RegisterVerb
from tests.factories import assess_all, bring_to, make_cycle, make_department, paper_signature
from tests.pages import at, beside, checked, text_of


def write(version, people, names, point=None):
    """Say which departments cooperate at a point, the first of the version."""
    return editing.save_point(
        version, {"co_departments": names}, point=point or version.points.first(), actor=people.head
    )


def test_names_are_kept_in_their_order_with_their_keys(draft_version, people, other_department, discipline_office):
    point = write(draft_version, people, "纪委办公室，教务处、教务处")
    assert point.co_departments == "教务处、纪委办公室"
    assert point.co_department_keys == [other_department.pk, discipline_office.pk]
    assert write(draft_version, people, " ").co_department_keys == []


@pytest.mark.parametrize(
    ("names", "said"),
    [("教导处", "“教导处”不是现有的部门"), ("总务处", "不用填本部门"), ("教务处、某科", "“某科”不是现有的部门")],
)
def test_what_is_no_other_department_is_refused(draft_version, people, other_department, names, said):
    with pytest.raises(ValidationError) as refused:
        write(draft_version, people, names)
    assert said in refused.value.message_dict["co_departments"][0]
    assert not RiskPoint.objects.exclude(co_departments="").exists()


def test_a_name_may_hold_the_separator(draft_version, people):
    strange = make_department("教学、科研处", order=50)
    plain = make_department("科研处", order=60)
    point = write(draft_version, people, "科研处、教学、科研处")
    assert point.co_department_keys == [strange.pk, plain.pk]
    assert co_departments.split(point.co_departments, [strange.name, plain.name]) == [strange.name, plain.name]


def test_a_closed_department_is_not_newly_named_but_stays(draft_version, people, other_department):
    point = write(draft_version, people, "教务处")
    other_department.active_to = timezone.localdate() - datetime.timedelta(days=1)
    other_department.save()
    assert write(draft_version, people, "教务处", point=point).co_departments == "教务处"
    with pytest.raises(ValidationError):
        write(draft_version, people, "教务处", point=draft_version.points.last())
    assert "教务处" not in co_departments.names_for(draft_version)
    assert "教务处" in co_departments.names_for(draft_version, point)
    assert "总务处" not in co_departments.names_for(draft_version, point)


def test_the_form_ticks_them_and_says_what_is_wrong(draft_version, people, other_department, client):
    point = write(draft_version, people, "教务处")
    client.force_login(people.head)
    page = client.get(f"{at(draft_version)}?open=point-{point.pk}")
    assert checked(page, "co_departments") == ["教务处"]
    sent = {"category": point.category, "text": point.text, "lock": point.lock, "co_departments": ["没有的处"]}
    refused = client.post(at(draft_version, "point", point.pk), sent)
    assert refused.status_code == 422
    assert beside(refused, "co_departments")
    client.post(at(draft_version, "point", point.pk), sent | {"co_departments": []})
    point.refresh_from_db()
    assert (point.co_departments, point.co_department_keys) == ("", [])


def test_a_form_without_the_list_leaves_them(draft_version, people, other_department):
    point = write(draft_version, people, "教务处")
    editing.save_point(draft_version, {"text": "别的话"}, point=point, actor=people.head)
    point.refresh_from_db()
    assert point.co_departments == "教务处"


def test_the_names_of_the_day_of_submission_are_decided(draft_version, people, other_department):
    point = write(draft_version, people, "教务处")
    other_department.name = "教务科"
    other_department.save()
    version = workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    point.refresh_from_db()
    assert (point.co_departments, point.co_department_keys) == ("教务科", [other_department.pk])
    entry = AuditEntry.objects.of(RegisterVerb.REFRESH_CO_DEPARTMENTS).get()
    assert entry.detail["co_departments"] == ["教务处", "教务科"]
    text, _ = content.sealed(content.load(TableVersion.objects.get(pk=version.pk)))
    assert '"co_departments":"教务科"' in text
    assert "co_department_keys" not in text
    other_department.name = "教务部"
    other_department.save()
    assert list(verify_register()) == []


def test_a_revision_and_the_next_year_carry_them_and_a_difference_tells(
    table, people, other_department, discipline_office
):
    draft = bring_to(Status.DRAFT, table, people)
    write(draft, people, "教务处")
    workflow.perform(Action.SUBMIT, draft, actor=people.head)
    confirmed = bring_on(draft, people)
    revision = starting.open_revision(confirmed, reason="变动", actor=people.head)
    point = revision.points.get(identity=confirmed.points.first().identity)
    assert (point.co_departments, point.co_department_keys) == ("教务处", [other_department.pk])
    write(revision, people, "教务处、纪委办公室", point=point)
    change = compare(content.load(confirmed), content.load(revision)).of_point(point.identity)
    told = [(one.label, one.old, one.new) for one in change.fields]
    assert told == [("配合部门", "教务处", "教务处、纪委办公室")]
    next_table = ControlTable.objects.create(
        cycle=make_cycle(table.cycle.year + 1), scope=table.scope, department=table.department
    )
    following = starting.start_table(next_table, actor=people.head)
    assert following.points.get(identity=point.identity).co_department_keys == [other_department.pk]


def bring_on(version, people):
    """Bring a submitted version in force."""
    version = TableVersion.objects.get(pk=version.pk)
    assess_all(version, actor=people.reviewer)
    version = workflow.perform(Action.APPROVE, version, actor=people.reviewer)
    return workflow.perform(Action.CONFIRM, version, actor=people.office, signature=paper_signature())


def test_whoever_takes_a_point_over_does_not_cooperate_with_itself(
    draft_version, people, other_table, discipline_office
):
    point = write(draft_version, people, "教务处、纪委办公室")
    copy = RiskPoint(version=bring_to(Status.DRAFT, other_table, people), identity=point.identity)
    for name in ("co_departments", "co_department_keys"):
        setattr(copy, name, getattr(point, name))
    co_departments.without_own(copy)
    assert (copy.co_departments, copy.co_department_keys) == ("纪委办公室", [discipline_office.pk])


def test_the_template_takes_them_out_and_in(draft_version, people, other_department):
    point = write(draft_version, people, "教务处")
    sheet = openpyxl.load_workbook(BytesIO(template.template_xlsx(draft_version, is_filled=True))).worksheets[0]
    titles = {cell.value: cell.column for row in sheet.iter_rows(max_row=3) for cell in row}
    held = {row[titles["风险点"] - 1].value: row[titles["配合部门"] - 1].value for row in sheet.iter_rows()}
    assert held[point.text] == "教务处"
    rows = [(1, ["风险类别", "风险点", "配合部门", "防范措施"])]
    rows.append((2, ["岗位职责风险", "另一个风险点", "教务处", "另一条措施"]))
    rows.append((3, ["岗位职责风险", "第三个风险点", "没有的处", "措施"]))
    read = row_sheet.read_rows(rows, 0)
    made = plan(draft_version, read)
    assert ("配合部门", "教务处") in made.points[0].details
    assert any("没有的处" in text for text in made.points[1].wrong)
    save(draft_version, row_sheet.read_rows(rows[:2], 0), file_name="a.xlsx", sha256="0" * 64, actor=people.head)
    assert RiskPoint.objects.get(text="另一个风险点").co_department_keys == [other_department.pk]


def test_the_page_and_the_register_say_them(draft_version, people, other_department, client):
    point = write(draft_version, people, "教务处")
    workflow.perform(Action.SUBMIT, draft_version, actor=people.head)
    client.force_login(people.reviewer)
    assert "配合部门 教务处" in text_of(client.get(at(draft_version)))
    row = build_lists.register_row("1", draft_version, point, point.measures.all(), "", status="现行")
    assert row.more["co_departments"] == "教务处"


def test_the_schools_table_names_any_department(school_table, people, department):
    draft = bring_to(Status.DRAFT, school_table, people)
    point = editing.save_point(draft, {"co_departments": "总务处"}, point=draft.points.first(), actor=people.office)
    assert point.co_department_keys == [department.pk]
    assert point.category not in Category.values
