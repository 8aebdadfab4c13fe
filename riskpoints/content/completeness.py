"""What is still missing before a table may be submitted (不漏岗、不缺项), and soft hints that block nothing."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from departments.enums import Level
from riskcontrol.paper.pdf import unprintable
from riskcontrol.text import is_blank, stripped
from riskpoints.content.category_row import CategoryRow
from riskpoints.content.content import TableContent
from riskpoints.content.first_posts import first_posts
from riskpoints.enums import Category, DateMode, Stage
from riskpoints.models import RiskPoint
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key

# Phrases that promise nothing anyone could check (peers.md, "Quality hints").
EMPTY_PHRASES = ("加强教育", "加强学习", "提高认识", "加强管理", "加强监督", "严格要求自己", "提高思想认识")


@dataclass(frozen=True)
class Finding:
    """One thing that is missing (it blocks) or worth a look (it does not), with the anchor of its place on the page.

    `needs_point`: a category or a post without any risk point.
    """

    message: str
    anchor: str
    blocks: bool = True
    needs_point: bool = field(default=False, compare=False)

    @property
    def opens(self) -> str:
        """The form that mends it (the page's `?open=`), or an empty text where the place itself shows what to do."""
        return {"duties": "head"}.get(self.anchor, "" if self.anchor.startswith(("row-", "post-")) else self.anchor)


@dataclass(frozen=True)
class Report:
    """All findings, and how many of the checks are met."""

    findings: tuple[Finding, ...]
    checks: int

    @property
    def missing(self) -> list[Finding]:
        """What blocks the submission."""
        return [finding for finding in self.findings if finding.blocks]

    @property
    def hints(self) -> list[Finding]:
        """What is only worth a look."""
        return [finding for finding in self.findings if not finding.blocks]

    @property
    def is_complete(self) -> bool:
        return not self.missing

    @property
    def to_do(self) -> int:
        """How many things are left at least: one point may fill a category and stand for a post."""
        categories = sum(finding.needs_point and finding.anchor.startswith("row-") for finding in self.missing)
        posts = sum(finding.needs_point and finding.anchor.startswith("post-") for finding in self.missing)
        return len(self.missing) - min(categories, posts)

    @property
    def percent(self) -> int:
        """Met checks of all, 0 to 100; 100 only when nothing is missing."""
        if not self.missing:
            return 100
        return min(99, max(0, round(100 * (self.checks - len(self.missing)) / self.checks)))


def check(content: TableContent) -> Report:
    """Examine a version's content as decided in domain.md ("What is complete?")."""
    findings: list[Finding] = []
    checks = 1
    is_school = content.version.table.is_school
    if is_blank(content.version.duties):
        findings.append(Finding("业务职能尚未填写" if is_school else "业务工作职责尚未填写", "duties"))
    if content.version.date_mode == DateMode.TYPED:
        checks += 1
        if content.version.filled_on is None:
            findings.append(Finding("填表日期选了“印填写的日期”，请填写日期", "duties"))
    for row in content.rows:
        checks += 1
        findings += _row_findings(row)
    if not is_school:
        checks += len(content.posts)
        findings += _post_findings(content)
    for row in content.rows:
        for number, point in enumerate(row.points, start=1):
            checks += 1
            findings += _point_findings(content, row, point, number)
    findings += _unprintable_findings(content)
    if content.nodes and rules.on()[Key.RISK_NODES]:
        checks += len(content.nodes)
        findings += _node_findings(content, blocks=True)
    else:
        findings += _node_findings(content, blocks=False)
    findings += _hints(content)
    return Report(tuple(findings), checks)


def _row_findings(row: CategoryRow) -> list[Finding]:
    if not row.is_answered:
        return [Finding(f"{row.label}未填写：请添加风险点，或确认“无”", f"row-{row.value}", needs_point=True)]
    if row.points and not row.measures:
        return [Finding(f"{row.label}还没有防范措施", f"row-{row.value}")]
    return []


def _post_findings(content: TableContent) -> list[Finding]:
    with_points = {point.post_id for point in content.points}
    return [
        Finding(f"岗位“{post.name}”没有风险点：请添加，或说明没有的原因", f"post-{post.pk}", needs_point=True)
        for post in content.posts
        if post.pk not in with_points and post.pk not in content.exempt_post_ids
    ]


def _point_findings(content: TableContent, row: CategoryRow, point: RiskPoint, number: int) -> list[Finding]:
    where = f"{row.label}第 {number} 项"
    missing = []
    if row.measures and not content.measures_of(point):
        missing.append("缺防范措施")
    if content.version.table.is_school:  # 附件2 has no level cell (T5): scales and level are optional there.
        pass
    elif point.likelihood is None or point.harm is None:
        missing.append("未选发生机率或危害程度")
    elif point.proposed_level is None:
        missing.append("未定建议等级")
    elif point.ruling.is_forbidden(point.proposed_level):
        missing.append("建议等级低于岗位职能的下限")
    elif point.ruling.needs_reason(point.proposed_level) and is_blank(point.proposed_reason):
        missing.append("建议等级低于规则得出的等级，须写明理由")
    if point.post_id and point.post_id not in {post.pk for post in content.posts}:
        missing.append(f"岗位“{point.post_name}”已停用，请改选岗位")
    return [Finding(f"{where}{'，'.join(missing)}", f"point-{point.pk}")] if missing else []


def _node_findings(content: TableContent, *, blocks: bool) -> list[Finding]:
    """Steps of powers that are filed as risk nodes and on which no point lies (R15, R17)."""
    said = [f"职权 {node.number} 的环节“{node.step}”标为风险节点，还没有风险点" for node in content.open_nodes]
    return [Finding(message, f"row-{Category.PROCESS}", blocks=blocks) for message in said]


def _unprintable_findings(content: TableContent) -> list[Finding]:
    """Characters that no installed face can draw, found before the review and not when the form is printed."""
    places = [("duties", "表头", f"{content.version.duties}{content.version.head_name}")]
    for row in content.rows:
        for number, point in enumerate(row.points, start=1):
            places.append((f"point-{point.pk}", f"{row.label}第 {number} 项", point.text))
        for number, measure in enumerate(row.measures, start=1):
            places.append((f"measure-{measure.pk}", f"{row.label}第 {number} 条措施", measure.text))
    odd = set(unprintable("".join(text for _, _, text in places)))
    return [
        Finding(f"{where}有打印不出的字符“{'”“'.join(sorted(odd & set(text)))}”，请改用其他写法", anchor)
        for anchor, where, text in places
        if odd & set(text)
    ]


def _hints(content: TableContent) -> list[Finding]:
    """What had better be looked at again; none of it keeps a table from being handed in."""
    hints = [*_nil_hints(content), *(hint for row in content.rows for hint in _empty_hints(row))]
    hints += _repeated_measures(content.rows)
    return hints if content.version.table.is_school else hints + _missing_stages(content)


def _nil_hints(content: TableContent) -> Iterator[Finding]:
    """A 无 beside posts of level one: the table's own, or for the school's table those of the departments (T12)."""
    rows = [row for row in content.rows if row.is_nil]
    if not rows:
        return
    if content.version.table.is_school:
        posts = first_posts()
        more = f"等 {len(posts)} 个" if len(posts) > 3 else ""
        said = f"但部门的现行表里有一级岗位（{'、'.join(posts[:3])}{more}），请再核对"
    else:
        posts = [item.name for item in content.post_levels if item.level == Level.FIRST]
        said = f"但有一级岗位（{'、'.join(posts[:3])}），请再核对"
    for row in rows if posts else ():
        yield Finding(f"{row.label}确认为“无”，{said}", f"row-{row.value}", blocks=False)


def _empty_hints(row: CategoryRow) -> Iterator[Finding]:
    """Measures that say nothing."""
    for number, measure in enumerate(row.measures, start=1):
        if is_vague(measure.text):
            text = _phrase(measure.text)
            said = f"{row.label}第 {number} 条措施“{text}”较空，宜写明谁做、做什么、多久一次"
            yield Finding(said, f"measure-{measure.pk}", blocks=False)


def is_vague(text: str) -> bool:
    """Whether a measure says nothing that anyone could check."""
    return _phrase(text) in EMPTY_PHRASES


def _phrase(text: str) -> str:
    return stripped(text).rstrip("。；;")


def _repeated_measures(rows: Iterable[CategoryRow]) -> Iterator[Finding]:
    """The same measure in two categories."""
    seen: dict[str, str] = {}
    for row in rows:
        for measure in row.measures:
            text = stripped(measure.text)
            if text in seen and seen[text] != row.label:
                said = f"{row.label}与{seen[text]}有相同的措施：“{text[:20]}”"
                yield Finding(said, f"measure-{measure.pk}", blocks=False)
            seen.setdefault(text, row.label)


def missing_stages(content: TableContent, point: RiskPoint) -> list[Stage]:
    """前期预防、中期监控、后期处置 as far as no measure of the point is of them (R08); none for a point without any."""
    measures = content.measures_of(point)
    stages = {measure.stage for measure in measures}
    return [stage for stage in Stage if stage not in stages] if measures else []


def _missing_stages(content: TableContent) -> list[Finding]:
    """Each point of level one by itself; others together, where their measures name stages at all."""
    found = []
    for row in content.rows:
        others: dict[str, list[str]] = {}
        for number, point in enumerate(row.points, start=1):
            missing = missing_stages(content, point)
            words = "、".join(str(stage.label) for stage in missing)
            if missing and point.level == Level.FIRST:
                said = "措施没有写明阶段，宜三个阶段都有" if len(missing) == len(Stage) else f"还没有{words}的措施"
                found.append(Finding(f"{row.label}第 {number} 项为一级，{said}", f"point-{point.pk}", blocks=False))
            elif missing and len(missing) < len(Stage):
                others.setdefault(words, []).append(str(number))
        found += [
            Finding(f"{row.label}第 {'、'.join(numbers)} 项还没有{words}的措施", f"row-{row.value}", blocks=False)
            for words, numbers in others.items()
        ]
    return found
