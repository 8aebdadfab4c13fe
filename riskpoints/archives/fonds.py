"""全宗号, the first part of each 档号: the archive section gives it, so it is asked when the first archive is made."""

from django.db import transaction

from departments.models import Actor, School
from departments.services import save_record
from riskpoints.models import AnnualArchive, Cycle
from riskpoints.models.archive import ArchiveState

UNKNOWN = "还没有全宗号，档号由它开头。请在“年度与档案”里生成档案时填写，或在命令里写明 --fonds-code。"


def code_of(cycle: Cycle, recorded: str) -> str:
    """The code of a year's archive: the one that its closing recorded, else the school's; empty where there is none.

    A year that was closed before there was a code has that of its first archive: it stays the same to the last byte.
    """
    if recorded:
        return recorded
    if cycle.is_closed:
        made = AnnualArchive.objects.filter(cycle=cycle, state=ArchiveState.DONE, requested_at__gte=cycle.closed_at)
        first = made.exclude(fonds_code="").order_by("pk").values_list("fonds_code", flat=True).first()
        if first:
            return first
    return School.current().fonds_code


def known() -> str:
    """The school's code; empty where it has to be asked before an archive is begun."""
    return School.current().fonds_code


def keep_code(code: str, *, actor: Actor | None) -> str:
    """Give the school its code. Somebody else's, given meanwhile, stays; returns the one that counts."""
    with transaction.atomic():
        School.current()
        school = School.objects.select_for_update().get(pk=1)
        if not school.fonds_code:
            school.fonds_code = code
            save_record(school, actor=actor)
    return school.fonds_code
