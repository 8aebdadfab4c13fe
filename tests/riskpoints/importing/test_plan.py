"""What a file would add to a draft, what is there already, and what is refused; then adding it, all or nothing."""

import io

import openpyxl
import pytest
from django.core.exceptions import PermissionDenied

from departments.models import Post
from riskcontrol.models import AuditEntry
from riskpoints import documents
from riskpoints.content import content
from riskpoints.enums import Category, SchoolCategory, Stage
from riskpoints.importing import reading, saving
from riskpoints.importing.content import FileContent, FileHead, FileMeasure, FileNil, FilePoint
from riskpoints.importing.plan import State, plan
from riskpoints.importing.template import template_xlsx
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.models.table import FrozenError
from riskpoints.tables import editing
from riskpoints.verbs import RegisterVerb
from tests import once
from tests.factories import make_measure, make_point

DUTY, PROCESS = "岗位职责风险", "业务流程风险"


@once.fixture
def draft(table, people, purchasing_post, plain_post):
    """Return an empty draft of 总务处."""
    return TableVersion.objects.create(table=table, number=1, owner_name="总务处", created_by=people.head)


@once.fixture
def school_draft(school_table, people):
    """Return an empty draft of the school's table."""
    return TableVersion.objects.create(table=school_table, number=1, owner_name="某某职专", created_by=people.office)


def states(found) -> list[str]:
    return [f"{line.row} {line.kind} {line.state.value}" for line in found.lines]


def wrong(version, *points, measures=(), nils=(), heads=()) -> list[str]:
    file = FileContent(points=list(points), measures=list(measures), nils=list(nils), heads=list(heads))
    return [text for line in plan(version, file).lines for text in line.wrong]


def save(version, file, actor):
    return saving.save(version, file, file_name="表.xlsx", sha256="a" * 64, actor=actor)


def words(version) -> dict:
    """Return all that a version says, without identities and orders of rows."""
    said = content.snapshot(content.load(version))
    keys = {row["identity"]: point["text"] for row in said["rows"] for point in row["points"] for row in [point]}
    for row in said["rows"]:
        for point in row["points"]:
            point.pop("identity")
        for measure in row["measures"]:
            measure.pop("identity")
            measure["points"] = sorted(keys[identity] for identity in measure["points"])
    return {name: said[name] for name in ("rows", "duties", "head")}


# ---- what would be added -------------------------------------------------------------------------------------------


def test_what_is_in_the_draft_is_not_doubled(draft, people, purchasing_post):
    point = make_point(draft, actor=people.head, text="采购 不询价", post=purchasing_post, proposed_level=1)
    make_measure(draft, point, actor=people.head, text="三家询价")
    file = FileContent(
        points=[
            FilePoint(2, DUTY, "采购  不询价", post="采购员"),
            FilePoint(3, DUTY, "采购 不询价"),
            FilePoint(4, DUTY, "采购 不询价"),
            FilePoint(5, PROCESS, "采购 不询价", post="采购员"),
        ],
        measures=[
            FileMeasure(2, DUTY, "三家询价", points=(0,)),
            FileMeasure(3, DUTY, "三家询价", points=(1,)),
            FileMeasure(4, DUTY, "三家询价", points=(2,)),
            FileMeasure(5, PROCESS, "三家询价", points=(3,)),
        ],
    )
    assert states(plan(draft, file)) == [
        "2 风险点 there", "2 防范措施 there",
        "3 风险点 new", "3 防范措施 new",
        "4 风险点 double", "4 防范措施 double",
        "5 风险点 new", "5 防范措施 new",
    ]  # fmt: skip


