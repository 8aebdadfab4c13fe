"""Walks through the whole site by changing people, sensibly and oddly, in which nothing may break (bench fuzz).

A Hypothesis state machine: each step opens an address, follows a link, fills in a form of the page, sends one that is
long out of date, uploads something, or tries an act of the workflow, as whoever it is at the moment. No answer may be
of the 500s; whoever wrote or submitted never reviews, who reviewed never confirms; at the end of each walk what was
confirmed is as it was, and the register and its audit trail verify.
"""

import logging
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.test import Client
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from departments.enums import Role
from departments.models import Department, LeadershipGroup, Post, PostFunction, RoleGrant, User
from riskcontrol.audit import canonical_json, sha256
from riskpoints.content import content
from riskpoints.enums import Action, Category, SchoolCategory, Status
from riskpoints.evidence.verification import verify_register
from riskpoints.models import AnnualArchive, ControlTable, Cycle, Measure, RiskPoint, TableVersion
from riskpoints.participation.models import Feedback, Proposal
from riskpoints.permissions import can
from tests.access.asking import content_of
from tests.access.bodies import body_of, workbook_of
from tests.access.matrix import PEOPLE, ROWS
from tests.access.walk import ADDRESSES
from tests.access.world import World
from tests.bench.markup import ODD, Form, Page, filled, spoilt, upload
from tests.factories import PASSWORD

# Hypothesis begins with the first: somebody who gets in.
WALKERS = sorted(PEOPLE, key=lambda name: name != "head")
WALK = 100  # steps of one walk, which begins with the same school
PICKS = st.integers(0, 2**32)
POSTED = sorted({row.name for row in ROWS if set(row.answers["POST"].values()) & set("DV")})
OPENED = {row.name for row in ROWS if set(row.answers["GET"].values()) & set("DV")}
# A monitor's honest "not ready" is no failure.
HONEST = {"/readyz"}
WITH_FORMS = [name for name in POSTED if name in OPENED] + ["riskpoints:version"] * 8
SLUGS: dict[str, list[str]] = {
    "action": [*Action.values, "nonsense"],
    "kind": ["pdf", "xlsx", "docx", "exe"],
    "category": [*Category.values, *SchoolCategory.values, "x"],
}


@dataclass
class Tally:
    """What was done, how it was answered, and what should not have happened."""

    wanted: int
    steps: int = 0
    requests: int = 0
    walks: int = 0
    statuses: Counter[int] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    reached: Counter[str] = field(default_factory=Counter)
    acts: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    def report(self) -> str:
        """Return the counts as lines to print."""
        codes = ", ".join(f"{code}: {count}" for code, count in sorted(self.statuses.items()))
        kinds = ", ".join(f"{count} {kind}" for kind, count in sorted(self.kinds.items()))
        acts = ", ".join(f"{count} {act}" for act, count in sorted(self.acts.items()))
        return "\n".join(
            [
                f"{self.steps} steps in {self.walks} walks, {self.requests} requests, "
                f"{time.monotonic() - self.began:.0f} s",
                f"  answers    {codes}",
                f"  steps      {kinds}",
                f"  acts done  {acts or 'none'}",
                f"  addresses  {len(self.reached)} of {len(ADDRESSES)} reached",
                f"  faults     {len(self.faults)}",
            ]
        )


def lots(pick: int) -> Random:
    """The chances of one step, which can be repeated."""
    return Random(pick)  # noqa: S311 - nothing of it is a secret


