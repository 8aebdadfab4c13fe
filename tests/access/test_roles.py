"""README's table of roles (tests/roles.py) and the matrix of addresses say the same."""

import pytest

from departments.permissions import OrganisationAction
from riskpoints.campaign.permissions import RULES as CAMPAIGN_RULES
from riskpoints.campaign.permissions import CampaignAction
from riskpoints.enums import Action
from riskpoints.oversight.assessment.permissions import RULES as ASSESSMENT_RULES
from riskpoints.oversight.assessment.permissions import AssessmentAction
from riskpoints.oversight.assessment.permissions import can as can_judge
from riskpoints.oversight.permissions import RULES as OVERSIGHT_RULES
from riskpoints.oversight.permissions import OversightAction
from riskpoints.participation.permissions import RULES as PARTICIPATION_RULES
from riskpoints.participation.permissions import ParticipationAction
from riskpoints.permissions import RegisterAction
from riskpoints.references.library.permissions import LibraryAction
from riskpoints.references.powers.permissions import RULES as POWER_RULES
from riskpoints.references.powers.permissions import PowerAction
from riskpoints.references.regulations.permissions import RULES as REGULATION_RULES
from riskpoints.references.regulations.permissions import RegulationAction
from tests import roles
from tests.access.matrix import ROWS, Row

