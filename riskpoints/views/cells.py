"""The sheet written in like a table: one cell of a row is saved by itself, and the page gets what changed by it.

A form that stands open in the sheet is answered with the whole page; here the page stays, and the answer names the
parts of it that are new (an element's id and its HTML), or says what is wrong. Without the script's header these
addresses answer as every small button of the sheet does.
"""

from django.core.exceptions import ValidationError
from django.http import HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.template.context import Context
from django.template.loader import render_to_string
from django.urls import reverse

from departments.accounts import typed
from riskcontrol.text import is_blank
from riskcontrol.web import partials
from riskpoints.forms import cells
from riskpoints.importing.form_sheet import untagged
from riskpoints.importing.values import level_of
from riskpoints.models import Measure, RiskPoint
from riskpoints.models.table import FrozenError
from riskpoints.permissions import writes
from riskpoints.tables import editing, levelling
from riskpoints.views.access import draft_for, only_posts, version_for
from riskpoints.views.editing import CONFLICT, UNPROCESSABLE, category_of, change, is_own_change, point_beside
from riskpoints.views.opening import choices_of, form_of, measure_form, new_form
from riskpoints.views.sheet import VersionSheet

CELL_HEADER = "X-Cell"
GONE = "这一项已被{}删除，您写的还在这里。"
CHANGED = "这一项已被{}修改，请选一种。"
REMOVED = "这一项已被删除。"
LOOK_AGAIN = "这一项刚才被修改过，下面是现在的内容。请看过后再选。"
MEANWHILE = {True: "您在另一个页面", False: "他人"}


class Cell:
    """One cell of a row (`row` None: of a new one): which field was sent, how it is saved, whose form it is of."""

    kind = ""
    others: tuple[str, ...] = ()

    def __init__(self, request, version, row):
        self.request, self.version, self.row = request, version, row
        self.category = category_of(request, version, row)
        self.may = writes(request.user, version.table)
        names = [name for name in self.others if row is not None and name in request.POST]
        self.name = names[0] if names else "text"
        self.form = cells.CellForm(request.POST, self.name, self.field())

    @property
    def form_address(self):
        """Where the row's whole form is sent: what is typed here and not saved yet is kept for it."""
        name = f"riskpoints:{self.kind}" if self.row else f"riskpoints:{self.kind}_new"
        return reverse(name, args=[self.version.pk, *([self.row.pk] if self.row else [])])

    def save(self):
        """The saved row. Raises what the services of editing.py raise; ValidationError where the value is wrong."""
        editing.require_draft(self.version)
        if not self.form.is_valid():
            raise ValidationError([text for texts in self.form.errors.values() for text in texts])
        data = self.form.cleaned_data
        state = {"lock": data["lock"]} if self.row else {"token": data["token"]}
        return self.write(data[self.name], state | {"actor": self.request.user})

    def field(self):
        """The form field of what was sent."""
        raise NotImplementedError

    def write(self, value, state):
        """Save the value through the services of the sheet; `state` says what its writer saw, and who that is."""
        raise NotImplementedError

    def whole_form(self):
        """The unbound form of the whole row."""
        raise NotImplementedError


class PointCell(Cell):
    """The text of a 风险点, its post, or its square of likelihood and harm."""

    kind, others = "point", ("post", "square")

    def field(self):
        if self.name == "square":
            return cells.square_field()
        if self.name == "post":
            posts = choices_of(self.version, self.row, self.may)["posts"]
            return cells.post_field(posts, is_whole=self.may(None))
        return cells.text_field(RiskPoint)

    def write(self, value, state):
        if self.name == "square":
            return levelling.set_level(self.row, value, **state)
        if self.name == "post":
            return levelling.set_post(self.row, value, **state)
        values = {"text": value}
        if self.row is None:
            values |= {"category": self.category} | self.first_post | self.named_at_the_end(value)
        return editing.save_point(self.version, values, point=self.row, **state)

    @property
    def first_post(self):
        """A new point is of no post yet; a leader's own (R53) lies on the own post at once, the first where there are
        two."""
        return {} if self.may(None) else {"post": choices_of(self.version, may=self.may)["posts"].first()}

    def named_at_the_end(self, text):
        """A new point's post and its proposed level where it ends with them as in lists: 采购不询价（采购员，一级）.

        What names no post of the department stays part of the text.
        """
        body, name, level = untagged(text)
        posts = choices_of(self.version, may=self.may)["posts"]
        post = next((post for post in posts if post.name == name), None) if name and body else None
        return {"text": body, "post": post, "proposed_level": level_of(level)} if post else {}

    def whole_form(self):
        if self.row is None:
            return new_form(self.version, "new", self.category, may=self.may)
        return form_of(self.version, "point", self.row, self.may)


