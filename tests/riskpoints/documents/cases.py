"""Documents with hard content, as values: what the pictures show, and what other tests of documents start from."""

from dataclasses import replace
from datetime import date

from riskpoints.documents.data import (
    DepartmentPaper,
    FormRow,
    GroupList,
    LevelCell,
    LevelPosts,
    Mark,
    MeasureLine,
    NoticePaper,
    NoticeRow,
    PointLine,
    PostSheet,
    PostSheetRow,
    Register,
    RegisterRow,
    SchoolPaper,
)

SCHOOL = "山东省烟台第一职业中专"
CATEGORIES = ("岗位职责风险", "业务流程风险", "制度机制风险", "外部环境风险")
HIGH, MIDDLE, LOW = "一级（高）", "二级（中）", "三级（低）"
RARE = "㛃䶮𬭎堃昇喆祎翀璟赟"
# Latin words, figures and full-width punctuation come to stand at the ends of lines again and again.
MIXED = (
    "严格执行《政府采购管理办法（2024年修订）》、GB/T 9704-2012及OA系统流程：单项5,000元以上“货比三家”，"
    "20%的合同由纪委（监察室）抽查；发现问题，3个工作日内报告……"
)
MEMBERS = "杨雪梅 于梅 周红 㛃䶮 欧阳翀璟 买买提·吐尔逊江 孙静 堃昇 李喆祎 王赟 𬭎璟 朱忠林 张泉"
POINT = "第{}个风险点：采购人员接受供应商宴请，影响询价公正。"
MEASURE = "第{}条措施：三人以上询价，当场签字。"


def department_form(**values) -> DepartmentPaper:
    """A final 附件4 that fits one page."""
    form = DepartmentPaper(
        author=SCHOOL,
        version_label="2026年度第1版",
        content_code="8F3K-2Q7M-11AA-06D8-27AC",
        made_on=date(2026, 11, 20),
        title_lines=("烟台一职专", "部门廉政风险点防控表"),
        department_name="总务处",
        head_name="总务处负责人",
        duties="校舍维修与基建、物资采购、固定资产管理。",
        filled_on=date(2026, 11, 5),
        rows=(
            FormRow(
                CATEGORIES[0],
                (PointLine("接受供应商宴请", "采购员", HIGH), PointLine("验收走过场", "基建管理员", HIGH)),
                (
                    MeasureLine("三人以上询价", (1,)),
                    MeasureLine("纪委抽查原始单据", (1,)),
                    MeasureLine("三方到场验收", (2,)),
                ),
            ),
            FormRow(
                CATEGORIES[1], (PointLine("拆分维修项目", "基建管理员", MIDDLE),), (MeasureLine("合并立项", (1,)),)
            ),
            FormRow(CATEGORIES[2], is_nil=True),
            FormRow(CATEGORIES[3], (PointLine("节日慰问", "仓库保管员", LOW),), (MeasureLine("节前提醒", ()),)),
        ),
        level=LevelCell(HIGH, (LevelPosts(HIGH, ("采购员", "基建管理员")), LevelPosts(LOW, ("仓库保管员",)))),
    )
    return replace(form, **values)


def blank_form() -> DepartmentPaper:
    """附件4 for handwriting."""
    return department_form(
        mark=Mark.BLANK,
        department_name="",
        head_name="",
        duties="",
        filled_on=None,
        rows=tuple(map(FormRow, CATEGORIES)),
        level=None,
    )


def many(count: int, text: str = POINT) -> FormRow:
    """One category with so many points, each with a measure of its own."""
    points = tuple(PointLine(text.format(number), "采购员", HIGH) for number in range(1, count + 1))
    measures = tuple(MeasureLine(MEASURE.format(number), (number,)) for number in range(1, count + 1))
    return FormRow(CATEGORIES[0], points, measures)


def with_row(form: DepartmentPaper, row: FormRow) -> DepartmentPaper:
    """The form with this row as its first category."""
    return replace(form, rows=(row, *form.rows[1:]))