def test_the_head_is_filled_in_only_where_it_is_empty(draft, people):
    heads = [FileHead(1, "department", "总务处"), FileHead(2, "head_name", "甲"), FileHead(3, "duties", "保障后勤")]
    file = FileContent(heads=heads, points=[FilePoint(4, DUTY, "采购")])
    assert states(plan(draft, file)) == ["2 负责人姓名 new", "3 业务工作职责 new", "4 风险点 new"]
    editing.save_head(draft, {"head_name": "乙", "duties": "保障 后勤"}, actor=people.head)
    draft.refresh_from_db()
    assert states(plan(draft, file))[:2] == ["2 负责人姓名 kept", "3 业务工作职责 kept"]
    save(draft, file, people.head)
    draft.refresh_from_db()
    assert (draft.head_name, draft.duties) == ("乙", "保障 后勤")


def test_the_schools_table_has_no_head_to_be_filled_in(school_draft, people):
    """附件2 has no cell for 负责人姓名; what a file says there is not brought in, and is no fault either."""
    heads = [FileHead(1, "head_name", "甲"), FileHead(2, "duties", "教育教学")]
    file = FileContent(heads=heads, points=[FilePoint(3, "重大事项决策", "不集体研究")])
    assert states(plan(school_draft, file)) == ["2 业务职能 new", "3 风险点 new"]
    save(school_draft, file, people.office)
    school_draft.refresh_from_db()
    assert (school_draft.head_name, school_draft.duties) == ("", "教育教学")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        (
            {"category": "思想道德风险"},
            "这张表没有“思想道德风险”这个风险类别，请填：岗位职责风险、业务流程风险、制度机制风险、外部环境风险。",
        ),
        ({"post": "会计"}, "本部门没有“会计”这个岗位，请改选。"),
        ({"text": "长" * 1001}, "风险点请缩短到 1000 字以内，现在有 1001 字。"),
        ({"matter": "长" * 201}, "管理事项或流程环节请缩短到 200 字以内，现在有 201 字。"),
        ({"text": "#REF!"}, "风险点是出错的公式（#REF!），请改成文字。"),
        ({"likelihood": "很高"}, "发生机率“很高”不认识，请填：高、较高、较小。"),
        (
            {"methods": "自己找、打听"},
            "查找方法“打听”不认识，请填：自己找、群众提、互相查、领导点、组织评、其他。",
        ),
        ({"post": "采购员", "level": "三级（低）"}, "该岗位的职能要求不低于一级（高），不能选更低的等级。"),
        ({"likelihood": "高", "harm": "一般", "level": "3"}, "按规则应为一级（高），建议更低的等级须写明理由。"),
        ({"methods": "其他"}, "选了“其他”，请写明是什么方法。"),
        ({"key": "也许"}, "重点领域“也许”不认识，请填：是、否。"),
    ],
)
def test_each_problem_is_said_at_its_row(draft, written, says):
    assert wrong(draft, FilePoint(**{"row": 2, "category": DUTY, "text": "采购"} | written)) == [says]


def test_what_the_draft_forbids_is_said(draft, people, plain_post):
    editing.declare_nil(draft, Category.DUTY, actor=people.head)
    editing.exempt_post(draft, plain_post, "由他人代行", actor=people.head)
    make_measure(draft, actor=people.head, category=Category.PROCESS)
    measures = [
        FileMeasure(3, DUTY, "询价"),
        FileMeasure(4, PROCESS, "询价", points=(0,)),
        FileMeasure(5, DUTY, "询", points=(9,)),
    ]
    assert wrong(draft, FilePoint(2, DUTY, "采购"), measures=measures) == [
        "这一类已确认为“无”。如有风险点，请先取消“无”。",
        "这一类在草稿里已确认为“无”。如有措施，请先在草稿里取消“无”。",
        "一条措施只能针对同一类别里的风险点。",
        "这条措施所针对的风险点，序号超出了本类的风险点。",
    ]
    assert wrong(draft, FilePoint(2, PROCESS, "绿化", post="绿化管理员")) == [
        "草稿里已说明“绿化管理员”没有风险点。请先在草稿里取消这项说明。"
    ]
    nils = [FileNil(2, DUTY), FileNil(3, PROCESS), FileNil(4, "制度机制风险"), FileNil(5, "外部环境风险")]
    found = plan(draft, FileContent(points=[FilePoint(4, "制度机制风险", "甲")], nils=nils))
    assert [line.state for line in found.nils] == [State.THERE, State.WRONG, State.WRONG, State.NEW]
    assert wrong(draft, heads=[FileHead(1, "department", "教务处")]) == [
        "这是“教务处”的表，不是“总务处”的。确是本表的，请选“不导入这一项”，其余照常导入。"
    ]


