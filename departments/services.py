"""Every write to the organisation, each one audited with old and new values."""

import datetime
import secrets
import string
from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone

from departments import notices, taken_functions
from departments.accounts import passwords, second_factor, sessions
from departments.enums import GroupPosition, Role
from departments.models import (
    Actor,
    Appointment,
    Department,
    GroupMember,
    LeadershipGroup,
    Post,
    PostFunction,
    PrincipalTerm,
    RoleGrant,
    School,
    User,
)
from departments.permissions import OrganisationAction, require_still
from departments.verbs import OrganisationFact, OrganisationVerb, verb_of
from riskcontrol import audit
from riskcontrol.pinyin import PinyinField

ONE_TIME_ALPHABET = "".join(sorted(set(string.ascii_letters + string.digits) - set("0O1lI")))


OWN_ROLE = (
    "不能给自己增加角色，请由另一位系统管理员办理；只有一位系统管理员的，请先为另一位同志建立系统管理员账号，由其办理。"
)
OWN_ADMINISTRATION = "不能取消自己的系统管理员角色，请由另一位系统管理员办理。"
OWN_ACCOUNT = "不能停用自己的账号，请由另一位系统管理员办理。"
OWN_SIGN_IN = "自己的密码请在右上方的“我的账号”里修改。"
OWN_CODE = "自己的验证器请在右上方的“我的账号”里办理，丢失的请由另一位系统管理员取消。"


def require_other(user: User | None, actor: Actor | None, reason: str) -> None:
    """ValidationError where somebody would do this to the own account; the console has no actor."""
    if user is not None and actor is not None and user.pk == getattr(actor, "pk", None):
        raise ValidationError(reason)


def save_record(
    instance: models.Model, *, actor: Actor | None, related: dict[str, Iterable[Any]] | None = None
) -> models.Model:
    """Create or change one row (and its many-to-many `related`), with one audit entry of what changed.

    The instance is validated in full, constraints included: django.core.exceptions.ValidationError names the fields.
    """
    fields = _told_fields(instance)
    with transaction.atomic():
        before: dict[str, Any] = {}
        if instance.pk is not None:
            stored = type(instance)._default_manager.select_for_update().filter(pk=instance.pk).first()
            if stored is not None:
                before = audit.field_values(stored, *fields) | _related_values(stored, related)
        instance.full_clean()
        if isinstance(instance, User) and before:
            instance.former_names = _former_names(stored, instance)
        _save_or_refuse(instance)
        for name, values in (related or {}).items():
            getattr(instance, name).set(values)
        after = audit.field_values(instance, *fields) | _related_values(instance, related)
        changes = audit.changed_fields(before, after)
        if changes:
            audit.record(
                verb_of("change" if before else "create", instance), actor=actor, target=instance, detail=changes
            )
    return instance


def _save_or_refuse(instance: models.Model) -> None:
    """Save a row that was found sound. Where somebody saved the same name after that, and in the same instant, the
    database refuses; asked once more, the model says so in words (ValidationError)."""
    try:
        with transaction.atomic():
            instance.save(force_insert=instance._state.adding)  # the school has its key beforehand: never an update
    except IntegrityError:
        instance.full_clean()
        raise


def _former_names(stored: Any, user: User) -> list[list[str]]:
    """The names an account had, with the one it loses now."""
    if stored.real_name == user.real_name:
        return list(stored.former_names)
    return [*stored.former_names, [stored.real_name, timezone.now().astimezone(datetime.UTC).isoformat()]]


def _told_fields(instance: models.Model) -> list[str]:
    """What an entry of the trail says of a row: neither passwords nor what follows from another field."""
    return [
        field.name
        for field in instance._meta.concrete_fields
        if not field.primary_key
        and field.name not in ("password", "former_names")
        and not isinstance(field, PinyinField)
    ]


def _related_values(instance: models.Model, related: dict[str, Iterable[Any]] | None) -> dict[str, list[str]]:
    return {name: sorted(str(item) for item in getattr(instance, name).all()) for name in (related or {})}


def remove_record(instance: models.Model, *, actor: Actor | None) -> None:
    """Remove a row that nothing refers to; ProtectedError where something does."""
    fields = _told_fields(instance)
    with transaction.atomic():
        detail = {name: [value, None] for name, value in audit.field_values(instance, *fields).items()}
        audit.record(verb_of("remove", instance), actor=actor, target=instance, detail=detail)
        instance.delete()


