"""The one form that stands open in the sheet: which, about what, and what somebody else saved meanwhile."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from departments.models import Post
from riskcontrol.web.contrasts import Contrast, contrasts
from riskcontrol.web.query import PLAIN_NUMBER
from riskpoints import levels
from riskpoints.content.content import TableContent
from riskpoints.content.criteria import harm_criteria
from riskpoints.forms.rows import HeadForm, MeasureForm, PointForm
from riskpoints.forms.statements import ExemptionForm
from riskpoints.models import RiskPoint, TableVersion
from riskpoints.references.powers import queries as powers
from riskpoints.references.regulations import queries as regulations
from riskpoints.tables import co_departments, editing
from riskpoints.years import suggesting


@dataclass
class Opened:
    """An open form: `key` is a row's pk or a category, `row` what is changed or what a new measure answers.

    `is_own`: what was saved meanwhile was saved by the same person, on another page.
    """

    kind: str
    key: str
    form: Any
    row: Any = None
    is_conflict: bool = False
    is_own: bool = False
    contrasts: list[Contrast] = field(default_factory=list)

    @property
    def returns_to(self) -> str:
        """The element to come back to when the form is given up."""
        if self.kind in ("new", "newmeasure"):
            return f"point-{self.row.pk}" if self.row else f"tools-{self.key}"
        return f"{self.kind}-{self.key}" if self.key else self.kind

    def contrast_with(self, version: TableVersion, stored: Any) -> None:
        """Somebody else saved (None: removed) it meanwhile: show both, and let the next save overwrite knowingly."""
        self.is_conflict = True
        if stored is None:
            self.kind = {"point": "new", "measure": "newmeasure"}.get(self.kind, self.kind)
            self.key = self.row.category if self.row else self.key
            self.row = None
        else:
            saved = form_of(version, self.kind, stored)
            self.contrasts = contrasts(self.form, saved)
            self.form.renew("lock", saved.initial["lock"])


# Whether the rows of a post (None: of no post) are this person's to write; see permissions.writes.
Hand = Callable[[int | None], bool]


def everything(post: int | None) -> bool:
    """The hand of whoever writes all of a table."""
    return True


def open_form(
    version: TableVersion, loaded: TableContent, anchor: str, post: str = "", source: str = "", may: Hand = everything
) -> Opened | None:
    """The unbound form that `?open=` names; None where it names nothing, or nothing that is this person's to write. A
    new point has its `post` chosen already, and begins with what a wing fills in (`source`)."""
    kind, _, key = anchor.partition("-")
    if kind == "head":
        return Opened("head", "", form_of(version, "head", version)) if may(None) else None
    if kind in ("new", "newmeasure") and key in version.table.categories.values:
        return Opened(kind, key, new_form(version, kind, key, post=post, source=source, may=may))
    if not PLAIN_NUMBER.fullmatch(key):
        return None
    if kind == "post":
        return _open_exemption(loaded, int(key)) if may(int(key)) else None
    rows: list[Any] = loaded.measures if kind in ("measure", "removemeasure") else loaded.points
    row = next((row for row in rows if row.pk == int(key)), None)
    if row is None or not all(map(may, editing.posts_of(row))):
        return None
    if kind == "measurefor":
        form = measure_form(version, row.category, initial={"points": [row.pk]}, may=may)
        return Opened("newmeasure", row.category, form, row)
    if kind in ("point", "removepoint", "movepoint", "measure", "removemeasure"):
        form = form_of(version, kind.removeprefix("remove").removeprefix("move"), row, may)
        return Opened(kind, key, form, row)
    return None


def _open_exemption(loaded: TableContent, post_id: int) -> Opened | None:
    post = next((post for post in loaded.posts if post.pk == post_id), None)
    if post is None or post.pk in {point.post_id for point in loaded.points}:
        return None
    reason = next((item.reason for item in loaded.exemptions if item.post_id == post.pk), "")
    return Opened("post", str(post.pk), ExemptionForm(initial={"reason": reason}), post)


def form_of(version: TableVersion, kind: str, row: Any, may: Hand = everything) -> Any:
    """The unbound form of what is stored: the head of a version, a point or a measure."""
    if kind == "head":
        return HeadForm(version=row)
    if kind == "point":
        return PointForm(version=version, **choices_of(version, row, may), point=row)
    return measure_form(version, row.category, measure=row, may=may)


def measure_form(
    version: TableVersion, category: str, *args: Any, measure: Any = None, may: Hand = everything, **kwargs: Any
) -> MeasureForm:
    """The form of a measure, with the points it may answer and the regulations it may rest on."""
    cited = [row.pk for row in measure.regulations.all()] if measure is not None else []
    basis = measure.basis if measure is not None else ""
    offered = regulations.offered(cited=cited, basis=basis, department=version.table.department_id)
    points = points_of(version, category, may)
    return MeasureForm(*args, points=points, regulations=offered, measure=measure, is_whole=may(None), **kwargs)


def new_form(
    version: TableVersion, kind: str, category: str, *, post: str = "", source: str = "", may: Hand = everything
) -> Any:
    """The form of a new point or measure, empty or as a wing fills it in."""
    if kind == "newmeasure":
        return measure_form(version, category, may=may)
    initial = {"post": post} if PLAIN_NUMBER.fullmatch(post) and not version.table.is_school else {}
    preset = suggesting.preset(version, category, source)
    return PointForm(version=version, **choices_of(version, may=may), category=category, initial=initial, preset=preset)


def post_choices(version: TableVersion) -> Any:
    """The active posts of the table's department."""
    return Post.objects.active_on().filter(department_id=version.table.department_id)