def test_the_school_table_has_no_posts_and_no_levels(school_draft):
    point = FilePoint(2, "重大事项决策", "未经集体研究", post="校长", level="一级")
    assert wrong(school_draft, point) == [
        "学校表的风险点不写岗位，请把岗位留空。",
        "学校表不定等级，请把机率、危害和等级留空。",
    ]
    assert wrong(school_draft, FilePoint(2, DUTY, "采购")) != []
    assert wrong(school_draft, FilePoint(2, "重大事项决策", "未经集体研究")) == []


def test_what_becomes_of_a_line_is_said_in_these_words():
    assert dict(State.choices) == {
        "new": "新增",
        "changed": "修改",
        "near": "疑似重复",
        "there": "不变，草稿里已有",
        "double": "与上面重复",
        "kept": "草稿里已另有填写，不改动",
        "wrong": "请改正",
        "left": "不导入",
    }


def test_every_column_that_a_row_fills_in_is_shown_before_it_is_saved(draft):
    """Nothing is brought in unseen: what a measure answers, too."""
    points = [FilePoint(2, DUTY, "采购", responsible="张三", key="是"), FilePoint(3, DUTY, "验收")]
    measures = [
        FileMeasure(2, DUTY, "询价", points=(0, 1), timing="每次", basis="采购办法"),
        FileMeasure(4, DUTY, "学习"),
    ]
    found = plan(draft, FileContent(points=points, measures=measures))
    assert [line.details for line in found.points] == [[("责任人", "张三"), ("重点领域", "是")], []]
    assert [line.details for line in found.measures] == [
        [("针对", "第 2、3 行的风险点"), ("时限或频次", "每次"), ("制度依据", "采购办法")],
        [("针对", "本类各项")],
    ]
    assert [(line.kind, line.label, line.category) for line in found.points] == [("风险点", DUTY, "duty")] * 2
    assert [line.kind for line in found.measures] == ["防范措施"] * 2
    assert found.counts == {"风险点": 2, "防范措施": 2}


def test_a_measure_of_the_whole_category_is_that_of_its_own_category(draft, people):
    """A measure without points answers those of its category, stored or in the file, and of no other."""
    make_point(draft, actor=people.head, text="采购", category=Category.DUTY)
    make_measure(draft, actor=people.head, text="学习", category=Category.DUTY)
    file = FileContent(
        points=[FilePoint(2, DUTY, "验收"), FilePoint(3, PROCESS, "招标")],
        measures=[
            FileMeasure(2, DUTY, "学习", points=(0,)),
            FileMeasure(3, PROCESS, "学习", points=(1,)),
            FileMeasure(4, DUTY, "学习"),
            FileMeasure(5, PROCESS, "学习"),
        ],
    )
    assert [line.state for line in plan(draft, file).measures] == [State.THERE, State.NEW, State.THERE, State.DOUBLE]


def test_the_wrong_department_is_said_in_the_line_of_its_name(draft):
    [line] = plan(draft, FileContent(heads=[FileHead(4, "department", "教务处", sheet="一")])).heads
    assert (line.row, line.kind, line.text, line.sheet, line.state) == (4, "科室名称", "教务处", "一", State.WRONG)
    assert plan(draft, FileContent(heads=[FileHead(4, "department", " 总务处 ")])).heads == []


# ---- adding it -----------------------------------------------------------------------------------------------------