def close_department(
    department: Department, *, on: datetime.date, successor: Department | None = None, actor: Actor | None
) -> Department:
    """End a department's active period, and with it that of its posts; its tables and history stay. The head of the
    department that takes over (`successor`) is told."""
    with transaction.atomic():
        closed = list(department.posts.filter(Q(active_to__isnull=True) | Q(active_to__gt=on)))
        ending = [post for post in closed if post.active_to is None]
        for post in closed:
            post.active_to = on
            save_record(post, actor=actor)
        taken_functions.tell_closed(ending, on, actor)
        department.active_to, department.successor = on, successor
        save_record(department, actor=actor)
        if successor is not None:
            text = f"{department}自{on:%Y年%-m月%-d日}起停用，由{successor}接管。填报防控表时可以逐条采纳它的风险点。"
            notices.notify(text=text, heads=[successor], actor=actor, target=department)
    return department


def set_appointments(post: Post, appointments: Iterable[Appointment], *, actor: Actor | None) -> None:
    """Save each given appointment of a post (new or changed); nobody is removed, a leave is an `until` date."""
    with transaction.atomic():
        for appointment in appointments:
            appointment.post = post
            save_record(appointment, actor=actor)


def save_post(
    post: Post, *, functions: Iterable[PostFunction], appointments: Iterable[Appointment] = (), actor: Actor | None
) -> Post:
    """Save a post with its functions and the given appointments, all or nothing.

    The functions are the committee's (set_functions); the administrator may tick them along with a post, and the
    committee is told when one is taken off, when the post is closed, and when one is made anew without them.
    """
    with transaction.atomic():
        held = Post.objects.select_for_update().filter(pk=post.pk).first()
        before = held.floors if held else []
        if held is not None and held.active_to is None and post.active_to is not None:
            taken_functions.tell_closed([held], post.active_to, actor)
        save_record(post, actor=actor, related={"functions": functions})
        if held is None:
            taken_functions.tell_made_anew(post, actor)
        else:
            taken_functions.tell_taken(post, before, actor)
        set_appointments(post, appointments, actor=actor)
    return post


def set_functions(post: Post, functions: Iterable[PostFunction], *, actor: Actor | None) -> None:
    """Save which functions a post has and nothing else of it; the committee is told of those taken off."""
    with transaction.atomic():
        held = Post.objects.select_for_update().get(pk=post.pk)
        related: dict[str, Iterable[Any]] = {"functions": list(functions)}
        floors, before = held.floors, _related_values(held, related)
        held.functions.set(related["functions"])
        changes = audit.changed_fields(before, _related_values(held, related))
        if changes:
            audit.record(OrganisationVerb.POST_CHANGE, actor=actor, target=held, detail=changes)
            taken_functions.tell_taken(held, floors, actor)


def save_department(department: Department, *, holders: dict[Role, User | None], actor: Actor | None) -> Department:
    """Save a department and who its head and its leader in charge are, all or nothing.

    Where a closed one gets another department that takes over, the heads of both are told.
    """
    with transaction.atomic():
        stored = Department.objects.select_related("successor").filter(pk=department.pk).first()
        save_record(department, actor=actor)
        _tell_successors(department, stored.successor if stored else None, actor)
        for role, user in holders.items():
            set_holder(department, role, user, actor=actor)
    return department


def _tell_successors(department: Department, former: Department | None, actor: Actor | None) -> None:
    told = [row for row in (department.successor, former) if row is not None]
    if former == department.successor or not told:
        return
    text = f"{department}已停用，接管部门由{former or '未定'}改为{department.successor or '未定'}。"
    offered = f"填报防控表时可以由{department.successor}逐条采纳它的风险点。" if department.successor else ""
    notices.notify(text=text + offered, heads=told, actor=actor, target=department)


def set_holder(department: Department, role: Role, user: User | None, *, actor: Actor | None) -> None:
    """Make a person the only holder of a role for a department (head, leader in charge), or nobody."""
    with transaction.atomic():
        held = list(department.grants.select_for_update().filter(role=role))
        for grant in held:
            if grant.user_id != getattr(user, "pk", None):
                revoke_role(grant, actor=actor)
        if user is not None and all(grant.user_id != user.pk for grant in held):
            try:
                require_other(user, actor, OWN_ROLE)
            except ValidationError as error:
                raise ValidationError({role.value: error.messages}) from error
            grant_role(user, role, department=department, actor=actor)


def one_time_password() -> str:
    """Twelve random letters and digits that cannot be misread; shown once, changed at the next login."""
    return "".join(secrets.choice(ONE_TIME_ALPHABET) for _ in range(12))


