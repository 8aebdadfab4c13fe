"""A school of many points for ./run bench pages: some tables made by the program, the others copies of one of them.

Two thousand points through every service would take half an hour. What is copied past the program is what pages read
(departments, posts, tables, versions, points, measures); the tables whose own pages are measured are made by it.
"""

import itertools
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, models, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from departments.models import Department, Post, User
from riskcontrol import triggers
from riskpoints.models import ControlTable, Cycle, Measure, RiskPoint, TableVersion
from riskpoints.register import index
from riskpoints.tables import starting
from tests.bench.effort_school import in_force, open_table, write
from tests.bench.paging import RARE
from tests.bench.school import begin
from tests.bench.sentences import table_of
from tests.factories import PASSWORD, make_cycle, make_department, make_post, make_user

POINTS_A_TABLE = 20
TABLES_A_YEAR = 100
BATCH = 2000


def make(*, points: int) -> dict[str, Any]:
    """Make a school with so many points in force (one table of 20 each, at most a hundred tables a year) and two drafts
    of 18 and of 50 points; return who works where."""
    people = begin()
    this = timezone.localdate().year
    tables = max(points // POINTS_A_TABLE, 1)
    years = [make_cycle(this - back) for back in range(-(-tables // TABLES_A_YEAR))]
    made: dict[str, Any] = {"password": PASSWORD} | {key: user.staff_number for key, user in people.items()}
    for place, size in enumerate((18, 50), start=1):
        department, head = _department(f"第{place}处", place)
        version = starting.start_table(open_table(years[0], department), actor=head)
        write(version, long_table(size), head)
        first = version.points.order_by("order").first()
        where = {"point": first.pk, "lock": first.lock} if first else {}
        made[f"of_{size}"] = {"head": head.staff_number, "version": version.pk} | where
    department, head = _department("母本处", 3)
    pattern = in_force(open_table(years[0], department), long_table(POINTS_A_TABLE), head, people)
    made |= {"in_force": pattern.pk, "pattern": pattern.table_id}
    with _past_the_triggers():
        _copy(pattern, years, tables - 1)
    index.add(RiskPoint.objects.all())
    return made | {"points": RiskPoint.objects.filter(version=models.F("version__table__in_force")).count()}


def long_table(points: int) -> dict[str, Any]:
    """So many points: the sample's sentences again and again, each time with another ending."""
    pattern = table_of(18)
    rows = itertools.islice(itertools.cycle(pattern["points"]), points)
    return pattern | {
        "points": [row | {"text": f"{row['text']}（其{place}）"} for place, row in enumerate(rows, start=1)]
    }


def queries_of(*, asked: list[dict[str, str]]) -> list[int]:
    """How many queries each page takes when its reader asks for it the second time."""
    return [_queries_of(**page) for page in asked]


def _queries_of(number: str, path: str) -> int:
    client = Client(headers={"host": "localhost"})
    client.force_login(User.objects.get(staff_number=number))
    client.get(path)
    with CaptureQueriesContext(connection) as found:
        answer = client.get(path)
    assert answer.status_code == 200, f"{path}: {answer.status_code}"
    return len(found)


@contextmanager
def _past_the_triggers() -> Iterator[None]:
    """As nobody else may: signed tables written as they are."""
    if connection.vendor == "sqlite":
        with transaction.atomic():
            triggers.lift()
            yield
            triggers.install()
        return
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        yield
        cursor.execute("SET session_replication_role = origin")


def _department(name: str, place: int) -> tuple[Department, User]:
    department = make_department(name, order=place)
    for order, row in enumerate(table_of(1)["posts"], start=1):
        make_post(department, row["name"], order=order)
    return department, make_user(f"20{place:02}", f"{name}负责人", "head", department=department)


def _copy(pattern: TableVersion, years: list[Cycle], tables: int) -> None:
    """Tables in force like this one, the first years' first; one point in all says something that no other says."""
    owners = _departments(pattern, min(TABLES_A_YEAR, tables))
    places = [(year, owner) for year in years for owner in owners][:tables]
    made = _added([ControlTable(cycle=year, scope="department", department=owner[0]) for year, owner in places])
    versions = _added([_like(pattern, table=table, owner_name=table.department.name) for table in made])
    for table, version in zip(made, versions, strict=True):
        table.in_force = version
    ControlTable.objects.bulk_update(made, ["in_force"], batch_size=500)
    rows, measures = list(pattern.points.all()), list(pattern.measures.prefetch_related("points"))
    at = {row.pk: place for place, row in enumerate(rows)}
    for begins in range(0, len(versions), 50):
        some = list(zip(versions[begins : begins + 50], places[begins : begins + 50], strict=True))
        points = _added([_point(row, version, owner) for version, (_, owner) in some for row in rows])
        if not begins:
            points[-1].text = f"{RARE}的采购未公开"
            models.QuerySet(RiskPoint).bulk_update([points[-1]], ["text"])
        copies = _added([_like(row, version=version) for version, _ in some for row in measures])
        links = [
            Measure.points.through(measure=copy, riskpoint=points[block * len(rows) + at[point.pk]])
            for block in range(len(some))
            for copy, row in zip(copies[block * len(measures) :], measures, strict=False)
            for point in row.points.all()
        ]
        Measure.points.through.objects.bulk_create(links, batch_size=BATCH)


def _departments(pattern: TableVersion, count: int) -> list[tuple[Department, dict[int, Post]]]:
    """New departments with posts like those of the pattern's, by the key of the post they stand for."""
    owner = pattern.table.department
    assert owner is not None
    posts = list(owner.posts.all())
    made = []
    for place in range(count):
        department = make_department(f"第{place + 101}处", order=place + 101)
        made.append((department, {post.pk: make_post(department, post.name, order=post.order) for post in posts}))
    return made


def _point(row: RiskPoint, version: TableVersion, owner: tuple[Department, dict[int, Post]]) -> RiskPoint:
    department, posts = owner
    return _like(row, version=version, post=posts.get(row.post_id or 0), text=f"{row.text}（{department.name}）")


def _like(row: Any, **other: Any) -> Any:
    """A row that says the same but for what is given."""
    fields = {
        field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields if not field.primary_key
    }
    made = type(row)(**fields)
    if "identity" in fields:
        made.identity = uuid.uuid4()
    for name, value in other.items():
        setattr(made, name, value)
    return made


def _added(rows: list[Any]) -> list[Any]:
    """Put in past the rules of the model's own manager, in batches."""
    return models.QuerySet(type(rows[0])).bulk_create(rows, batch_size=BATCH) if rows else []