def machine(world: World, tally: Tally) -> type[RuleBasedStateMachine]:
    """The state machine that walks this school."""
    confirmed = {version.pk: _digest(version) for version in TableVersion.objects.filter(status=Status.CONFIRMED)}
    before = list(verify_register())  # what the world itself was brought about by, past the program

    class Walk(RuleBasedStateMachine):
        """One walk; at its end the school is as it was before."""

        def __init__(self) -> None:
            super().__init__()
            self.atomic = transaction.atomic()
            self.atomic.__enter__()
            self.clients: dict[str, Client] = {}
            self.person = "head"
            self.page: Page | None = None
            self.old: list[Form] = []
            self.trace: list[str] = []
            self.row = ROWS[0]
            tally.walks += 1

        # ---- steps ------------------------------------------------------------------------------------------------

        @rule(person=st.sampled_from(WALKERS))
        def become(self, person: str) -> None:
            if person == self.person and self.page:  # the same person goes on
                self.follow(tally.steps)
                return
            self._step("change of person")
            self.person = person
            self._get("/inbox/")

        @rule(name=st.sampled_from(sorted(ADDRESSES)), pick=PICKS)
        def open_address(self, name: str, pick: int) -> None:
            self._step("address opened")
            random = lots(pick)
            self._get(self._place(name, "GET", random) + self._query(random))

        @rule(pick=PICKS)
        def follow(self, pick: int) -> None:
            self._step("link followed")
            links = self.page.links if self.page else []
            random = lots(pick)
            self._get(random.choice(links) if links else self._place("riskpoints:version", "GET", random))

        @rule(pick=PICKS)
        def fill_in(self, pick: int) -> None:
            self._step("form filled in")
            random = lots(pick)
            if not (self.page and self.page.forms):
                self._get(self._place(random.choice(WITH_FORMS), "GET", random))
            if self.page and self.page.forms:
                self._send(random.choice(self.page.forms), random)

        @rule(pick=PICKS)
        def send_again(self, pick: int) -> None:
            self._step("old form sent")
            random = lots(pick)
            forms = [*self.old, *(self.page.forms if self.page else [])]
            if forms:
                self._send(random.choice(forms), random)
            else:
                self._get(self._place("riskpoints:version", "GET", random))

        @rule(name=st.sampled_from(POSTED), pick=PICKS)
        def post_address(self, name: str, pick: int) -> None:
            self._step("address sent to")
            random = lots(pick)
            path = self._place(name, "POST", random)
            self._post(path, spoilt(body_of(self.row, self.person, world), random))

        @rule(
            action=st.sampled_from([Action.SUBMIT, Action.RECALL, Action.RETURN, Action.APPROVE, Action.CONFIRM]),
            pick=PICKS,
        )
        def act(self, action: Action, pick: int) -> None:
            self._step("act")
            random = lots(pick)
            version = random.choice(list(TableVersion.objects.select_related("table__cycle", "table__department")))
            able = [name for name in PEOPLE if can(world.user(name), action, version)]
            if able and random.random() < 0.8:
                self.person = random.choice(able)
            if action == Action.APPROVE and random.random() < 0.8:
                levels = {f"point{point.pk}-level": str(point.proposed_level or 1) for point in version.points.all()}
                self._post(f"/versions/{version.pk}/assess/", levels)
            body = {"comment": "请补充", "agree": "on", "password": PASSWORD, "signed_on": "2026-11-24"}
            before = version.status
            self._post(f"/versions/{version.pk}/act/{action}/", spoilt(body, random) if random.random() < 0.2 else body)
            after = TableVersion.objects.values_list("status", flat=True).get(pk=version.pk)
            if after != before:
                tally.acts[action.value] += 1

        @rule(pick=PICKS)
        def upload_something(self, pick: int) -> None:
            self._step("upload")
            random = lots(pick)
            version = random.choice(list(TableVersion.objects.select_related("table")))
            name, field_name = random.choice([("import", "workbook"), ("scans", "scan"), ("act/confirm", "scan")])
            file = upload(random)
            if name == "import" and random.random() < 0.2:
                file.file.write(workbook_of(version))
                file.file.seek(0)
            self._post(f"/versions/{version.pk}/{name}/", {field_name: file, "signer_name": "校长"})

        # ---- asking -----------------------------------------------------------------------------------------------

        def _step(self, kind: str) -> None:
            tally.steps += 1
            tally.kinds[kind] += 1
            if tally.wanted >= 5000 and tally.steps % 1000 == 0:
                print(f"  {tally.steps} steps, {tally.requests} requests, {len(tally.faults)} faults", flush=True)

        def _client(self) -> Client:
            if self.person not in self.clients:
                client = Client(raise_request_exception=False)
                user = world.user(self.person)
                if user.pk:
                    client.force_login(User.objects.get(pk=user.pk))
                self.clients[self.person] = client
            return self.clients[self.person]

        def _get(self, path: str) -> None:
            self._ask("GET", path, None)

        def _post(self, path: str, data: dict[str, Any]) -> None:
            self._ask("POST", path, data)

        def _send(self, form: Form, random: Random) -> None:
            data = filled(form, random)
            self.old = [*self.old[-30:], form]
            if form.method == "post":
                self._post(form.action, data)
            else:
                self._ask("GET", form.action, data)

        def _ask(self, method: str, path: str, data: dict[str, Any] | None) -> None:
            client = self._client()
            with transaction.atomic():
                response = (client.get if method == "GET" else client.post)(path, data)
                body = content_of(response)
                if response.status_code >= 500:
                    transaction.set_rollback(True)
            self.trace.append(f"{self.person} {method} {path[:120]} {str(data or '')[:200]} {response.status_code}")
            self._judge(response, path)
            self._look(response, path, body)

        def _judge(self, response: Any, path: str) -> None:
            tally.requests += 1
            tally.statuses[response.status_code] += 1
            match = response.wsgi_request.resolver_match
            if match is not None:
                tally.reached[match.view_name] += 1
            if response.status_code >= 500 and path.partition("?")[0] not in HONEST:
                error = response.exc_info[1] if getattr(response, "exc_info", None) else ""
                self._fault(f"{response.status_code} {error!r}")
            if (wrong := _wrong_hands()).exists():
                self._fault(f"versions {[str(version) for version in wrong]} were decided by the wrong people")

        def _look(self, response: Any, path: str, body: bytes) -> None:
            place = response.headers.get("Location", "")
            if place.startswith("/login/") or response.status_code == 403:
                self.clients.pop(self.person, None)  # ended meanwhile: the next step comes in anew
            if place.startswith("/"):
                self.page = Page(path, b"")
                self.page.links.append(place)
            elif response.headers.get("Content-Type", "").startswith("text/html"):
                self.page = Page(path, body)

        # ---- odd and right addresses --------------------------------------------------------------------------------

        def _place(self, name: str, method: str, random: Random) -> str:
            """An address with an object of the school, or with anything; often of a person who gets in there."""
            self.row = random.choice([row for row in ROWS if row.name == name])
            if random.random() < 0.5:
                inside = [person for person, letter in self.row.answers[method].items() if letter in "DV"]
                self.person = random.choice(inside or PEOPLE)
            return world.path(self.row) if random.random() < 0.7 else self._address(name, random)

        def _address(self, name: str, random: Random) -> str:
            address = ADDRESSES[name]
            return address.path({key: self._value(key, random) for key in address.values})

        def _value(self, key: str, random: Random) -> Any:
            if random.random() < 0.06:
                return random.choice(["0", str(2**31), str(2**63), "9" * 300, "-1", "x", "%00"])
            if key in SLUGS:
                return random.choice(SLUGS[key])
            known = _known(key)
            return random.choice(known) if known else world.others.get(key, "made-up")

        def _query(self, random: Random) -> str:
            if random.random() < 0.75:
                return ""
            names = [
                "page",
                "q",
                "year",
                "open",
                "saved",
                "post",
                "status",
                "department",
                "sort",
                "base",
                "next",
                "code",
                "all",
            ]
            pairs = [f"{random.choice(names)}={_quoted(random.choice(ODD))}" for _ in range(random.randint(1, 3))]
            return "?" + "&".join(pairs)

        # ---- the end ------------------------------------------------------------------------------------------------

        def _fault(self, text: str) -> None:
            tally.faults.append("\n    ".join([text, *self.trace[-6:]]))

        def teardown(self) -> None:
            try:
                for fault in [fault for fault in verify_register() if fault not in before]:
                    self._fault(f"verify_register: {fault.about} {fault.reason}")
                for version in TableVersion.objects.filter(pk__in=confirmed):
                    if version.status != Status.CONFIRMED or _digest(version) != confirmed[version.pk]:
                        self._fault(f"{version} was confirmed and is another one now")
            finally:
                transaction.set_rollback(True)
                self.atomic.__exit__(None, None, None)

    return Walk