def create_account(
    staff_number: str, real_name: str, *, actor: Actor | None, password: str | None = None
) -> tuple[User, str]:
    """Create an account with a one-time password, returned once and kept as a hash, to be changed at login."""
    password = password or one_time_password()
    return add_account(staff_number, real_name, hashed=make_password(password), actor=actor), password


def add_account(staff_number: str, real_name: str, *, hashed: str, actor: Actor | None) -> User:
    """Create an account whose one-time password was hashed before: that takes too long for many within a lock."""
    user = User(staff_number=staff_number, real_name=real_name, must_change_password=True, password=hashed)
    save_record(user, actor=actor)
    return user


def reset_password(user: User, *, actor: Actor | None) -> str:
    """Give an account a new one-time password; its owner is told of it at each login for a month (reset_of)."""
    require_other(user, actor, OWN_SIGN_IN)
    password = one_time_password()
    with transaction.atomic():
        user = User.objects.select_for_update().get(pk=user.pk)
        _set_password(user, password, must_change=True)
        sessions.end_sessions(user)
        audit.record(OrganisationVerb.RESET_PASSWORD, actor=actor, target=user)
    return password


def reissue_passwords(given: Mapping[User, str], *, actor: Actor | None) -> list[User]:
    """Replace the one-time passwords of accounts that never logged in by others, given as hashes; says whose.

    For slips that were lost. Who logged in meanwhile, or was disabled, keeps what there is; nothing else is ended.
    """
    done = []
    with transaction.atomic():
        waiting = never_logged_in().select_for_update().in_bulk([user.pk for user in given])
        require_still(actor, OrganisationAction.KEEP)  # hashing and printing took a while
        for user, hashed in given.items():
            found = waiting.get(user.pk)
            if found is None or found.pk == getattr(actor, "pk", None):
                continue
            found.password, found.password_changed_at = hashed, timezone.now()
            found.save(update_fields=["password", "password_changed_at"])
            audit.record(OrganisationVerb.RESET_PASSWORD, actor=actor, target=found, detail={"方式": "密码条"})
            done.append(user)
    return done


def never_logged_in() -> models.QuerySet[User]:
    """The accounts whose one-time password was never used."""
    return User.objects.filter(is_active=True, must_change_password=True, last_login__isnull=True)


def change_own_password(user: User, password: str, *, session_key: str | None = None) -> User:
    """Set the password that a person chose; a one-time password has then done its work.

    All sessions of the person end but the one with `session_key`.
    """
    with transaction.atomic():
        _set_password(user, password, must_change=False)
        sessions.end_sessions(user, keep=session_key or "")
        audit.record(OrganisationVerb.CHANGE_PASSWORD, actor=user, target=user)
    return user


def _set_password(user: User, password: str, *, must_change: bool) -> None:
    passwords.retire_password(user)
    user.set_password(password)
    user.must_change_password = must_change
    user.password_changed_at = timezone.now()
    user.save(update_fields=["password", "must_change_password", "password_changed_at"])


def end_own_sessions(user: User, *, keep: str | None = None, only: str | None = None) -> int:
    """End other sessions of one's own: all but that with the key `keep`, or the one listed as `only`; says how many."""
    with transaction.atomic():
        count = sessions.end_sessions(user, keep=keep, only=only)
        if count:
            audit.record(OrganisationVerb.END_SESSIONS, actor=user, target=user, detail={"个数": count})
    return count


def remove_second_factor(user: User, *, actor: Actor | None) -> None:
    """Take a lost authenticator away; whoever found it may have a session, so all of them end."""
    require_other(user, actor, OWN_CODE)
    with transaction.atomic():
        second_factor.remove(user, actor=actor)
        sessions.end_sessions(user)


def set_active(user: User, *, is_active: bool, actor: Actor | None) -> User:
    """Enable or disable an account; the sessions of a disabled one end at once."""
    if not is_active:
        require_other(user, actor, OWN_ACCOUNT)
    with transaction.atomic():
        user.is_active = is_active
        save_record(user, actor=actor)
        if not is_active:
            sessions.end_sessions(user)
    return user


def grant_role(user: User, role: Role, *, department: Department | None = None, actor: Actor | None) -> RoleGrant:
    """Give a person a role. ValidationError where another one holds a role of which there is only one, and for oneself:
    who keeps the accounts would else take any right alone."""
    require_other(user, actor, OWN_ROLE)
    grant = RoleGrant(user=user, role=role, department=department)
    with transaction.atomic():
        save_record(grant, actor=actor)
        if role == Role.PRINCIPAL and not user.principal_terms.filter(until__isnull=True).exists():
            save_record(PrincipalTerm(user=user, since=timezone.localdate()), actor=actor)
    return grant


