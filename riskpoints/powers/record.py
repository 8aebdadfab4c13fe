"""职权目录 in a year's record and archive, with every filed revision, and the way back.

A year tells what was filed by its end; a power that was drafted only tells its number, so that it is not given again.
What is filed is for everybody at the school to read, so every archive shows it.
"""

import datetime
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from django.db.models import Q
from django.utils import timezone

from departments.enums import Role
from departments.models import Post, School
from riskpoints.archives.records import ArchiveError
from riskpoints.archives.rows import insert, write
from riskpoints.documents.listing import listing_pdf
from riskpoints.evidence.year_facts import day_of, from_plain
from riskpoints.models import Cycle
from riskpoints.powers import papers
from riskpoints.powers.papers import Said
from riskpoints.references.powers.drafting import StepInput
from riskpoints.references.powers.enums import PowerState
from riskpoints.references.powers.models import Power, PowerPrefix, PowerRevision, PowerStep
from riskpoints.references.powers.queries import whole
from riskpoints.references.regulations.models import Regulation
from riskpoints.wings import FileOf, PartFile, PartPaper, Person, Row, YearPart, person

POWER = ("prefix", "serial", "identity", "created_at", "origin_name", "retired_at", "retired_by_name", "retired_reason")
REVISION = (
    "number",
    "name",
    "content",
    "basis",
    "time_limit",
    "supervisor",
    "chart_kind",
    "owner_name",
    "post_names",
    "regulation_names",
    "supervisor_name",
    "created_at",
    "submitted_at",
    "submitted_by_name",
    "filed_at",
    "filed_by_name",
)
STEP = ("identity", "order", "name", "post_name", "time_limit", "is_risk_node", "note")


def _facts(cycle: Cycle) -> list[Row]:
    """The powers that there were at the end of the year; none where nothing had been filed."""
    end = timezone.make_aware(datetime.datetime(cycle.year + 1, 1, 1))  # noqa: DTZ001 - made aware here
    revisions: dict[int, list[PowerRevision]] = defaultdict(list)
    filed = whole(PowerRevision.objects.filter(state=PowerState.FILED, filed_at__lt=end)).order_by("power", "number")
    for revision in filed.select_related("chart", "submitted_by", "filed_by", "base"):
        revisions[revision.power_id].append(revision)
    if not revisions:
        return []
    found = Power.objects.filter(created_at__lt=end).select_related("department", "retired_by")
    return [_power(power, revisions.get(power.pk, []), end) for power in found]


def _power(power: Power, revisions: Sequence[PowerRevision], end: datetime.datetime) -> Row:
    is_retired = power.retired_at is not None and power.retired_at < end
    row = {name: getattr(power, name) for name in POWER}
    if not is_retired:
        row |= {"retired_at": None, "retired_by_name": "", "retired_reason": ""}
    return row | {
        "number": power.number,
        "mark": power.number_mark,
        "department": power.department_id,
        "owner": power.department.name,
        "origin": power.origin_id,
        "is_public": power.is_public and bool(revisions),
        "retired_by": person(power.retired_by, power.retired_at) if is_retired else None,
        "revisions": [_revision(row) for row in revisions],
    }


def _revision(row: PowerRevision) -> Row:
    return {name: getattr(row, name) for name in REVISION} | {
        "base": row.base.number if row.base else None,
        "chart": row.chart.sha256 if row.chart else "",
        "posts": [post.pk for post in row.posts.all()],
        "authors": [person(author, row.submitted_at) for author in row.authors.all()],
        "submitted_by": person(row.submitted_by, row.submitted_at),
        "filed_by": person(row.filed_by, row.filed_at),
        "steps": [{name: getattr(step, name) for name in STEP} | {"post": step.post_id} for step in row.steps.all()],
    }


def _in_force(rows: list[Row]) -> list[tuple[Row, Row]]:
    """The powers that are not retired, each with its last filed revision."""
    return [(row, row["revisions"][-1]) for row in rows if row["revisions"] and row["retired_at"] is None]


def _said(row: Row, revision: Row) -> Said:
    steps = tuple(
        StepInput(**{name: step[name] for name in asdict(StepInput("")) if name != "identity"})
        for step in revision["steps"]
    )
    return Said(
        number=row["number"],
        mark=row["mark"],
        owner=revision["owner_name"],
        name=revision["name"],
        content=revision["content"],
        people="、".join(revision["post_names"]) or revision["owner_name"],
        basis="\n".join(filter(None, ("；".join(name for _, name in revision["regulation_names"]), revision["basis"]))),
        time_limit=revision["time_limit"],
        supervisor=revision["supervisor_name"],
        steps=steps,
        filed_on=day_of(revision["filed_at"]),
        chart=revision["chart"],
        chart_kind=revision["chart_kind"],
    )


def _lines(rows: list[Row]) -> list[Sequence[str]]:
    """Every revision that was filed, retired powers included."""
    found: list[Sequence[str]] = []
    for row in rows:
        for revision in row["revisions"]:
            item = _said(row, revision)
            steps = "→".join(f"{step.name}{'（风险节点）' if step.is_risk_node else ''}" for step in item.steps)
            stands = "现行" if revision is row["revisions"][-1] else "已被代替"
            if row["retired_at"] is not None:
                stands = f"已停用：{row['retired_reason']}"
            texts = (item.owner, item.name, item.content, item.people, item.basis, item.time_limit, item.supervisor)
            filed = f"第 {revision['number']} 稿 {item.filed_on} {revision['filed_by_name']}"
            number = f"{item.number}（{item.mark}）" if item.mark else item.number
            found.append((number, *texts, steps, "是" if row["is_public"] else "否", filed, stands))
    return found


