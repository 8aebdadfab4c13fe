"""Accounts, appointments and roles of a workbook."""

import datetime

from django.contrib.auth.hashers import make_password

from departments import services
from departments.enums import DEPARTMENT_ROLES, SCHOOL_ROLES, Role
from departments.importing import values
from departments.importing.columns import APPOINTMENTS, PEOPLE, ROLES
from departments.importing.lines import Line, Question, State
from departments.importing.work import PRIVILEGED, Right, Work
from departments.models import Appointment, Department, Post, RoleGrant, User
from riskcontrol.text import folded, plain_code

OTHER, SAME = "other", "same"


def import_people(work: Work) -> None:
    """New accounts get a one-time password; an existing one of another name is renamed where it was ticked."""
    for line in work.open_lines(PEOPLE):
        number = line.read("number", plain_code, "")
        name = line.read("name", values.at_most(User, "real_name", tidy=values.person), "")
        department = work.department(line)
        email = line.read("email", values.mail, "")
        if not line.is_open or not work.is_first(line, number, "number"):
            continue
        stored = work.people.get(number)
        if stored is None:
            _ask(work, line, number, name)
            if line.is_open:
                _add_account(work, line, number, name, email, department)
        else:
            _change_account(work, line, stored, name, email, department)


def _ask(work: Work, line: Line, number: str, name: str) -> None:
    """Whether somebody of an equal name is another person: staff numbers tell people apart, names do not."""
    line.state = State.NEW
    equal = [user for user in work.people.values() if folded(user.real_name) == folded(name)]
    if not equal:
        return
    others = "、".join(f"{user.real_name}（工号 {user.staff_number}）" for user in equal)
    answer = work.orders.answers.get(line.name, "")
    line.question = Question(line.name, f"{others}与工号 {number} 的{name}同名，是同一个人吗？", answer)
    if answer == SAME:
        line.question = Question(line.name, line.question.text)
        line.refuse("number", f"是同一个人的，请把工号改成 {equal[0].staff_number}，或勾选“不导入这一行”。")


def _add_account(work: Work, line: Line, number: str, name: str, email: str, department: Department | None) -> None:
    hashed = work.hashes.get(number) or make_password(None)
    made: list[User] = []

    def add() -> None:
        user = services.add_account(number, name, email=email, hashed=hashed, actor=work.actor)
        if department is not None:
            services.grant_role(user, Role.STAFF, department=department, actor=work.actor)
        made.append(user)

    if work.attempt(line, add, {"staff_number": "number", "real_name": "name"}):
        work.people[number] = made[0]
        work.created.append(made[0])
        work.places[number] = str(department or "")


def _change_account(work: Work, line: Line, stored: User, name: str, email: str, department: Department | None) -> None:
    changed = User.objects.get(pk=stored.pk)
    is_renamed = line.note("name", stored.real_name, name)
    has_moved = bool(email) and line.note("email", stored.email, email)
    held = [grant.department for grant in stored.grants.filter(role=Role.STAFF).select_related("department")]
    is_added = department is not None and department not in held
    if is_added:
        line.note("department", "、".join(map(str, held)), department)
        is_added = line.state == State.CHANGED
    if not work.is_taken(line):
        return

    def change() -> None:
        if is_renamed or has_moved:
            changed.real_name, changed.email = name, email or changed.email
            services.save_record(changed, actor=work.actor)
        if is_added:
            services.grant_role(changed, Role.STAFF, department=department, actor=work.actor)

    if work.attempt(line, change, {"staff_number": "number", "real_name": "name"}):
        work.people[changed.staff_number] = changed


def import_appointments(work: Work) -> None:
    """Who holds a post from when to when; by the post, the person, and a term that touches the one that exists."""
    for line in work.open_lines(APPOINTMENTS):
        department = work.department(line)
        post = work.post(line, department)
        user = work.person(line)
        name = line.read("name", values.at_most(Appointment, "holder_name", tidy=values.person), "")
        since, until = line.read("since", values.date), line.read("until", values.date)
        if not name and not line.text("number"):
            line.refuse("name", "请填写任职人姓名，有账号的也可以只写工号。")
        if not line.is_open or post is None or since is None:
            continue
        name = name or (user.real_name if user else "")
        if not work.is_first(line, (post.pk, user.pk if user else folded(name), since), "post"):
            continue
        stored = _stored_term(post, user, name, since, until)
        if stored is None:
            _add_term(work, line, Appointment(post=post, user=user, holder_name=name, since=since, until=until))
        else:
            _change_term(work, line, stored, user, since, until)