def revoke_role(grant: RoleGrant, *, actor: Actor | None) -> None:
    """Take a role away; what was done with it stays recorded. The person's sessions end: no open page shows it on.

    An own role can be given up, but not that of keeping the accounts.
    """
    if grant.role == Role.ADMIN:
        require_other(grant.user, actor, OWN_ADMINISTRATION)
    with transaction.atomic():
        remove_record(grant, actor=actor)
        if grant.role == Role.PRINCIPAL:
            _end_term(grant.user, actor)
        if grant.user_id != getattr(actor, "pk", None):
            sessions.end_sessions(grant.user)


def _end_term(user: User, actor: Actor | None) -> None:
    """Write down that the person is the principal no more; one from before they were kept began on no known day."""
    today = timezone.localdate()
    term = user.principal_terms.filter(until__isnull=True).first() or PrincipalTerm(user=user)
    term.until = max(today, term.since or today)
    save_record(term, actor=actor)


def save_term(term: PrincipalTerm, *, actor: Actor | None) -> PrincipalTerm:
    """Correct the days of a term, or add one from before. ValidationError where its end and the role don't agree."""
    holds = term.user_id is not None and term.user.grants.filter(role=Role.PRINCIPAL).exists()
    if term.until is None and not holds and term.user_id is not None:
        raise ValidationError({"until": "这个人现在没有单位主要负责人的角色，请填写离任日期。"})
    if term.until is not None and holds and not term.user.principal_terms.exclude(pk=term.pk).filter(until=None):
        raise ValidationError({"until": "这个人现在是单位主要负责人。离任的，请先在“账号”里取消角色。"})
    save_record(term, actor=actor)
    return term


def set_group_members(group: LeadershipGroup, members: Iterable[GroupMember], *, actor: Actor | None) -> None:
    """Replace the list of 附件1 by these members, in this order; the office director is kept by name."""
    with transaction.atomic():
        members = list(members)
        _require_other_deputies(group, members, actor)
        director = group.office_director.person_name if group.office_director else ""
        before = _printed_lines(group)
        if group.office_director_id:
            group.office_director = None
            group.save(update_fields=["office_director"])
        group.members.all().delete()
        for order, member in enumerate(members, start=1):
            member.pk, member.group, member.order = None, group, order
            member.full_clean()
            member.save()
            if member.person_name == director:
                group.office_director = member
        group.save(update_fields=["office_director"])
        after = _printed_lines(group)
        if before != after:
            audit.record(
                OrganisationVerb.GROUP_LIST,
                actor=actor,
                target=group,
                detail={OrganisationFact.MEMBERS: [before, after]},
            )


def _require_other_deputies(group: LeadershipGroup, members: list[GroupMember], actor: Actor | None) -> None:
    """A 副组长 reviews the discipline office's own table: that is a right, which nobody gives to the own account."""
    own = [member for member in members if member.position == GroupPosition.DEPUTY and member.user_id]
    key = getattr(actor, "pk", None)
    was = group.members.filter(position=GroupPosition.DEPUTY, user_id=key).exists() if key else True
    if not was and any(member.user_id == key for member in own):
        raise ValidationError({GroupPosition.DEPUTY.value: OWN_ROLE})


def _printed_lines(group: LeadershipGroup) -> list[str]:
    members = group.members.select_related("user")
    return [f"{member}{f'（{member.user.staff_number}）' if member.user else ''}" for member in members]


def save_group(
    group: LeadershipGroup, *, members: Iterable[GroupMember], director: str, actor: Actor | None
) -> LeadershipGroup:
    """Save a term of the group, its list in printed order, and the office director by name ("" for none)."""
    with transaction.atomic():
        save_record(group, actor=actor)
        set_group_members(group, members, actor=actor)
        set_office_director(
            group, group.members.filter(person_name=director).first() if director else None, actor=actor
        )
    return group


def set_office_director(group: LeadershipGroup, member: GroupMember | None, *, actor: Actor | None) -> None:
    """Name the office director, who is also a member (T15)."""
    group.office_director = member
    save_record(group, actor=actor)


def ensure_school(*, actor: Actor | None = None, **values: Any) -> School:
    """The school's one row, created with these values where it is missing."""
    school = School.objects.filter(pk=1).first()
    if school is None:
        school = School(pk=1, **values)
        save_record(school, actor=actor)
    return school
