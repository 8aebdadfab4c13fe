"""From one version to what the public and the posts read: the 公示稿 and the 一览表."""

import datetime
from collections.abc import Iterator, Sequence
from dataclasses import replace

from django.db.models import Q
from django.utils import timezone

from departments.enums import Level
from departments.models import Appointment, School
from riskpoints import wings
from riskpoints.content.content import PostLevel, TableContent
from riskpoints.documents import wording
from riskpoints.documents.bands import circled
from riskpoints.documents.build import (
    _code,
    _content,
    _label,
    _made_on,
    _measure_lines,
    _state_day,
    mark_of,
    version_label,
)
from riskpoints.documents.data import (
    Mark,
    NoticePaper,
    NoticeRow,
    PostSheet,
    PostSheetRow,
    printed_date,
)
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.rules import queries as rules
from riskpoints.rules.enums import Key


def post_sheets(
    version: TableVersion,
    post_id: int | None = None,
    *,
    school: School | None = None,
    shows_assessment: bool = True,
) -> list[PostSheet]:
    """One 一览表 for each post of a department's version (or for one), in the order of the posts.

    机率 and 危害 stay blank for people who don't see the assessment; an archive gives the school as it keeps it.
    """
    content = _content(version)
    holders = _holders(content, _state_day(version))
    reasons = {exemption.post_id: exemption.reason for exemption in content.exemptions}
    common = _common(version, content, school or School.current())
    return [
        replace(
            _of_post(common, entry, content, shows_assessment=shows_assessment),
            holders=holders.get(entry.post_id, ()),
            nil_reason=reasons.get(entry.post_id, ""),
        )
        for entry in content.post_levels
        if post_id in (None, entry.post_id)
    ]


def _common(version: TableVersion, content: TableContent, school: School) -> PostSheet:
    """What stands on each 一览表 of a version: no post yet."""
    mark = mark_of(version)
    return PostSheet(
        author=school.full_name,
        mark=mark,
        version_label=version_label(version),
        content_code=_code(content) if mark is Mark.FINAL else "",
        made_on=_made_on(version),
        school_name=school.full_name,
        year=version.table.cycle.year,
        department_name=version.owner_name,
        post_name="",
    )


def _of_post(common: PostSheet, entry: PostLevel, content: TableContent, *, shows_assessment: bool) -> PostSheet:
    """With one post's level, why it is no milder, and its points."""
    points = [point for point in content.points if point.post_id == entry.post_id]
    functions = _functions(content, entry.post_id, points)
    return replace(
        common,
        post_name=entry.name,
        functions=tuple(name for name, _ in functions),
        level=_label(entry.level),
        level_reason=_floor_reason(functions),
        rows=tuple(_post_row(point, content, shows_assessment=shows_assessment) for point in points),
    )


def notice(version: TableVersion, address: str = "") -> NoticePaper:
    """公示稿 of a department's version: no holder, no 机率, no 危害程度, no remark (domain.md, Decided)."""
    school, content = School.current(), _content(version)
    valid = rules.on(version.publish_from)
    office = f"{school.short_name}廉政风险防控管理工作领导小组办公室"
    year = version.table.cycle.year
    paragraphs = [
        f"根据《关于开展廉政风险防控管理工作的实施意见》，经{version.owner_name}排查、纪委审核，"
        f"现将{year}年度廉政风险点、防范措施和风险等级予以公示，请群众了解并参与监督。"
    ]
    cited = wings.basis(version.table.cycle, version.publish_from or timezone.localdate())
    if cited:
        paragraphs.append(f"依据文件：{'；'.join(cited)}。")
    if version.publish_from and version.publish_until:
        first, last = (printed_date(day, "") for day in (version.publish_from, version.publish_until))
        paragraphs.append(f"公示时间：{first}至{last}。如有意见，请在公示期内向{valid[Key.CONTACT]}反映。")
    channels = f"检举控告渠道：{valid[Key.CHANNELS]}"
    return NoticePaper(
        author=school.full_name,
        mark=mark_of(version),
        made_on=version.publish_from,
        title=f"{version.owner_name}{year}年度廉政风险点公示",
        paragraphs=tuple(paragraphs),
        rows=tuple(_notice_rows(content)),
        closing=tuple(channels.splitlines()),
        address=address,
        issuer=office,
        issued_on=version.publish_from,
    )