def test_all_of_it_is_added_as_one_and_noted(draft, people, purchasing_post):
    file = FileContent(
        points=[
            FilePoint(
                2, DUTY, "采购不询价", post="采购员", manifestation="只问一家", matter="询价", likelihood="较高",
                harm="严重", methods="自己找、其他（座谈会）", responsible="甲", state="已存在", key="是",
            ),
            FilePoint(3, DUTY, "验收不到场", level="三级"),
        ],
        measures=[
            FileMeasure(
                2, DUTY, "三家询价", points=(0, 1), stage="前期预防", responsible="乙", timing="每月", basis="办法"
            )
        ],
        nils=[FileNil(4, "外部环境风险")],
    )  # fmt: skip
    before = AuditEntry.objects.count()
    done = save(draft, file, people.clerk)
    first, second = draft.points.order_by("order")
    assert (first.post, first.manifestation, first.matter, first.likelihood, first.harm) == (
        purchasing_post, "只问一家", "询价", 2, 1,
    )  # fmt: skip
    assert (first.proposed_level, first.computed_level, first.is_latent, first.is_key_area) == (1, 1, False, True)
    assert (first.finding_methods, first.finding_other, second.proposed_level) == (["self", "other"], "座谈会", 3)
    measure = draft.measures.get()
    assert set(measure.points.all()) == {first, second}
    assert (measure.stage, measure.responsible, measure.timing, measure.basis) == (
        Stage.PREVENTION,
        "乙",
        "每月",
        "办法",
    )
    assert draft.nils.get().category == Category.ENVIRONMENT
    assert list(draft.authors.all()) == [people.clerk]
    entry = AuditEntry.objects.order_by("-number").first()
    assert (entry.action, entry.actor_number, entry.detail) == (
        RegisterVerb.IMPORT_SHEET,
        people.clerk.staff_number,
        {"文件": "表.xlsx", "SHA-256": "a" * 64, "风险点": 2, "防范措施": 1, "确认为无": 1},
    )
    assert done.counts == {"风险点": 2, "防范措施": 1, "确认为无": 1}
    assert AuditEntry.objects.count() == before + 5
    assert save(draft, file, people.clerk).new == []
    assert (RiskPoint.objects.count(), AuditEntry.objects.count()) == (2, before + 5)


def test_where_something_is_wrong_nothing_is_added(draft, people):
    file = FileContent(points=[FilePoint(2, DUTY, "采购"), FilePoint(3, DUTY, "采购", post="会计")])
    before = AuditEntry.objects.count()
    with pytest.raises(saving.ImportRefusedError):
        save(draft, file, people.head)
    assert (draft.points.count(), AuditEntry.objects.count()) == (0, before)


def test_nobody_else_adds_to_a_draft(draft, people):
    with pytest.raises(PermissionDenied):
        save(draft, FileContent(points=[FilePoint(2, DUTY, "采购")]), people.other_head)


def test_nothing_is_added_to_what_was_handed_in(submitted_version, people):
    with pytest.raises(FrozenError):
        save(submitted_version, FileContent(points=[FilePoint(2, DUTY, "采购")]), people.head)


def test_a_measure_is_added_to_a_point_that_is_there_and_changes_nothing_of_it(draft, people):
    point = make_point(draft, actor=people.head, text="采购不询价")
    file = FileContent(points=[FilePoint(2, DUTY, "采购不询价")], measures=[FileMeasure(2, DUTY, "询价", points=(0,))])
    save(draft, file, people.clerk)
    after = RiskPoint.objects.get()
    assert (after.pk, after.lock, after.text) == (point.pk, point.lock, point.text)
    assert [measure.text for measure in after.measures.all()] == ["询价"]


# ---- out and in again ----------------------------------------------------------------------------------------------

LONG = "采购前没有询价，验收时只有一个人到场；" * 30