def _stored_term(
    post: Post, user: User | None, name: str, since: datetime.date, until: datetime.date | None
) -> Appointment | None:
    """The same person's term on the same post: of the same first day, else one that overlaps."""
    own = [
        term
        for term in post.appointments.all()
        if (term.user_id == user.pk if user and term.user_id else folded(term.holder_name) == folded(name))
    ]
    exact = [term for term in own if term.since == since]
    last = until or datetime.date.max
    touching = [term for term in own if term.since <= last and (term.until is None or term.until >= since)]
    return next(iter([*exact, *touching]), None)


def _add_term(work: Work, line: Line, term: Appointment) -> None:
    work.check_name(line, "name", term.user)
    if not line.is_open:
        return
    line.state = State.NEW
    columns = {"holder_name": "name", "user": "number", "__all__": "until"}
    work.attempt(line, lambda: services.set_appointments(term.post, [term], actor=work.actor), columns)


def _change_term(
    work: Work, line: Line, stored: Appointment, user: User | None, since: datetime.date, until: datetime.date | None
) -> None:
    if line.note("since", stored.since, since):
        stored.since = since
    if until is not None and line.note("until", stored.until, until):
        stored.until = until
    if user is not None and stored.user_id is None and line.note("number", "", user.staff_number):
        stored.user = user
    if work.is_taken(line):
        columns = {"holder_name": "name", "user": "number", "__all__": "until"}
        work.attempt(line, lambda: services.set_appointments(stored.post, [stored], actor=work.actor), columns)


def import_roles(work: Work) -> None:
    """Roles: one that is held stays as it is; a department's other head or leader is a change, to be ticked."""
    given: dict[tuple[int, str], Line] = {}
    for line in work.open_lines(ROLES):
        user = work.person(line)
        role = line.read("role", lambda text: Role(values.one_of(text, Role.choices)))
        department = work.department(line)
        if not line.is_open or user is None or role is None:
            continue
        if not work.is_first(line, (user.pk, role, department.pk if department else None), "number"):
            continue
        if RoleGrant.objects.filter(user=user, role=role, department=department).exists():
            continue
        work.check_name(line, "name", user)
        _check_scope(line, role, department)
        if line.is_open:
            _give(work, line, user, role, department, given)


def _check_scope(line: Line, role: Role, department: Department | None) -> None:
    if role in DEPARTMENT_ROLES and department is None:
        line.refuse("department", f"请填写部门：{role.label}须属于一个部门。")
    if role in SCHOOL_ROLES and department is not None:
        line.refuse("department", f"请把部门留空：{role.label}是全校的角色，不分部门。")


def _give(
    work: Work,
    line: Line,
    user: User,
    role: Role,
    department: Department | None,
    given: dict[tuple[int, str], Line],
) -> None:
    is_own = user.pk == getattr(work.actor, "pk", None)
    columns = {"user": "number", role.value: "number", "__all__": "number" if is_own else "role"}
    if department is not None and not work.places.get(user.staff_number, "-"):
        work.places[user.staff_number] = str(department)
    scope = department or ("所有部门" if role == Role.LEADER else None)
    label = f"{role.label}{f'（{scope}）' if scope else ''}"
    if role in (Role.HEAD, Role.LEADER) and department is not None:
        first = given.setdefault((department.pk, role), line)
        if first is not line:
            line.refuse("role", f"第 {first.row.number} 行已写了{department}的{role.label}，只能有一人。")
            return
        holder = RoleGrant.objects.filter(role=role, department=department).select_related("user").first()
        if holder is not None:
            line.note("name", _person(holder.user), _person(user))
            if not work.is_taken(line):
                work.offered.append(Right(user, label))
            elif work.attempt(line, lambda: services.set_holder(department, role, user, actor=work.actor), columns):
                work.rights.append(Right(user, label))
            return
    line.state = State.NEW
    is_given = work.attempt(
        line, lambda: services.grant_role(user, role, department=department, actor=work.actor), columns
    )
    if is_given and role in PRIVILEGED:
        work.rights.append(Right(user, label))


def _person(user: User) -> str:
    return f"{user.real_name}（{user.staff_number}）"
