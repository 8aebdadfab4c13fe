"""Departments and posts of a workbook: compared with those that exist, added, changed where it was ticked."""

from typing import Any

from departments import services
from departments.enums import DepartmentKind
from departments.importing import values
from departments.importing.columns import DEPARTMENTS, POSTS
from departments.importing.lines import Line, State
from departments.importing.work import Work
from departments.models import Department, Post, PostFunction
from riskcontrol.text import folded

STEP = 10


def import_departments(work: Work) -> None:
    """Those above before those below, in whatever order they stand."""
    for place, line in enumerate(work.lines[DEPARTMENTS.name], start=1):
        line.values = {"order": place * STEP}
    waiting = [line for line in work.open_lines(DEPARTMENTS) if _read_department(work, line)]
    while waiting:
        names = {folded(line.text("name")) for line in waiting}
        ready = [line for line in waiting if not _stands_under(work, line, names)]
        if not ready:
            for line in waiting:
                line.refuse("parent", "上级部门绕成了一圈，请改正。")
            return
        for line in ready:
            _save_department(work, line)
        waiting = [line for line in waiting if line not in ready]


def _read_department(work: Work, line: Line) -> bool:
    name = line.read("name", values.at_most(Department, "name"), "")
    line.values |= {
        "name": name,
        "kind": line.read("kind", lambda text: values.one_of(text, DepartmentKind.choices), values.kind_of(name)),
        "order": line.read("order", values.number, line.values["order"]),
        "is_discipline_office": line.read("is_discipline_office", values.answer, False),
        "duties": line.read("duties", values.at_most(Department, "duties"), ""),
        "active_from": line.read("active_from", values.date),
    }
    return line.is_open and work.is_first(line, folded(name), "name")


def _stands_under(work: Work, line: Line, names: set[str]) -> bool:
    parent = folded(line.text("parent"))
    return bool(parent) and parent in names and parent not in work.departments


def _save_department(work: Work, line: Line) -> None:
    name = folded(line.values["name"])
    stored = work.departments.get(name)
    parent = work.department(line, "parent")
    if not line.is_open:
        return
    of_leaders = line.values["kind"] == DepartmentKind.LEADERS
    named = "kind" if of_leaders else "is_discipline_office" if line.values["is_discipline_office"] else "active_from"
    columns = {"__all__": named}
    if stored is None:
        line.state = State.NEW
        new = Department(parent=parent, **line.values)
        if work.attempt(line, lambda: services.save_department(new, holders={}, actor=work.actor), columns):
            work.departments[name] = new
        return
    if parent is not None and _is_above(stored, parent):
        line.refuse("parent", "上级部门不能是本部门或它的下级部门，请改正。")
        return
    changed = Department.objects.get(pk=stored.pk)
    _apply(line, changed, ("order", "is_discipline_office", "duties", "active_from"))
    if line.text("kind") and line.note("kind", stored.get_kind_display(), DepartmentKind(line.values["kind"]).label):
        changed.kind = line.values["kind"]
    if parent is not None and line.note("parent", stored.parent, parent):
        changed.parent = parent
    if work.is_taken(line) and work.attempt(
        line, lambda: services.save_department(changed, holders={}, actor=work.actor), columns
    ):
        work.departments[name] = changed


def _is_above(department: Department, parent: Department | None) -> bool:
    """Whether a department is its own parent-to-be, or stands somewhere over it."""
    seen: set[int] = set()
    while parent is not None and parent.pk not in seen:
        if parent.pk == department.pk:
            return True
        seen.add(parent.pk)
        parent = parent.parent
    return False


def _apply(line: Line, stored: Any, names: tuple[str, ...]) -> None:
    """Set what the workbook says otherwise; an empty cell says nothing."""
    for name in names:
        if line.text(name) and line.note(name, getattr(stored, name), line.values[name]):
            setattr(stored, name, line.values[name])


def import_posts(work: Work) -> None:
    """Posts with their functions; a function has to be one that the discipline committee keeps."""
    functions = {folded(function.name): function for function in PostFunction.objects.all()}
    places: dict[int, int] = {}
    for line in work.open_lines(POSTS):
        department = work.department(line)
        _read_post(line)
        stored = work.posts.get((department.pk, folded(line.values["name"]))) if department else None
        held = set(stored.functions.all()) if stored else set()
        wanted = _functions(line, functions, held)
        if department is None or not line.is_open:
            continue
        places[department.pk] = places.get(department.pk, 0) + STEP
        line.values.setdefault("order", places[department.pk])
        if not work.is_first(line, (department.pk, folded(line.values["name"])), "name"):
            continue
        if stored is None:
            _add_post(work, line, department, wanted)
        else:
            _change_post(work, line, stored, wanted)


def _read_post(line: Line) -> None:
    line.values = {
        "name": line.read("name", values.at_most(Post, "name"), ""),
        "is_key": line.read("is_key", values.answer, False),
        "duties": line.read("duties", values.at_most(Post, "duties"), ""),
        "active_from": line.read("active_from", values.date),
    }
    order = line.read("order", values.number)
    if order is not None:
        line.values["order"] = order


def _functions(line: Line, known: dict[str, PostFunction], held: set[PostFunction]) -> list[PostFunction]:
    """The functions that a cell lists; a retired one only where the post has it already."""
    found, unknown, retired = [], [], []
    for part in values.several(line.text("functions")):
        function = known.get(folded(part))
        if function is None:
            unknown.append(part)
        elif function.is_retired and function not in held:
            retired.append(part)
        else:
            found.append(function)
    if unknown:
        names = "、".join(function.name for function in known.values() if not function.is_retired)
        advice = f"请从这些里选：{names}" if names else "还没有任何职能，请先由纪委审核员建立"
        line.refuse("functions", f"没有“{'、'.join(unknown)[:40]}”这项职能，{advice}。")
    if retired:
        line.refuse("functions", f"“{'、'.join(retired)[:40]}”已停用，不能再选，请去掉。")
    return sorted(set(found), key=lambda function: (function.order, function.pk))


def _add_post(work: Work, line: Line, department: Department, functions: list[PostFunction]) -> None:
    line.state = State.NEW
    new = Post(department=department, **line.values)
    if work.attempt(line, lambda: services.save_post(new, functions=functions, actor=work.actor)):
        work.posts[(department.pk, folded(new.name))] = new


def _change_post(work: Work, line: Line, stored: Post, wanted: list[PostFunction]) -> None:
    changed = Post.objects.get(pk=stored.pk)
    held = list(stored.functions.all())
    _apply(line, changed, ("order", "is_key", "duties", "active_from"))
    functions = held
    if wanted and set(wanted) != set(held) and line.note("functions", _listed(held), _listed(wanted)):
        functions = wanted
    if work.is_taken(line):
        work.attempt(line, lambda: services.save_post(changed, functions=functions, actor=work.actor))


def _listed(functions: list[PostFunction]) -> str:
    return "、".join(function.name for function in functions)
