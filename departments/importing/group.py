"""领导小组 of a workbook: each term with its list, compared with the one of its name, which loses nobody."""

from django.core.exceptions import ValidationError

from departments import services
from departments.enums import GroupPosition
from departments.importing import values
from departments.importing.columns import GROUP
from departments.importing.lines import Line, State
from departments.importing.work import Right, Work
from departments.models import GroupMember, LeadershipGroup
from riskcontrol.text import folded

HEADER = ("since", "until", "office_sentence", "heading", "title")


def import_group(work: Work) -> None:
    """Term by term; the facts of a term may stand in any of its rows."""
    terms: dict[str, list[Line]] = {}
    for line in work.open_lines(GROUP):
        term = line.read("term", values.at_most(LeadershipGroup, "name"), "")
        _read_member(work, line)
        terms.setdefault(folded(term), []).append(line)
    for lines in terms.values():
        _import_term(work, lines)


def _read_member(work: Work, line: Line) -> None:
    line.values = {
        "position": line.read("position", lambda text: values.one_of(text, GroupPosition.choices)),
        "person": line.read("person", values.at_most(GroupMember, "person_name", tidy=values.person), ""),
        "user": work.person(line),
        "is_director": line.read("director", values.answer, False),
        "since": line.read("since", values.date),
        "until": line.read("until", values.date),
    }
    for name in ("office_sentence", "heading", "title"):
        line.values[name] = line.read(name, values.at_most(LeadershipGroup, name), "")


def _import_term(work: Work, lines: list[Line]) -> None:
    name = lines[0].text("term")
    stored = next((row for row in LeadershipGroup.objects.all() if folded(row.name) == folded(name)), None)
    header = {field: _only(lines, field) for field in HEADER}
    if stored is None and header["since"] is None and all(not line.wrong.get("since") for line in lines):
        lines[0].refuse("since", "请填写成立日期。")
    if stored is None and not header["office_sentence"]:
        lines[0].refuse("office_sentence", "请填写名单末尾说明办公室设在哪里的一句话。")
    members = _members(work, lines)
    if not all(line.is_open for line in lines):
        return
    director = next((line.values["person"] for line in lines if line.values["is_director"]), "")
    if stored is None:
        group = LeadershipGroup(name=name, **{key: value for key, value in header.items() if value not in ("", None)})
        for line in lines:
            line.state = State.NEW
        _save(work, lines, group, members, director)
    else:
        _change_term(work, lines, stored, header, members, director)


def _only(lines: list[Line], name: str) -> object:
    """What the rows of a term say of it; a second and different answer is refused."""
    found = None
    for line in lines:
        value = line.values[name]
        if value in ("", None):
            continue
        if found is not None and value != found:
            line.refuse(name, "与同一届前面写的不同，请改成一样的，或留空。")
        found = found or value
    return found


def _members(work: Work, lines: list[Line]) -> list[GroupMember]:
    """The list in the order of the rows, by position as it is printed."""
    seen: dict[str, Line] = {}
    directors = [line for line in lines if line.values["is_director"]]
    for line in directors[1:]:
        line.refuse("director", f"办公室主任只能有一人，第 {directors[0].row.number} 行已写“是”。")
    for line in lines:
        first = seen.setdefault(line.values["person"], line)
        if first is not line and line.values["person"]:
            line.refuse(
                "person", f"“{line.values['person']}”在名单中出现了两次（第 {first.row.number} 行），请只保留一处。"
            )
    ranks = {position: rank for rank, position in enumerate(GroupPosition)}
    ordered = sorted(lines, key=lambda line: ranks.get(line.values["position"], 0))
    return [
        GroupMember(position=line.values["position"] or "", person_name=line.values["person"], user=line.values["user"])
        for line in ordered
    ]


def _change_term(
    work: Work,
    lines: list[Line],
    stored: LeadershipGroup,
    header: dict[str, object],
    members: list[GroupMember],
    director: str,
) -> None:
    first = lines[0]
    for name, value in header.items():
        if value not in ("", None) and first.note(name, getattr(stored, name), value):
            setattr(stored, name, value)
    held = list(stored.members.select_related("user"))
    names = {folded(member.person_name): member for member in held}
    for member in members:
        before = names.get(folded(member.person_name))
        if before is not None and member.user is None:
            member.user = before.user
    listed = {folded(member.person_name) for member in members}
    kept = [member for member in held if folded(member.person_name) not in listed]
    whole = [member for position in GroupPosition for member in [*members, *kept] if member.position == position]
    first.note("person", "；".join(map(_said, held)), "；".join(map(_said, whole)))
    was = stored.office_director.person_name if stored.office_director else ""
    if director:
        first.note("director", was, director)
    if work.is_taken(first):
        _save(work, lines, stored, whole, director or was)
    elif first.state == State.CHANGED:
        work.offered += _new_deputies(stored, members, _deputies(stored))


def _save(work: Work, lines: list[Line], group: LeadershipGroup, members: list[GroupMember], director: str) -> None:
    """A refusal that names a position is said beside the first row of it."""
    first = lines[0]
    before = _deputies(group)

    def save() -> None:
        try:
            services.save_group(group, members=members, director=director, actor=work.actor)
        except ValidationError as error:
            by_field = error.error_dict if hasattr(error, "error_dict") else {}
            for position in set(by_field) & set(GroupPosition.values):
                line = next(line for line in lines if line.values["position"] == position)
                line.refuse("number", *ValidationError(by_field[position]).messages)
                return
            raise

    columns = {"name": "term", "person_name": "person", "user": "number"}
    if work.attempt(first, save, columns):
        work.rights += _new_deputies(group, members, before)


def _deputies(group: LeadershipGroup) -> set[int | None]:
    found = group.members.all() if group.pk else ()
    return {member.user_id for member in found if member.position == GroupPosition.DEPUTY}


def _new_deputies(group: LeadershipGroup, members: list[GroupMember], before: set[int | None]) -> list[Right]:
    """A 副组长 with an account reviews the discipline office's own table: that is a right like a role."""
    found = [member.user for member in members if member.position == GroupPosition.DEPUTY and member.user]
    return [Right(user, f"副组长（{group}）") for user in found if user.pk not in before]


def _said(member: GroupMember) -> str:
    return f"{member}{f'（{member.user.staff_number}）' if member.user else ''}"
