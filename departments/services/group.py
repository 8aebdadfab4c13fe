"""附件1: the leadership group of a term, its list and its office director."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction

from departments.enums import GroupPosition
from departments.models import (
    Actor,
    GroupMember,
    LeadershipGroup,
)
from departments.services.records import OWN_ROLE, save_record
from departments.verbs import OrganisationFact, OrganisationVerb
from riskcontrol import audit


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