def _digest(version: TableVersion) -> str:
    return sha256(canonical_json(content.snapshot(content.load(version))))


def _wrong_hands() -> Any:
    """Versions that somebody reviewed who wrote them, or confirmed who reviewed them, or an administrator decided."""
    admins = RoleGrant.objects.filter(role=Role.ADMIN).values("user")
    return TableVersion.objects.filter(is_historical=False).filter(
        Q(reviewed_by__isnull=False, authors=F("reviewed_by"))
        | Q(reviewed_by__isnull=False, submitted_by=F("reviewed_by"))
        | Q(confirmed_by__isnull=False, reviewed_by=F("confirmed_by"))
    ) | TableVersion.objects.filter(Q(reviewed_by__in=admins) | Q(confirmed_by__in=admins))


def _known(key: str) -> list[Any]:
    """What there is under a name in addresses."""
    models = {
        "version_id": TableVersion, "table_id": ControlTable, "cycle_id": Cycle, "point_id": RiskPoint,
        "measure_id": Measure, "department_id": Department, "post_id": Post, "function_id": PostFunction,
        "group_id": LeadershipGroup, "account_id": User, "grant_id": RoleGrant, "archive_id": AnnualArchive,
        "proposal_id": Proposal, "feedback_id": Feedback,
    }  # fmt: skip
    if key == "row_id":
        return [*RiskPoint.objects.values_list("pk", flat=True), *Measure.objects.values_list("pk", flat=True)]
    if key == "year":
        return list(Cycle.objects.values_list("year", flat=True))
    return list(models[key].objects.values_list("pk", flat=True)) if key in models else []


def _quoted(value: Any) -> str:
    text = value if isinstance(value, str) else value[0]
    return "".join(f"%{byte:02X}" for byte in text.encode(errors="replace")[:3000])


def run(world: World, *, steps: int, number: int) -> Tally:
    """Walk until so many steps are done; the same number gives the same walks."""
    tally = Tally(steps)
    logging.disable(logging.CRITICAL)
    try:
        while tally.steps < steps and len(tally.faults) < 50:
            walks = max(1, min(50, (steps - tally.steps) // WALK))
            options = settings(
                max_examples=walks,
                stateful_step_count=min(WALK, steps - tally.steps),
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
                database=None,
                deadline=None,
                derandomize=False,
            )
            factory = seed(number + tally.walks)(machine(world, tally))
            run_state_machine_as_test(factory, settings=options)
    finally:
        logging.disable(logging.NOTSET)
    return tally
