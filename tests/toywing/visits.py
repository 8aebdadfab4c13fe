"""What the toy hands in: an answer to everything that the register asks."""

import datetime
import uuid
from functools import partial

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from departments.enums import Role
from departments.permissions import has_role
from riskcontrol import audit, files
from riskcontrol.triggers import FreezeRule
from riskcontrol.verbs import Verb
from riskpoints import documents, wings
from riskpoints.documents.data import PublicationResult
from riskpoints.enums import Action
from riskpoints.models import RiskPoint
from tests.toywing.models import Visit


class ToyVerb(Verb):
    """What the toy writes into the trail."""

    NOTE = "visit.note", "记下巡察"


SEEN = "审核时看过"
ANSWERED = "巡察的说明"
REPORT = "看过".encode()


def menu(user):
    waiting = Visit.objects.filter(is_done=False).count()
    beside = wings.MenuEntry("巡察依据", "/visits/rules/", is_beside=True)
    return [wings.MenuEntry("巡察", reverse("toywing:index"), waiting), beside] if has_role(user, Role.OFFICE) else []


def tasks(user):
    if not has_role(user, Role.OFFICE):
        return []
    rows = Visit.objects.filter(is_done=False)
    return [wings.OtherTask("办理巡察", row.text, row.at, reverse("toywing:index")) for row in rows]


def hold_back(version):
    waiting = Visit.objects.filter(version=version, is_done=False).count()
    return f"巡察还有 {waiting} 项没有办完。" if waiting else ""


def open_matters(cycle):
    return [f"巡察“{row.text}”没有办完" for row in Visit.objects.filter(version__table__cycle=cycle, is_done=False)]


def note(version, actor):
    report = files.keep(REPORT, "text/plain")
    point = version.points.order_by("pk").first().identity
    visit = Visit.objects.create(version=version, point=point, text=SEEN, is_done=True, report=report)
    audit.record(ToyVerb.NOTE, actor=actor, target=visit)


def prepare(cycle, actor):
    audit.record(ToyVerb.NOTE, actor=actor, label=f"巡察准备 {cycle}")


def panel(user, version):
    count = Visit.objects.filter(version=version).count()
    return wings.Panel("toywing/panel.html", f"看过 {count} 次") if count else None


def beside(user, version):
    return wings.Panel("toywing/panel.html", f"巡察看着{version.owner_name}")


def beginnings(user, version, category, post):
    return [wings.Beginning("从巡察记录选", f"/visits/?for={category or post.name}")]


def preset(version, category, key):
    if key != "7":
        return None
    values = {"text": "巡察看到的", "likelihood": 1, "harm": 2}
    return wings.Preset(
        values, [wings.FirstMeasure("先核对", "prevention", "每月"), wings.FirstMeasure("再抽查")], "取自巡察"
    )


def links(version):
    return [wings.PublicLink("看巡察", reverse("toywing:index"), "巡察", ANSWERED)]


def marks(user, versions):
    found = {}
    for row in Visit.objects.filter(version__in=versions):
        found.setdefault(row.version_id, []).append(wings.Mark(f"巡察：{row.text}", row.point))
    return found


def filters(user):
    return [wings.PointFilter("seen", "巡察", [("yes", "已巡察"), ("no", "未巡察")], _seen)]


def _seen(value):
    seen = Q(identity__in=Visit.objects.filter(point__isnull=False).values("point"))
    return seen if value == "yes" else ~seen


def counts(cycle):
    """How many visits of each department are done."""
    rows = Visit.objects.filter(version__table__cycle=cycle).values_list("version__table__department", "is_done")
    keys = {key for key, _ in rows}
    own = {key: [is_done for owner, is_done in rows if owner == key] for key in keys}
    return {"visits": {key: (sum(done), len(done)) for key, done in own.items()}}


def figures(user, cycle):
    return [wings.Figure("看过的表", f"{Visit.objects.filter(version__table__cycle=cycle).count()} 张")]


def sample(school):
    point = RiskPoint.objects.filter(version__table__cycle=school.cycle).first()
    Visit.objects.create(version=point.version, point=point.identity, text="示范巡察")


def facts(cycle):
    rows = Visit.objects.filter(version__table__cycle=cycle).order_by("pk")
    return [
        {
            "version_id": row.version_id,
            "point": row.point,
            "text": row.text,
            "is_done": row.is_done,
            "report": row.report and row.report.sha256,
        }
        for row in rows
    ]


def shown(rows, versions):
    return [row for row in rows if str(row["version_id"]) in versions]


def lines(rows):
    return [(row["text"], "办完" if row["is_done"] else "没有办完") for row in rows]


def of_points(rows):
    return {(row["version_id"], uuid.UUID(row["point"])): {"lock": 7} for row in rows if row["point"]}


def restore(cycle, rows, person, file_of):
    Visit.objects.bulk_create([Visit(**(row | {"report": row["report"] and file_of(row["report"])})) for row in rows])


def reports(rows):
    return [wings.PartFile(f"巡察报告_{row['text']}", "txt", row["report"]) for row in rows if row["report"]]


def papers(rows, school):
    day = timezone.localdate()
    paper = PublicationResult(
        author=school.full_name,
        made_on=day,
        title="巡察清单",
        paragraphs=tuple(row["text"] for row in rows),
        rows=(),
        issuer=school.short_name,
        issued_on=day,
    )
    make = partial(documents.publication_result_pdf, paper)
    return [wings.PartPaper("巡察清单", "巡察清单", datetime.date(2020, 1, 1), rows, make)] if rows else []


WING = wings.Wing(
    name="toywing",
    title="巡察情况",
    words=wings.Words(ToyVerb),
    urls="tests.toywing.urls",
    menu=menu,
    tasks=tasks,
    demands={Action.CONFIRM: hold_back},
    follows={Action.APPROVE: note},
    opened=prepare,
    open_matters=open_matters,
    panels={"deciding": panel, "published": panel, "filling": beside, "reviewing": beside},
    beginnings=beginnings,
    preset=preset,
    guides=lambda category: [f"巡察问{category}"],
    help={"leader": "toywing/help/_leader.html"},
    public_links=links,
    marks=marks,
    filters=filters,
    freeze=[FreezeRule("toy_done", Visit._meta.db_table, "UPDATE", "OLD.is_done", "办完的巡察不能再改。")],
    parts=[
        wings.YearPart(
            "visits",
            "巡察",
            ("事项", "结果"),
            facts,
            shown,
            lines,
            restore,
            papers=papers,
            files=reports,
            points=of_points,
        )
    ],
    figures=figures,
    counts=counts,
    sample=sample,
)