def _post_row(point: RiskPoint, content: TableContent, *, shows_assessment: bool) -> PostSheetRow:
    return PostSheetRow(
        category=point.get_category_display(),
        point=point.text,
        manifestation=point.manifestation,
        likelihood=(point.get_likelihood_display() or "") if shows_assessment else "",
        harm=(point.get_harm_display() or "") if shows_assessment else "",
        level=_label(point.level),
        measures=_measure_lines(content.measures_of(point)),
        responsible=point.responsible,
        missing="，".join(filter(None, _missing(point))),
    )


def _missing(point: RiskPoint) -> Iterator[str]:
    """The regulation that a point lacks, who drafts it and by when (R21)."""
    yield point.missing_regulation
    yield point.missing_drafter and f"{point.missing_drafter}拟订"
    yield f"{printed_date(point.missing_due, '')}前" if point.missing_due else ""


def _notice_rows(content: TableContent) -> Iterator[NoticeRow]:
    """The points, numbered through. A measure that several have in common stands once, and the others refer to it."""
    owner = content.version.owner_name
    points = [point.pk for point in content.points]
    for row in content.rows:
        alone = row.shared_measures if len(row.points) == 1 else []
        places: dict[int, str] = {}
        for point in row.points:
            number = points.index(point.pk) + 1
            own = [m for m in row.measures if any(p.pk == point.pk for p in m.points.all())] + alone
            others = {m.pk: sorted(points.index(p.pk) + 1 for p in m.points.all() if p.pk in points) for m in own}
            texts = []
            for order, measure in enumerate(own, start=1):
                shared = [other for other in others[measure.pk] if other != number]
                mark = circled(order) if len(own) > 1 or shared else ""
                if measure.pk in places:
                    texts.append(f"{mark}同{places[measure.pk]}。")
                    continue
                places[measure.pk] = f"第{number}项{mark}"
                also = f"〔同时针对第{'、'.join(map(str, shared))}项〕" if shared else ""
                texts.append(f"{mark}{measure.text}{also}")
            level = _label(point.level)
            yield NoticeRow(owner, point.post_name, row.label, point.text, tuple(texts), level, str(number))
        if row.shared_measures and len(row.points) > 1:
            several = len(row.shared_measures) > 1
            texts = [
                f"{circled(order) if several else ''}{measure.text}"
                for order, measure in enumerate(row.shared_measures, start=1)
            ]
            yield NoticeRow(owner, "", row.label, wording.ALL_POINTS, tuple(texts), "")


def _holders(content: TableContent, day: datetime.date | None) -> dict[int, tuple[str, ...]]:
    """Who holds each post on the day, in one query."""
    day = day or timezone.localdate()
    found: dict[int, list[str]] = {}
    ids = [entry.post_id for entry in content.post_levels]
    held = Appointment.objects.filter(Q(until__isnull=True) | Q(until__gte=day), post__in=ids, since__lte=day)
    for post_id, name in held.order_by("since", "id").values_list("post_id", "holder_name"):
        found.setdefault(post_id, []).append(name)
    return {post_id: tuple(names) for post_id, names in found.items()}


def _functions(content: TableContent, post_id: int, points: Sequence[RiskPoint]) -> list[tuple[str, int]]:
    """The post's functions and their floors: as the points recorded them, else as the statement without points did."""
    recorded = {name: floor for point in points for name, floor in point.functions}
    return list(recorded.items()) if points else content.functions_of(post_id)


def _floor_reason(functions: Sequence[tuple[str, int]]) -> str:
    if not functions:
        return ""
    floor = min(floor for _, floor in functions)
    names = "、".join(name for name, value in functions if value == floor)
    return f"从事{names}，按规定不低于{Level(floor).label}"