# Where each act of README's table is done: the address, the case (with * for the table's letter), GET or POST.
SUBMITTED, REVIEWED = "submitted", "reviewed"
PLACES = {
    (None, Action.START): ("riskpoints:start", "*-empty", "POST"),
    (None, Action.EDIT): ("riskpoints:head", "*-draft", "POST"),
    (None, Action.REVISE): ("riskpoints:revise", "*-in_force", "POST"),
    (None, Action.SUBMIT): ("riskpoints:act", "*-draft/submit", "POST"),
    (None, Action.RECALL): ("riskpoints:act", "*-submitted/recall", "POST"),
    (None, Action.DISCARD): ("riskpoints:act", "*-revision/discard", "POST"),
    (None, Action.ASSESS): ("riskpoints:assess", "*-submitted", "POST"),
    (None, Action.APPROVE): ("riskpoints:act", "*-submitted/approve", "POST"),
    (None, RegisterAction.VIEW_ASSESSMENT): ("riskpoints:scan", "*-in_force", "GET"),
    (SUBMITTED, Action.RETURN): ("riskpoints:act", "*-submitted/return", "POST"),
    (REVIEWED, Action.RETURN): ("riskpoints:act", "*-reviewed/return", "POST"),
    (REVIEWED, Action.CONFIRM): ("riskpoints:act", "*-reviewed/confirm", "POST"),
    ("recorded", Action.COMPARE): ("riskpoints:act", "*-recorded/compare", "POST"),
    ("recorded", Action.MISMATCH): ("riskpoints:act", "*-recorded/mismatch", "POST"),
    ("confirmed", Action.ADD_SCAN): ("riskpoints:scan_add", "*-in_force", "POST"),
    ("confirmed", Action.REPLACE_SCAN): ("riskpoints:scan_replace", "*-in_force", "POST"),
}
WITHOUT_A_TABLE = {
    RegisterAction.VIEW_REGISTER: ("riskpoints:register", "-", "GET"),
    RegisterAction.COMPARE_YEARS: ("riskpoints:year_changes", "-", "GET"),
    RegisterAction.VIEW_CHARGE: ("riskpoints:charge", "-", "GET"),
    RegisterAction.VIEW_PROGRESS: ("riskpoints:progress", "-", "GET"),
    RegisterAction.POST: ("participation:period", "-", "POST"),
    RegisterAction.OPEN_YEAR: ("riskpoints:year_open", "-", "POST"),
    RegisterAction.CLOSE_YEAR: ("riskpoints:year_close", "revision", "POST"),
    RegisterAction.BUILD_ARCHIVE: ("riskpoints:archive_start", "in_force", "POST"),
    RegisterAction.VIEW_SIGNATURES: ("riskpoints:signatures", "-", "GET"),
    RegisterAction.SORT_SCANS: ("riskpoints:sorting", "-", "POST"),
    RegisterAction.VIEW_AUDIT: ("riskpoints:audit", "-", "GET"),
    LibraryAction.READ: ("library:index", "-", "GET"),
    LibraryAction.KEEP: ("library:add", "-", "POST"),
    OrganisationAction.KEEP: ("departments:account_new", "-", "POST"),
    OrganisationAction.VIEW: ("departments:school", "-", "GET"),
    OrganisationAction.EXTEND_FUNCTIONS: ("departments:function_new", "-", "POST"),
}
# 补录 is done by a command, not on a screen.
NO_SCREEN = {(None, Action.RECORD)}
# The discipline office's powers: only what its own state in the matrix shows.
POWERS = {
    PowerAction.DRAFT: ("powers:edit", "*-draft", "POST"),
    PowerAction.SUBMIT: ("powers:act", "*-draft/submit", "POST"),
    PowerAction.RECALL: ("powers:act", "*-submitted/recall", "POST"),
    PowerAction.DISCARD: ("powers:act", "*-draft/discard", "POST"),
    PowerAction.FILE: ("powers:act", "*-submitted/file", "POST"),
    PowerAction.RETURN: ("powers:act", "*-submitted/return", "POST"),
    PowerAction.RETIRE: ("powers:act", "*-filed/retire", "POST"),
    PowerAction.PUBLISH: ("powers:act", "*-filed/publish", "POST"),
}
# Only the head of the department that took a closed one over; 教务处's in the matrix, whoever heads it here.
OF_THE_SUCCESSOR = {PowerAction.TAKE_OVER}
# By the letter of README's table; the discipline office has no regulation of its own in the matrix.
REGULATIONS = {
    RegulationAction.EDIT: {"D": ("regulations:edit", "R-draft"), "S": ("regulations:edit", "R-school")},
    RegulationAction.DECIDE: {"D": ("regulations:act", "R-own/repeal"), "S": ("regulations:act", "R-school/revise")},
    RegulationAction.PLAN: {"D": ("regulations:decide", "R-own"), "S": ("regulations:decide", "R-school")},
    RegulationAction.CHECK: {"D": ("regulations:check", "R-own"), "S": ("regulations:check", "R-school")},
}
CAMPAIGN = {
    CampaignAction.READ: ("campaign:plan", "-", "GET"),
    CampaignAction.RECORD_EDUCATION: ("campaign:education_new", "-", "POST"),
    CampaignAction.CHANGE_EDUCATION: ("campaign:education_edit", "-", "POST"),
    CampaignAction.KEEP_PLAN: ("campaign:task_new", "-", "POST"),
    CampaignAction.REPORT_TASK: ("campaign:task_act", "-/report", "POST"),
    CampaignAction.JUDGE_TASK: ("campaign:supervise", "-", "POST"),
    CampaignAction.LOOK_THROUGH: ("campaign:upkeep", "*-in_force", "POST"),
    CampaignAction.KEEP_ISSUED: ("campaign:issued_new", "-", "POST"),
    CampaignAction.KEEP_DELIVERIES: ("campaign:delivery_new", "-", "POST"),
    CampaignAction.REMIND: ("campaign:remind", "-", "POST"),
}
# Whose event it may be: parts of RECORD_EDUCATION.
WHOSE_EDUCATION = {CampaignAction.RECORD_SCHOOL_EDUCATION, CampaignAction.HOST_EDUCATION}
PARTICIPATION = {
    ParticipationAction.PROPOSE: ("participation:propose", "-", "POST"),
    ParticipationAction.DECIDE: ("participation:decline", "-", "POST"),
    ParticipationAction.PREPARE: ("participation:prepare", "-", "POST"),
    ParticipationAction.VIEW_ALL: ("participation:every", "-", "GET"),
    ParticipationAction.READ_OPINIONS: ("participation:opinions", "-", "GET"),
    ParticipationAction.ANSWER: ("participation:opinion", "-", "POST"),
    ParticipationAction.REFER: ("participation:refer", "-", "POST"),
    ParticipationAction.REGISTER: ("participation:petition", "-", "POST"),
    ParticipationAction.DECIDE_OBJECTION: ("participation:objection", "-", "POST"),
    ParticipationAction.VIEW_FIGURES: ("participation:figures", "-", "GET"),
}
# 总务处 in the matrix; what stands beside a table has no address of its own.
OF_THE_COOPERATING = {
    ParticipationAction.VIEW_COOPERATION,
    ParticipationAction.CO_ANSWER,
    ParticipationAction.VIEW_CO_ANSWERS,
}
# Another department's head: it is open to whoever has a department, or it is his own proposal.
OF_ANY_HEAD = {ParticipationAction.PROPOSE, ParticipationAction.VIEW_FIGURES}
BY_NAME = {(row.name, row.case): row for row in ROWS}


def let_in(row: Row, method: str) -> set[str]:
    """Of the people of README's table, those who get in here."""
    return {name for name in roles.PEOPLE if row.answers[method][name] in "VD"}


def test_every_act_of_the_table_has_its_place():
    acts = {(status, action) for status, found in roles.ON_TABLES.items() for action in found}
    assert acts == set(PLACES) | NO_SCREEN
    assert set(WITHOUT_A_TABLE) == set(roles.ON_THE_WHOLE) | set(roles.ON_THE_ORGANISATION) | set(roles.ON_REFERENCES)


