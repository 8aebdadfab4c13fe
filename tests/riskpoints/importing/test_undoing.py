"""An import taken back: the draft says again what it said before, and only as long as nothing else has changed."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import DatabaseError, transaction

from riskcontrol.models import AuditEntry
from riskpoints.content import content
from riskpoints.importing import saving, undoing
from riskpoints.importing.content import FileContent, FileHead, FileMeasure, FileNil, FilePoint
from riskpoints.importing.matching import code_of
from riskpoints.importing.plan import State, plan
from riskpoints.models import RiskPoint, TableImport, TableVersion
from riskpoints.tables import editing
from riskpoints.tables.refusal import WorkflowError
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import make_measure, make_point

DUTY, PROCESS = "岗位职责风险", "业务流程风险"


@once.fixture
def draft(table, people, purchasing_post, plain_post):
    """Return a draft of 总务处 with two points and a measure, and a level that was confirmed before."""
    draft = TableVersion.objects.create(table=table, number=1, owner_name="总务处", created_by=people.head)
    one = make_point(draft, actor=people.head, text="采购不询价", post=purchasing_post, likelihood=1, proposed_level=1)
    two = make_point(draft, actor=people.head, text="验收不到场", likelihood=2, proposed_level=2)
    make_measure(draft, one, two, actor=people.head, text="集体研究")
    two.confirmed_level, two.confirmed_reason = 2, "核定"
    two.save(update_fields=["confirmed_level", "confirmed_reason"])
    return TableVersion.objects.get(pk=draft.pk)


def words(version) -> dict:
    """Return all that a version says, its identities included."""
    return content.snapshot(content.load(TableVersion.objects.get(pk=version.pk)))


def file_of(version) -> FileContent:
    """Return a file that adds, changes and fills in something of every kind."""
    one, two = version.points.order_by("order")
    measure = version.measures.get()
    first, second = {"code": code_of(one), "known": ("text", "post")}, {"code": code_of(two), "known": ("level",)}
    third = {"code": code_of(measure), "known": ("text", "also")}
    return FileContent(
        heads=[FileHead(1, "duties", "保障后勤"), FileHead(1, "head_name", "负责人")],
        points=[
            FilePoint(2, DUTY, "采购前没有三家报价", post="绿化管理员", **first),
            FilePoint(3, DUTY, "验收不到场", level="一级（高）", **second),
            FilePoint(4, PROCESS, "付款没有凭证"),
        ],
        measures=[
            FileMeasure(2, DUTY, "集体研究并记录", points=(0,), **third),
            FileMeasure(4, PROCESS, "两人核对", points=(2,)),
        ],
        nils=[FileNil(5, "外部环境风险")],
    )


def bring_in(version, actor):
    done = saving.save(version, file_of(version), file_name="表.xlsx", sha256="a" * 64, actor=actor)
    assert done.counts == {"风险点": 1, "防范措施": 1, "确认为无": 1, "表头": 2, "修改": 3}
    return TableVersion.objects.get(pk=version.pk)


def test_the_draft_says_what_it_said_before(draft, people):
    before = words(draft)
    orders = list(draft.points.values_list("pk", "order"))
    imported = bring_in(draft, people.head)
    assert words(draft) != before
    assert draft.points.get(text="验收不到场").confirmed_level is None
    kept = undoing.last_import(imported)
    assert (kept.file_name, kept.said) == ("表.xlsx", "风险点 1，防范措施 1，确认为无 1，表头 2，修改 3")
    undoing.undo(imported, actor=people.head)
    assert words(draft) == before
    assert list(draft.points.values_list("pk", "order")) == orders
    point = draft.points.get(text="验收不到场")
    assert (point.confirmed_level, point.confirmed_reason) == (2, "核定")
    entry = AuditEntry.objects.get(action=RegisterVerb.UNDO_IMPORT)
    assert (entry.detail["来源"], entry.detail["修改"]) == ("表.xlsx", 3)


def test_it_can_be_undone_once_and_only_until_the_next_change(draft, people):
    imported = bring_in(draft, people.head)
    undoing.undo(imported, actor=people.head)
    undone = TableVersion.objects.get(pk=draft.pk)
    assert undoing.last_import(undone) is None
    with pytest.raises(WorkflowError, match="不能再整个撤销"):
        undoing.undo(undone, actor=people.head)
    again = bring_in(undone, people.head)
    point = RiskPoint.objects.get(text="付款没有凭证")
    editing.save_point(again, {"text": "付款没有发票"}, point=point, actor=people.head)
    changed = TableVersion.objects.get(pk=draft.pk)
    assert undoing.last_import(changed) is None
    with pytest.raises(WorkflowError):
        undoing.undo(changed, actor=people.head)
    assert RiskPoint.objects.filter(text="付款没有发票").exists()


def test_an_import_that_adds_nothing_keeps_nothing(draft, people):
    imported = bring_in(draft, people.head)
    found = plan(imported, FileContent(points=[FilePoint(2, PROCESS, "付款没有凭证")]))
    assert [line.state for line in found.points] == [State.THERE]
    saving.save(
        imported,
        FileContent(points=[FilePoint(2, PROCESS, "付款没有凭证")]),
        file_name="表",
        sha256="",
        actor=people.head,
    )
    assert TableImport.objects.count() == 1


def test_only_who_fills_in_the_table_takes_it_back(draft, people):
    imported = bring_in(draft, people.head)
    with pytest.raises(PermissionDenied):
        undoing.undo(imported, actor=people.other_head)
    assert undoing.last_import(imported) is not None


def test_what_is_kept_of_an_import_is_written_once(draft, people):
    bring_in(draft, people.head)
    with pytest.raises(DatabaseError, match="导入的记录不能改"), transaction.atomic():
        TableImport.objects.all()._update([(TableImport._meta.get_field("file_name"), None, "别的")])