def mixed_text(length: int) -> str:
    """A text of so many characters with everything that makes line ends hard."""
    return (MIXED * (length // len(MIXED) + 1))[: length - 1] + "。"


def long_measure(length: int = 800) -> DepartmentPaper:
    """One measure of so many characters, beside one point; a second point after it."""
    points = (PointLine(POINT.format("一"), "采购员", HIGH), PointLine("另一个风险点", "采购员", HIGH))
    row = FormRow(CATEGORIES[0], points, (MeasureLine(mixed_text(length), (1,)), MeasureLine("短措施", (2,))))
    return with_row(department_form(), row)


def posts(count: int) -> LevelCell:
    """The posts of a department by level, with long and short names."""
    names = tuple(f"第{number}号{'实训设备与耗材' if number % 3 else '仓库'}管理员" for number in range(1, count + 1))
    third = count // 3
    groups = ((HIGH, names[:third]), (MIDDLE, names[third : 2 * third]), (LOW, names[2 * third :]))
    return LevelCell(HIGH, tuple(LevelPosts(level, some) for level, some in groups if some))


def hard_names() -> DepartmentPaper:
    """Rare characters, long names, an answer for several points, measures of a whole category."""
    row = FormRow(
        CATEGORIES[0],
        (
            PointLine("与供应商Hewlett-Packard（中国）往来", "国际交流与合作办学项目（中德、中澳）主管", MIDDLE),
            PointLine("A" * 60, "采购员", HIGH),
            PointLine(MIXED, "", LOW),
        ),
        (
            MeasureLine("https://www.example.edu.cn/cg/notice?id=20261120&page=1#top 每日公开", (1,)),
            MeasureLine("三人以上询价", (1, 2, 3)),
            MeasureLine(MIXED, (3,)),
            MeasureLine("纪委每季度抽查一次。", ()),
            MeasureLine("每学期开展一次廉政教育。", ()),
        ),
    )
    form = department_form(
        department_name="国际交流与合作办学管理办公室（留学生服务中心）",
        head_name=f"{RARE}·买买提",
        duties=f"{RARE}负责。\n{MIXED}",
        level=posts(9),
    )
    return with_row(form, row)


def school_form(**values) -> SchoolPaper:
    """附件2 of 2011 as in the founding document."""

    def row(category: str, points: str, measures: str) -> FormRow:
        return FormRow(category, tuple(map(PointLine, points.split())), tuple(map(MeasureLine, measures.split())))

    form = SchoolPaper(
        author=SCHOOL,
        version_label="2011年度第1版",
        content_code="AAAA-BBBB-CCCC-DDDD-EEEE",
        made_on=date(2011, 11, 15),
        title=f"{SCHOOL}廉政风险点防控表",
        school_name=SCHOOL,
        business_function="教育教学",
        filled_on=date(2011, 11, 15),
        rows=(
            row(
                "重大事项决策",
                "教育教学管理 招生 财务收费 党员干部管理 职称管理",
                "严格按照制度和规定办理 坚持公平公正公开原则 坚持民主决策、群众监督原则",
            ),
            row("重要人事任免", "中层干部任免", "坚决执行关于干部任免的各项制度和规定"),
            row(
                "重大项目安排",
                "基建工程（校舍维修） 大宗物品采购 房屋出租",
                "坚持公开招标和政府采购的原则 坚持专家论证和集体研究决定的原则",
            ),
            FormRow("大额资金使用", is_nil=True),
        ),
    )
    return replace(form, **values)


def long_school_form() -> SchoolPaper:
    """附件2 over several pages: 60 items in one row, a measure of 800 characters in another."""
    form = school_form()
    full = replace(
        form.rows[0],
        points=tuple(PointLine(POINT.format(n)) for n in range(1, 61)),
        measures=tuple(MeasureLine(MEASURE.format(n)) for n in range(1, 41)),
    )
    long = replace(form.rows[1], measures=(MeasureLine(mixed_text(800)),))
    return replace(form, rows=(full, long, *form.rows[2:]))


def group_list() -> GroupList:
    """附件1 with names of two to eight characters, some of them rare."""
    return GroupList(
        author=SCHOOL,
        title_lines=("烟台第一职业中专", "廉政风险防控管理工作领导小组成员名单"),
        chiefs=("汪学荣",),
        deputies=("陈永玲", "于 梅"),
        members=tuple(MEMBERS.split()),
        closing="学校廉政风险防控管理工作领导小组办公室设在纪委，于梅同志兼任办公室主任。",
    )


def post_sheet(count: int = 1, **values) -> PostSheet:
    """岗位廉政风险防控一览表 with so many points."""
    row = PostSheetRow(
        CATEGORIES[0],
        "接受供应商宴请",
        "节日前后往来频繁",
        "较高",
        "较为严重",
        HIGH,
        (MeasureLine("三人以上询价", (), "前期预防"), MeasureLine(MIXED, (), "中期监控")),
        "采购员甲",
    )
    sheet = PostSheet(
        author=SCHOOL,
        version_label="2026年度第1版",
        content_code="8F3K-2Q7M-11AA-06D8-27AC",
        school_name=SCHOOL,
        year=2026,
        department_name="总务处",
        post_name="采购员",
        holders=("采购员甲", "采购员乙"),
        functions=("采购", "一般经济管理"),
        level=HIGH,
        level_reason="从事采购，按规定不低于一级（高）",
        rows=tuple(replace(row, category=CATEGORIES[number % 4]) for number in range(count)),
    )
    return replace(sheet, **values)


def register(count: int, **values) -> Register:
    """登记汇总表 of so many points, texts of different length."""
    rows = tuple(
        RegisterRow(
            number=f"2026-{number // 90 + 1:02d}-{number % 90 + 1:03d}",
            department=("总务处", "学校办公室", "国际交流与合作处")[number % 3],
            post=("采购员", "基建维修管理员", "实训设备与耗材管理员")[number % 3],
            power="物资采购与验收",
            category=CATEGORIES[number % 4],
            point=POINT.format(number + 1),
            manifestation="节日前后往来频繁，询价单事后补签" if number % 2 else "",
            likelihood=("高", "较高", "较小")[number % 3],
            harm=("严重", "较为严重", "一般")[number % 3],
            level=(HIGH, MIDDLE, LOW)[number % 3],
            prevention="三人以上询价，当场签字。\n每学期轮换一次询价人员。",
            monitoring=MIXED if number % 5 == 0 else "纪委每季度抽查20%的原始询价单。",
            response="停止采购工作，谈话提醒。" if number % 2 else "",
            responsible="采购员甲",
            leader="后勤副校长",
            methods="自己找、群众提、组织评",
            status="现行",
            version_date="2026年11月20日",
        )
        for number in range(count)
    )
    sheet = Register(
        author=SCHOOL, made_on=date(2026, 11, 20), school_name=SCHOOL, year=2026, rows=rows, content_code=""
    )
    return replace(sheet, **values)


def notice(count: int) -> NoticePaper:
    """公示稿 with so many points."""
    rows = tuple(
        NoticeRow(
            "总务处",
            ("采购员", "基建维修管理员")[number % 2],
            CATEGORIES[number % 4],
            POINT.format(number + 1),
            ("①三人以上询价，当场签字。", f"②{MIXED}") if number % 3 == 0 else ("三人以上询价，当场签字。",),
            (HIGH, MIDDLE, LOW)[number % 3],
            str(number + 1),
        )
        for number in range(count)
    )
    return NoticePaper(
        author=SCHOOL,
        made_on=date(2026, 11, 20),
        title="总务处2026年度廉政风险点公示",
        paragraphs=(
            "根据《关于开展廉政风险防控管理工作的实施意见》，经总务处排查、纪委审核，"
            "现将2026年度廉政风险点、防范措施和风险等级予以公示，请群众了解并参与监督。",
            "公示时间：2026年11月20日至2026年11月27日。如有意见，请在公示期内向烟台一职专"
            "廉政风险防控管理工作领导小组办公室反映。",
        ),
        rows=rows,
        issuer="烟台一职专廉政风险防控管理工作领导小组办公室",
        issued_on=date(2026, 11, 20),
    )