@pytest.mark.parametrize(("status", "action"), list(PLACES))
def test_acts_on_tables_agree(status, action):
    name, case, method = PLACES[status, action]
    rows = {letter: BY_NAME.get((name, case.replace("*", letter))) for letter in "DOS"}
    may = roles.ON_TABLES[status][action]
    expected = {letter: {person for person, tables in may.items() if letter in tables} for letter in "DOS"}
    walked = {letter: row for letter, row in rows.items() if row}
    assert "D" in walked
    assert {letter: let_in(row, method) for letter, row in walked.items()} == {key: expected[key] for key in walked}


@pytest.mark.parametrize("action", list(WITHOUT_A_TABLE))
def test_other_acts_agree(action):
    name, case, method = WITHOUT_A_TABLE[action]
    assert (
        let_in(BY_NAME[name, case], method)
        == (roles.ON_THE_WHOLE | roles.ON_THE_ORGANISATION | roles.ON_REFERENCES)[action]
    )


def test_acts_on_powers_have_their_place():
    assert set(POWERS) | OF_THE_SUCCESSOR == set(roles.ON_POWERS)
    assert set(roles.ON_POWERS) | {PowerAction.VIEW} == set(POWER_RULES)
    assert let_in(BY_NAME["powers:index", "-"], "GET") == roles.READ_POWERS
    assert let_in(BY_NAME["powers:act", "P-closed/take_over"], "POST") == {"other_head"}


@pytest.mark.parametrize("action", list(POWERS))
def test_acts_on_powers_agree(action):
    name, case, method = POWERS[action]
    for letter, of in (("P", "D"), ("O", "O")):
        row = BY_NAME.get((name, case.replace("*", letter)))
        if row is not None:
            assert let_in(row, method) == {who for who, cells in roles.ON_POWERS[action].items() if of in cells}
        else:
            assert letter == "O"


def test_acts_on_regulations_have_their_place():
    assert set(REGULATIONS) | {RegulationAction.ADD} == set(roles.ON_REGULATIONS)
    assert set(roles.ON_REGULATIONS) | {RegulationAction.VIEW} == set(REGULATION_RULES)
    assert let_in(BY_NAME["regulations:index", "-"], "GET") == set(roles.PEOPLE) - {"disabled"}
    adding = set(roles.ON_REGULATIONS[RegulationAction.ADD]) | {"other_head"}
    assert let_in(BY_NAME["regulations:new", "-"], "POST") == adding


@pytest.mark.parametrize("action", list(REGULATIONS))
def test_acts_on_regulations_agree(action):
    for letter, place in REGULATIONS[action].items():
        expected = {who for who, cells in roles.ON_REGULATIONS[action].items() if letter in cells}
        assert let_in(BY_NAME[place], "POST") == expected


def test_acts_on_the_years_work_have_their_place():
    assert set(CAMPAIGN) == set(roles.ON_CAMPAIGN)
    assert set(CAMPAIGN) | WHOSE_EDUCATION == set(CAMPAIGN_RULES)


def test_acts_on_checks_agree():
    """The matrix has 总务处's own check, one of the committee at it, and 一级 to be reviewed; each page to hand in is
    the page that fills in (tests/riskpoints/oversight/test_acting.py says who presses it)."""
    assert set(roles.ON_OVERSIGHT) | {OversightAction.REVIEW} == set(OVERSIGHT_RULES)
    places = {
        OversightAction.CHECK_OWN: let_in(BY_NAME["oversight:start", "-"], "POST"),
        OversightAction.SUPERVISE: let_in(BY_NAME["oversight:supervise", "-"], "POST") - {"deputy"},
    }
    for action, found in places.items():
        assert found == {who for who, cells in roles.ON_OVERSIGHT[action].items() if "D" in cells}
    reading = let_in(BY_NAME["oversight:checks", "-"], "GET")
    assert reading == set(roles.ON_OVERSIGHT[OversightAction.READ]) | {"other_head"}
    may_review = let_in(BY_NAME["oversight:review", "-/handed_in"], "POST")
    assert may_review == set(roles.CHECK_REVIEWERS["（一级）"])


def test_acts_on_findings_and_handlings_agree():
    """The matrix has matters of 总务处, all drafted by the reviewer; approved, verified and received by others."""
    places = {
        "登记问题、拟办处置": [("finding_new", "-"), ("handling_new", "-"), ("finding_act", "-/drop")],
        "批准处置（部门）": [("handling_act", "-/approve")],
        "签收、回告": [("handling_act", "-/receive")],
        "核查整改": [("handling_act", "-/accept")],
    }
    for label, rows in places.items():
        may = {who for who, cells in roles.ON_MATTERS[label].items() if "D" in cells}
        for name, case in rows:
            barred = {"reviewer"} if case == "-/approve" else set()
            assert let_in(BY_NAME[f"oversight:{name}", case], "POST") == may - barred, name
    read = let_in(BY_NAME["oversight:handling", "-"], "GET")
    assert read == {who for who, cells in roles.ON_MATTERS["查看问题和处置"].items() if "D" in cells}
    of_person = let_in(BY_NAME["oversight:finding", "-/person"], "GET")
    assert of_person == {who for who, cells in roles.ON_MATTERS["查看问题和处置"].items() if "P" in cells}


