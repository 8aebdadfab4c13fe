"""Each column of each table of the sample school changed, each row deleted: found, or listed with the reason."""

import os
import random
from collections import Counter

import pytest
from django.db import connection, transaction
from django.test import override_settings

from riskcontrol import audit, triggers, watched
from riskcontrol.models import AuditEntry
from riskcontrol.orphans import orphans
from riskpoints.evidence import marked, peopled, verification
from riskpoints.evidence.unverified import reason_of
from riskpoints.sample import loader
from tests.bench.forgeries import done_to, forgeries, rows_of
from tests.riskcontrol.recomputing import recompute
from tests.riskpoints.archives.packing import falsify

RANDOM, SEED = int(os.environ.get("TAMPERING_RANDOM", "0")), int(os.environ.get("TAMPERING_SEED", "2011"))
pytestmark = [pytest.mark.django_db, pytest.mark.long]


@pytest.fixture(scope="module", autouse=True)
def sample(django_db_setup, django_db_blocker):
    """Load the sample school without its triggers, which somebody at the files would take away first."""
    with django_db_blocker.unblock(), transaction.atomic():
        with override_settings(DEMO=True):
            assert loader.load()
        with connection.cursor() as cursor:
            for rule in triggers.rules():
                on = "" if connection.vendor == "sqlite" else f' ON "{rule.table}"'
                cursor.execute(f'DROP TRIGGER "{rule.trigger}"{on}')
        yield
        transaction.set_rollback(True)


def is_found(model) -> bool:
    """Whether verify_register finds anything; what is asked quickly is asked first."""
    known = watched.marked_rows()
    kinds = sorted(watched.kinds(), key=lambda kind: (kind.model is not model, not kind.parts))
    for kind in kinds:
        found = watched.verify(kind, known.get(kind.model._meta.label_lower, {}))
        if next(iter(verification._read("", found)), None):
            return True
    quick = (peopled.verify, marked.verify_passwords, orphans, verification.verify_decided)
    if any(next(iter(verification._read("", check())), None) for check in quick):
        return True
    if model._meta.app_label != "riskcontrol":
        return False  # the rest of verify_register reads the trail and the kept files alone
    return any("数据库保护" not in fault.about for fault in verification.verify_register())


def results(chosen):
    """Yield each forgery with what came of it: found, not found, refused by the database, or no row to do it to."""
    rows: dict = {}
    for forgery in chosen:
        table = rows.setdefault(forgery.model, rows_of(forgery.model))
        said = "no row" if not table else "refused"
        for _ in done_to(forgery, table[:5]):
            said = "found" if is_found(forgery.model) else "not found"
        yield forgery, said


def told(counts: Counter) -> None:
    for (kind, said), count in sorted(counts.items()):
        print(f"{kind:10} {said:20} {count}")


def test_what_was_changed_past_the_program_is_found_or_listed():
    """In a run of all tests every twelfth, in the bench all of them, the listed ones included."""
    chosen = list(forgeries()) if RANDOM else list(forgeries())[::12]
    counts, wrong = Counter(), []
    for forgery, said in results(chosen):
        reason = reason_of(forgery.model, forgery.column)
        counts[forgery.kind, f"{said}, listed" if reason and said == "not found" else said] += 1
        if said == "not found" and not reason:
            wrong.append(forgery.name)
            print(f"not found, not listed: {forgery.name}")
    told(counts)
    assert wrong == []
    assert counts["column", "found"] > len(chosen) / 3


@pytest.mark.skipif(not RANDOM, reason="the bench's")
def test_random_changes():
    rng, chosen, counts = random.Random(SEED), list(forgeries()), Counter()  # noqa: S311
    while counts.total() < RANDOM:
        forgery = rng.choice(chosen)
        rows = rows_of(forgery.model)
        if not rows or reason_of(forgery.model, forgery.column):
            continue
        said = "refused"
        for _ in done_to(forgery, [rng.choice(rows)]):
            said = "found" if is_found(forgery.model) else "not found"
        counts["random", said] += 1
    told(counts)
    assert counts["random", "found"] > counts["random", "not found"]


@pytest.mark.parametrize("has_key", [True, False])
def test_a_changed_entry_with_the_whole_chain_recomputed(has_key, settings):
    """Whoever may write the database can recompute the open chain; what they can't make is a seal."""
    if not has_key:
        settings.SEAL_KEYS_FILE = None
    counts, rng = Counter(), random.Random(SEED)  # noqa: S311
    for number in rng.sample(range(1, AuditEntry.objects.count()), 40 if RANDOM else 4):
        with transaction.atomic():
            falsify(AuditEntry.objects.get(number=number), actor_name="别人")
            recompute(number)
            counts["recomputed", "found" if list(audit.verify_chain()) else "not found"] += 1
            transaction.set_rollback(True)
    print("with the key" if has_key else "without the key")
    told(counts)
    assert set(counts) == {("recomputed", "found" if has_key else "not found")}