def _papers(rows: list[Row], school: School) -> list[PartPaper]:
    """职权目录 of the school, and of each department its own with the charts."""
    by_department: dict[tuple[int, str], list[Said]] = defaultdict(list)
    everything = []
    for row, revision in _in_force(rows):
        item = _said(row, revision)
        everything.append(item)
        by_department[row["department"], row["owner"]].append(item)
    found = [_catalogue(everything, school, None)] if everything else []
    for (department, owner), items in by_department.items():
        found.append(_catalogue(items, school, department, owner))
        charts = partial(papers.flows_pdf, items, whose=owner, school=school)
        day = papers.last_day(items) or datetime.date.min
        values = {"rows": [asdict(item) for item in items], "school": school.full_name}
        found.append(
            PartPaper(f"权力运行流程图_{owner}", f"权力运行流程图（{owner}）", day, values, charts, department)
        )
    return found


def _catalogue(items: list[Said], school: School, department: int | None, owner: str = "") -> PartPaper:
    listing = papers.catalogue(items, whose=owner, school=school)
    day = papers.last_day(items) or datetime.date.min
    title, name = ("职权目录", "职权目录") if department is None else (f"职权目录（{owner}）", f"职权目录_{owner}")
    return PartPaper(name, title, day, asdict(listing), partial(listing_pdf, listing), department)


def _files(rows: list[Row]) -> list[PartFile]:
    """The charts that were uploaded."""
    return [
        PartFile(f"{row['number']}_流程图_第{revision['number']}稿", revision["chart_kind"], revision["chart"])
        for row in rows
        for revision in row["revisions"]
        if revision["chart"]
    ]


def _restore(cycle: Cycle, rows: list[Row], account: Person, file_of: FileOf) -> None:
    """Write what another year's package did not bring yet: the same power may lie in several."""
    for row in rows:
        power = Power.objects.filter(identity=row["identity"]).first() or _insert_power(row)
        if power.is_retired:
            continue
        known = set(power.revisions.values_list("number", flat=True))
        for revision in row["revisions"]:
            if revision["number"] not in known:
                _insert_revision(power, revision, account, file_of)
        last = power.revisions.filter(state=PowerState.FILED).order_by("-number").first()
        if last is not None:
            power.filed, power.is_public = last, row["is_public"]
            if row["retired_at"] is not None:
                values = _read(Power, row, ("retired_at", "retired_by_name", "retired_reason"))
                for name, value in (values | {"retired_by": account(row["retired_by"])}).items():
                    setattr(power, name, value)
            power.save()


def _insert_power(row: Row) -> Power:
    owner = row["origin"] or row["department"]
    if not PowerPrefix.objects.filter(Q(number=row["prefix"]) | Q(department=owner)).exists():
        PowerPrefix.objects.create(department_id=owner, number=row["prefix"])
    names = ("prefix", "serial", "identity", "created_at", "origin_name")
    values = _read(Power, row, names)
    power: Power = write(Power(department_id=row["department"], origin_id=row["origin"], **values))
    return power


def _insert_revision(power: Power, row: Row, account: Person, file_of: FileOf) -> None:
    """As a draft with its steps, then as it stood: the order that the database allows."""
    acts = ("submitted_at", "submitted_by_name", "filed_at", "filed_by_name")
    people = {name: account(row[name]) for name in ("submitted_by", "filed_by")}
    filer = people["filed_by"]
    if filer is not None and filer.grants.filter(role=Role.ADMIN).exists():
        raise ArchiveError(
            f"工号 {filer.staff_number} 在这里是系统管理员，而档案里这个人办理过职权备案。"
            "请用另一个工号建立管理员账号，再导入。"
        )
    revision = PowerRevision(
        power=power,
        base=power.revisions.filter(number=row["base"]).first(),
        chart=file_of(row["chart"]) if row["chart"] else None,
        **_read(PowerRevision, row, [name for name in REVISION if name not in acts]),
    )
    revision.saved_at = revision.created_at
    write(revision)
    revision.regulations.set(Regulation.objects.filter(identity__in=[key for key, _ in row["regulation_names"]]))
    revision.posts.set(Post.objects.filter(pk__in=row["posts"]))
    revision.authors.set([author for author in map(account, row["authors"]) if author is not None])
    posts = set(Post.objects.filter(pk__in=[step["post"] for step in row["steps"]]).values_list("pk", flat=True))
    for step in row["steps"]:
        post = step["post"] if step["post"] in posts else None
        insert(PowerStep, step, revision=revision, post_id=post)
    filed = people | _read(PowerRevision, row, acts) | {"state": PowerState.FILED}
    PowerRevision.objects.filter(pk=revision.pk).update(**filed)


def _read(model: Any, row: Row, names: Sequence[str]) -> Row:
    return from_plain(model, {name: row[name] for name in names})


def _departments(rows: list[Row]) -> frozenset[int]:
    return frozenset(key for row in rows for key in (row["department"], row["origin"]) if key is not None)


HEADINGS = (
    "编号",
    "部门",
    "职权名称",
    "内容",
    "办理主体",
    "实施依据",
    "时限",
    "责任领导",
    "环节",
    "对外公开",
    "备案",
    "状态",
)
PART = YearPart(
    "powers",
    "职权目录",
    HEADINGS,
    _facts,
    lines=_lines,
    restore=_restore,
    departments=_departments,
    papers=_papers,
    files=_files,
)