def choices_of(version: TableVersion, point: RiskPoint | None = None, may: Hand = everything) -> dict[str, Any]:
    """What a point may be of: the active posts of the table's department that are this person's to write, perhaps none
    of them, its filed powers with their steps; the departments that may cooperate; and what the steps of harm mean."""
    posts = post_choices(version)
    if version.table.is_leaders:
        posts = posts.filter(pk__in=[post.pk for post in posts if may(post.pk)])
    return {
        "posts": posts,
        "powers": list(powers.filed_of(version.table.department_id)),
        "departments": co_departments.names_for(version, point),
        "criteria": harm_criteria(version),
        "is_whole": may(None),
    }


def points_of(version: TableVersion, category: str, may: Hand = everything) -> Any:
    """The points of one row, for a measure to answer."""
    points = version.points.filter(category=category).order_by("order", "id")
    if version.table.is_leaders:
        points = points.filter(pk__in=[point.pk for point in points if may(point.post_id)])
    return points


def ruling_of(values: dict[str, Any]) -> levels.Ruling:
    """What the rule says for the values of a form that is not saved yet."""
    post = values.get("post")
    return levels.rule(values.get("likelihood"), values.get("harm"), post.floors if post else ())


def ruling_context(opened: Opened) -> dict[str, Any]:
    """The ruling beside an open point's form, and the level that stands chosen in it."""
    form = opened.form
    if form.is_bound:
        form.is_valid()
        ruling, chosen = ruling_of(form.cleaned_data), form.data.get("proposed_level")
    else:
        point: RiskPoint | None = opened.row
        ruling = ruling_of(_preset(form) if point is None else vars(point) | {"post": point.post})
        chosen = point.proposed_level if point is not None else ruling.computed if form.preset is not None else None
    return {"ruling": ruling, "chosen": int(chosen) if str(chosen or "") in ("1", "2", "3") else None}


def _preset(form: PointForm) -> dict[str, Any]:
    posts: Any = form.fields.get("post")
    key = form.initial.get("post")
    scales = {name: form.initial.get(name) for name in ("likelihood", "harm")}
    return scales | ({"post": posts.queryset.filter(pk=key).first()} if posts and key else {})