def write_hard(version, people, posts) -> None:
    """Write points and measures that are hard to bring back: long, in paragraphs, beginning with numbers."""
    first = make_point(version, actor=people, post=posts[0], text="1.5万元以上的采购\n拆成几笔", proposed_level=1)
    second = make_point(version, actor=people, post=posts[1], text=LONG)
    third = make_point(version, actor=people, text="第三个〔试行〕", proposed_level=2, likelihood=2)
    for text, points in [
        (LONG[:500] + "\n第二段", [first]), ("①不是编号", [first]), ("两个都管", [first, third]), (LONG, [second]),
        ("总的措施", []), ("2.5万元以上集体研究", []),
    ]:  # fmt: skip
        make_measure(version, *points, actor=people, text=text, stage="")
    alone = make_point(version, actor=people, category=Category.PROCESS, text="只有一个\n两段", likelihood=1)
    make_measure(version, alone, actor=people, text="一条\n两段", category=Category.PROCESS, stage="")
    editing.declare_nil(version, Category.ENVIRONMENT, actor=people)


def emptied(version, actor) -> TableVersion:
    """Return the same draft without what was written in it."""
    for row in [*version.measures.all(), *version.points.all()]:
        editing.remove_row(row, actor=actor)
    for nil in version.nils.all():
        editing.withdraw_nil(version, nil.category, actor=actor)
    return TableVersion.objects.get(pk=version.pk)


def test_the_template_brings_everything_back(draft, people):
    write_hard(draft, people.head, list(Post.objects.filter(department=draft.table.department)))
    before, file = words(draft), reading.read(template_xlsx(draft, is_filled=True))
    assert {line.state for line in plan(draft, file).lines} == {State.THERE}
    save(emptied(draft, people.head), file, people.head)
    assert words(TableVersion.objects.get(pk=draft.pk)) == before


@pytest.mark.parametrize("kind", ["xlsx", "docx"])
def test_the_form_brings_back_what_it_carries(draft, people, kind):
    write_hard(draft, people.head, list(Post.objects.filter(department=draft.table.department)))
    before, file = words(draft), reading.read(documents.version_document(draft, kind))
    assert {line.state for line in plan(draft, file).lines} == {State.THERE}
    save(emptied(draft, people.head), file, people.head)
    after = words(TableVersion.objects.get(pk=draft.pk))
    for row in [*before["rows"], *after["rows"]]:
        for point in row["points"]:  # the form carries neither scales nor what follows from them
            point |= {"likelihood": None, "harm": None, "computed_level": None}
    assert after == before


def test_the_school_form_brings_back_its_points_and_measures(school_draft, people):
    for text in ("未经集体研究", "2.5亿元的项目\n没有论证", LONG):
        make_point(school_draft, actor=people.office, text=text, likelihood=None, harm=None)
    for text in ("集体研究", "分两段\n写的措施", LONG):
        make_measure(school_draft, actor=people.office, text=text, stage="")
    editing.declare_nil(school_draft, SchoolCategory.FUNDS, actor=people.office)
    for data in (documents.version_document(school_draft, "xlsx"), template_xlsx(school_draft, is_filled=True)):
        before, file = words(school_draft), reading.read(data)
        assert {line.state for line in plan(school_draft, file).lines} <= {State.THERE, State.NEW}
        save(emptied(school_draft, people.office), file, people.office)
        after = words(TableVersion.objects.get(pk=school_draft.pk))
        assert after["rows"] == before["rows"]


def test_a_blank_template_holds_nothing(draft):
    with pytest.raises(reading.RefusedError, match="这个文件里没有风险点"):
        reading.read(template_xlsx(draft, is_filled=False))


def test_the_template_offers_the_words_to_choose(draft):
    book = openpyxl.load_workbook(io.BytesIO(template_xlsx(draft, is_filled=False)))
    sheet, lists = book["导入模板"], book["可选内容"]
    titles = [cell.value for cell in sheet[1]]
    offered = {}
    for rule in sheet.data_validations.dataValidation:
        cells = rule.formula1.partition("!")[2].replace("$", "")
        offered[titles[next(iter(rule.sqref.ranges)).min_col - 1]] = [row[0].value for row in lists[cells]]
    assert offered["风险类别"] == list(Category.labels)
    assert offered["岗位"] == ["采购员", "绿化管理员"]
    assert offered["阶段"] == list(Stage.labels)
    assert set(offered) <= set(titles)