# Where each act on assessments is done; how a veto is withdrawn and lifted, which the matrix doesn't press, is asked of
# the rule itself.
JUDGING = {
    AssessmentAction.READ: ("oversight:assessments", "-", "GET"),
    AssessmentAction.KEEP_SHEET: ("oversight:indicators", "empty", "POST"),
    AssessmentAction.ASSESS_OWN: ("oversight:assessment", "-", "POST"),
    AssessmentAction.SCORE: ("oversight:assessment_score", "-/handed_in", "POST"),
    AssessmentAction.DECIDE: ("oversight:assessment_decide", "reviewed", "POST"),
    AssessmentAction.READ_VETO: ("oversight:veto", "-", "GET"),
    AssessmentAction.PROPOSE_VETO: ("oversight:veto_propose", "draft", "POST"),
    AssessmentAction.CONFIRM_VETO: ("oversight:veto", "-", "POST"),
}


@pytest.mark.parametrize("action", JUDGING)
def test_acts_on_assessments_agree(action):
    name, case, method = JUDGING[action]
    expected = {who for who, cells in roles.ON_ASSESSMENTS[action].items() if set(cells) & {"D", "✓"}}
    if action == AssessmentAction.READ:
        expected |= {"other_head"}
    # The deputy opens the page for the committee's own office, which this is not.
    opened = {"deputy"} if action == AssessmentAction.PROPOSE_VETO else set()
    assert let_in(BY_NAME[name, case], method) - opened == expected


def test_rules_of_vetoes_that_no_address_names_agree(world):
    people, veto = world.people, world.others["veto_id"]
    for action in set(ASSESSMENT_RULES) - set(JUDGING):
        may = {who for who in roles.PEOPLE if can_judge(getattr(people, who), action, veto)}
        assert may == {who for who, cells in roles.ON_ASSESSMENTS[action].items() if "D" in cells}
    assert set(roles.ON_ASSESSMENTS) == set(ASSESSMENT_RULES)


def test_tables_in_force_are_looked_through_by_who_submits_them():
    may = roles.ON_CAMPAIGN[CampaignAction.LOOK_THROUGH]
    for letter in "DOS":
        expected = {who for who, cells in may.items() if letter in cells}
        assert let_in(BY_NAME["campaign:upkeep", f"{letter}-in_force"], "POST") == expected


@pytest.mark.parametrize("action", [action for action in CAMPAIGN if action != CampaignAction.LOOK_THROUGH])
def test_acts_on_the_years_work_agree(action):
    """The matrix has 总务处's event and task; another head reads, and records the own department's."""
    name, case, method = CAMPAIGN[action]
    expected = {who for who, cells in roles.ON_CAMPAIGN[action].items() if "O" not in cells}
    if action in (CampaignAction.READ, CampaignAction.RECORD_EDUCATION):
        expected |= {"other_head"}
    assert let_in(BY_NAME[name, case], method) == expected


def test_acts_of_participation_have_their_place():
    """The other head's own proposal is in the matrix; which lines of the figures are whose is no address of its own."""
    elsewhere = {ParticipationAction.WITHDRAW, *OF_THE_COOPERATING}
    assert set(PARTICIPATION) | elsewhere == set(roles.ON_PARTICIPATION)
    read, answered = (let_in(BY_NAME["participation:co_point", "-/cooperation"], method) for method in ("GET", "POST"))
    cells = roles.ON_PARTICIPATION
    assert read == set(cells[ParticipationAction.VIEW_COOPERATION])
    assert answered == {who for who, of in cells[ParticipationAction.CO_ANSWER].items() if of == "D"}
    assert set(roles.ON_PARTICIPATION) | {ParticipationAction.VIEW_ALL_FIGURES} == set(PARTICIPATION_RULES)
    assert let_in(BY_NAME["participation:withdraw", "-"], "POST") == {"other_head"}


@pytest.mark.parametrize("action", list(PARTICIPATION))
def test_acts_of_participation_agree(action):
    """The matrix has a proposal to 总务处, and an opinion on its table."""
    name, case, method = PARTICIPATION[action]
    expected = {who for who, cells in roles.ON_PARTICIPATION[action].items() if cells != "O"}
    assert let_in(BY_NAME[name, case], method) == expected | ({"other_head"} if action in OF_ANY_HEAD else set())