class MeasureCell(Cell):
    """The text of a 防范措施, or its stage; a new one answers the point that it stands beside."""

    kind, others = "measure", ("stage",)

    @property
    def points(self):
        if self.row is not None:
            return list(self.row.points.all())
        beside = point_beside(self.request, self.version, self.category)
        return [beside] if beside else []

    def field(self):
        return cells.stage_field() if self.name == "stage" else cells.text_field(Measure)

    def write(self, value, state):
        values = {"category": self.category, self.name: value}
        return editing.save_measure(self.version, values, points=self.points, measure=self.row, **state)

    def whole_form(self):
        if self.row is not None:
            return form_of(self.version, "measure", self.row, self.may)
        initial = {"points": [point.pk for point in self.points]}
        return measure_form(self.version, self.category, initial=initial, may=self.may)


@only_posts
def point(request, version_id, point_id=None):
    """A cell of a point, or the text of a new one."""
    version = draft_for(request.user, version_id)
    rows = version.points.select_related("post", "version__table")
    return answer(request, version, PointCell, point_id, rows)


@only_posts
def measure(request, version_id, measure_id=None):
    """A cell of a measure, or the text of a new one."""
    version = draft_for(request.user, version_id)
    return answer(request, version, MeasureCell, measure_id, version.measures.all())


def answer(request, version, kind, key, rows):
    """Save the cell, or keep what is typed so far: the parts of the page that are new then, or what is wrong."""
    stored = None if key is None else rows.filter(pk=key).first()
    if stored is not None:
        editing.require_own(version, editing.posts_of(stored), actor=request.user)
    if typed.DRAFT_HEADER in request.headers:
        return keep(request, kind(request, version, stored))
    if CELL_HEADER not in request.headers:
        return press(request, version, kind, key, stored)
    if key is not None and stored is None:
        return conflict(request, version, kind.kind, None)
    cell = kind(request, version, stored)
    typed.forget(request.user, cell.form_address)
    try:
        row = cell.save()
    except ValidationError as error:
        return JsonResponse({"wrong": " ".join(error.messages)}, status=UNPROCESSABLE)
    except FrozenError as error:
        return JsonResponse({"wrong": str(error)}, status=CONFLICT)
    except editing.ConflictError as error:
        return conflict(request, version, cell.kind, error.stored)
    return JsonResponse({"row": f"{cell.kind}-{row.pk}", "parts": parts(request, version, cell.category)})


def press(request, version, kind, key, stored):
    """The answer to a choice that was made without the script: the sheet, at the row."""

    def write():
        if key is not None and stored is None:
            raise ValidationError(REMOVED)
        try:
            kind(request, version, stored).save()
        except editing.ConflictError:
            raise ValidationError(LOOK_AGAIN) from None

    return change(request, version, f"{kind.kind}-{key}" if key else "", write)


def conflict(request, version, kind, stored):
    """Both texts, to choose one: `lock` is the state that the writer has seen then; a removed row has none."""
    who = MEANWHILE[is_own_change(request, kind, stored)]
    answered = {"parts": parts(request, version, category_of(request, version, stored))}
    if stored is None:
        answered |= {"wrong": GONE.format(who), "gone": True}
    else:
        answered |= {"wrong": CHANGED.format(who), "stored": stored.text, "lock": stored.lock}
        answered["row"] = f"{kind}-{stored.pk}"
    return JsonResponse(answered, status=CONFLICT)


def keep(request, cell):
    """Keep what is typed into the cell as part of the row's whole form, where its writer finds it again."""
    text = request.POST.get("text", "")
    if is_blank(text):
        typed.forget(request.user, cell.form_address)
        return HttpResponse(status=204)
    carried = {name: request.POST[name] for name in ("lock", "token") if request.POST.get(name)}
    data = cells.as_sent(cell.whole_form(), text=text, **carried)
    data["category"] = cell.category
    return typed.kept_for(request.user, cell.form_address, data)


def parts(request, version, category):
    """What of the page is new once a row of this category was saved: by id, the HTML of each element."""
    sheet = VersionSheet(version_for(request.user, version.pk), request.user)
    # Without the request: what stands around the page (the menu with its counts) is none of these parts.
    context = {"sheet": sheet, "version": sheet.version, "opened": None, "csrf_token": get_token(request)}
    item = next(item for item in sheet.rows if item.row.value == category)
    plain, looped = {"progress": "_progress", "foot": "_foot", "tabs": "_tabs"}, {f"rows-{category}": "_category"}
    if not version.table.is_school:
        plain, looped = plain | {"level-cell": "_level_cell"}, looped | {"grid": "_grid"}
    made = {name: render_to_string(f"riskpoints/tables/{found}.html", context) for name, found in plain.items()}
    values = Context(context | {"item": item})
    return made | {
        name: partials.rendered(f"riskpoints/tables/{found}.jinja.html", values) for name, found in looped.items()
    }
