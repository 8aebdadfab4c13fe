"""Who may do what, written out as data: the tests compare it with the program, README's table is made from it.

D is the table of 总务处, whose head, clerk, staff and leader these are; O the discipline office's own table, S the
school's table, L that of the 校领导班子, in which leader and principal hold the posts; ✓ stands where no table is
concerned.
"""

import pathlib

from departments.permissions import OrganisationAction
from riskpoints.campaign.permissions import CampaignAction
from riskpoints.enums import Action
from riskpoints.oversight.assessment.permissions import AssessmentAction
from riskpoints.oversight.permissions import OversightAction
from riskpoints.participation.permissions import ParticipationAction
from riskpoints.permissions import RegisterAction
from riskpoints.references.library.permissions import LibraryAction
from riskpoints.references.powers.permissions import PowerAction
from riskpoints.references.regulations.permissions import RegulationAction

README = pathlib.Path(__file__).parent.parent / "README.md"

# Fixture name → column of README. Those with an empty text are tested, too, but may nothing and have no column.
PEOPLE = {
    "staff": "职工",
    "clerk": "填报员",
    "head": "部门负责人",
    "leader": "分管领导",
    "discipline_head": "纪委办公室负责人",
    "reviewer": "纪委审核员",
    "deputy": "副组长",
    "principal": "单位主要负责人",
    "office": "领导小组办公室",
    "admin": "系统管理员",
    "auditor": "审计员",
    "other_head": "",
    "outsider": "",
    "disabled": "",
}

# In the table of the 校领导班子 each leader writes the own post's rows, the office what belongs to no post.
FILLERS = {"clerk": "D", "head": "D", "discipline_head": "O", "leader": "L", "principal": "L", "office": "SL"}
SUBMITTERS = {"head": "D", "discipline_head": "O", "office": "SL"}
REVIEWERS = {"reviewer": "DSL", "discipline_head": "DSL", "deputy": "O"}

# {status: {act: {person: the tables with which he or she may do it}}}; None: whatever the status.
ON_TABLES = {
    None: {
        Action.START: FILLERS,
        Action.EDIT: FILLERS,
        Action.REVISE: FILLERS,
        Action.SUBMIT: SUBMITTERS,
        Action.RECALL: SUBMITTERS,
        Action.DISCARD: SUBMITTERS,
        Action.ASSESS: REVIEWERS,
        Action.APPROVE: REVIEWERS,
        Action.RECORD: {"office": "DOSL"},
        RegisterAction.VIEW_ASSESSMENT: {
            "clerk": "D",
            "head": "D",
            "leader": "DL",
            "discipline_head": "DOSL",
            "reviewer": "DOSL",
            "deputy": "O",
            "principal": "DOSL",
            "office": "DOSL",
        },
    },
    "submitted": {Action.RETURN: REVIEWERS},
    "reviewed": {
        Action.RETURN: REVIEWERS | {"principal": "DOS"},
        # The school's table was written by this very person of the office, who handed in the 校领导班子's as well;
        # another one records them, and nobody signs the latter: a meeting decides.
        Action.CONFIRM: {"principal": "DOS", "office": "DO"},
    },
    "recorded": {Action.COMPARE: REVIEWERS, Action.MISMATCH: REVIEWERS},
    "confirmed": {Action.ADD_SCAN: {"office": "DO"}, Action.REPLACE_SCAN: {"office": "DO"}},
}

# Acts without a table; the heads of other departments count as well.
ON_THE_WHOLE = {
    RegisterAction.VIEW_REGISTER: {
        "staff", "clerk", "head", "leader", "discipline_head", "reviewer", "principal", "office", "admin", "other_head",
    },
    RegisterAction.COMPARE_YEARS: {
        "head", "leader", "discipline_head", "reviewer", "principal", "office", "other_head",
    },
    RegisterAction.VIEW_CHARGE: {"leader", "principal"},
    RegisterAction.VIEW_PROGRESS: {"leader", "discipline_head", "reviewer", "principal", "office"},
    RegisterAction.POST: {"office"},
    RegisterAction.OPEN_YEAR: {"office"},
    RegisterAction.CLOSE_YEAR: {"office"},
    RegisterAction.BUILD_ARCHIVE: {"admin"},
    RegisterAction.VIEW_SIGNATURES: {"discipline_head", "reviewer", "principal", "office", "auditor"},
    RegisterAction.SORT_SCANS: {"office"},
    RegisterAction.VIEW_AUDIT: {"auditor"},
}  # fmt: skip
ON_THE_ORGANISATION = {
    OrganisationAction.KEEP: {"admin"},
    OrganisationAction.VIEW: {"discipline_head", "reviewer", "principal", "office", "admin"},
    OrganisationAction.EXTEND_FUNCTIONS: {"discipline_head", "reviewer"},
}

ON_REFERENCES = {
    LibraryAction.READ: {
        "clerk", "head", "leader", "discipline_head", "reviewer", "principal", "office", "other_head",
    },
    LibraryAction.KEEP: {"discipline_head", "reviewer"},
}  # fmt: skip
# Powers: D is one of 总务处, O one of the discipline office.
POWER_DRAFTERS = {"clerk": "D", "head": "D", "discipline_head": "O"}
POWER_HEADS = {"head": "D", "discipline_head": "O"}
POWER_FILERS = {"reviewer": "D", "discipline_head": "D", "deputy": "O"}
ON_POWERS = {
    PowerAction.DRAFT: POWER_DRAFTERS,
    PowerAction.SUBMIT: POWER_HEADS,
    PowerAction.RECALL: POWER_HEADS,
    PowerAction.DISCARD: POWER_HEADS,
    PowerAction.TAKE_OVER: POWER_HEADS,
    PowerAction.FILE: POWER_FILERS,
    PowerAction.RETURN: POWER_FILERS,
    PowerAction.RETIRE: POWER_FILERS,
    PowerAction.PUBLISH: POWER_FILERS,
}
READ_POWERS = {
    "staff", "clerk", "head", "leader", "discipline_head", "reviewer", "deputy", "principal", "office", "admin",
    "other_head",
}  # fmt: skip

# Regulations: D is one of 总务处, O would be one of the discipline office, S one of the school.
REGULATION_KEEPERS = {"head": "D", "discipline_head": "O", "office": "S"}
ON_REGULATIONS = {
    RegulationAction.ADD: REGULATION_KEEPERS | {"clerk": "D"},
    RegulationAction.EDIT: REGULATION_KEEPERS | {"clerk": "D"},  # while it is drafted
    RegulationAction.DECIDE: REGULATION_KEEPERS,
    RegulationAction.PLAN: REGULATION_KEEPERS,
    RegulationAction.CHECK: dict.fromkeys(("discipline_head", "reviewer", "office"), "S"),
}

# The year's work: D is an event or a task of 总务处, O would be one of the discipline office; ✓: whoever's it is.
CAMPAIGN_HEADS = {"head": "D", "discipline_head": "O"}
ON_CAMPAIGN = {
    CampaignAction.READ: dict.fromkeys(
        ("staff", "clerk", "head", "leader", "discipline_head", "reviewer", "deputy", "principal", "office", "auditor"),
        "✓",
    ),
    CampaignAction.RECORD_EDUCATION: {"head": "D", "discipline_head": "✓", "reviewer": "✓", "office": "✓"},
    CampaignAction.CHANGE_EDUCATION: {"head": "D", "discipline_head": "✓", "reviewer": "✓", "office": "✓"},
    CampaignAction.KEEP_PLAN: {"office": "✓"},
    CampaignAction.LOOK_THROUGH: CAMPAIGN_HEADS | {"office": "S"},
    CampaignAction.REPORT_TASK: CAMPAIGN_HEADS,
    CampaignAction.JUDGE_TASK: {"office": "✓"},
    CampaignAction.KEEP_DELIVERIES: {"office": "✓"},
    CampaignAction.KEEP_ISSUED: {"office": "✓"},
    CampaignAction.REMIND: {"office": "✓"},
}

# Checks: D is one of 总务处, O one of the discipline office, L one of the 校领导班子, which the committee checks.
ON_OVERSIGHT = {
    OversightAction.READ: dict.fromkeys(
        (
            "staff", "clerk", "head", "leader", "discipline_head", "reviewer", "deputy", "principal", "office", "admin",
        ),
        "✓",
    ),
    OversightAction.CHECK_OWN: {"clerk": "D", "head": "D", "discipline_head": "O"},
    OversightAction.SUBMIT_OWN: {"head": "D", "discipline_head": "O"},
    OversightAction.SUPERVISE: {"reviewer": "DL", "discipline_head": "DL", "deputy": "O"},
}  # fmt: skip
# 复核 by level; where somebody took part or answers for a point, it is the next one's turn.
CHECK_REVIEWERS = {
    "（一级）": {"principal": "DO"},
    "（二级）": {"leader": "D"},
    "（三级，抽查）": {"reviewer": "DL", "discipline_head": "DL", "deputy": "O"},
}

# Findings and handlings: D is one about 总务处, O one about the discipline office; P is one about somebody of 总务处,
# whose own acts (签收, 回告) stand in no column. What a 书记 approves stands beside the table.
COMMITTEE = {"reviewer": "DP", "discipline_head": "DP", "deputy": "O"}
ON_MATTERS = {
    "登记问题、拟办处置": COMMITTEE,
    "查看问题和处置": {
        "clerk": "D", "head": "D", "leader": "D", "discipline_head": "DOP", "reviewer": "DOP", "deputy": "DOP",
        "principal": "DO", "office": "DO",
    },
    "批准处置（部门）": {"reviewer": "D", "discipline_head": "D", "deputy": "DO"},
    "批准处置（个人提醒、纠错，诫勉，移交）": {"deputy": "P", "principal": "P"},
    "签收、回告": {"head": "D", "discipline_head": "O"},
    "登记书面签收": {"reviewer": "DP", "discipline_head": "DP", "deputy": "O", "office": "DO"},
    "核查整改": COMMITTEE,
}  # fmt: skip
# Assessments and vetoes: D is about 总务处, O about the discipline office; whoever proposed a veto never confirms it.
ON_ASSESSMENTS = {
    AssessmentAction.READ: dict.fromkeys(
        ("head", "leader", "discipline_head", "reviewer", "deputy", "principal", "office"), "✓"
    ),
    AssessmentAction.KEEP_SHEET: {"office": "✓"},
    AssessmentAction.ASSESS_OWN: {"head": "D", "discipline_head": "O"},
    AssessmentAction.SCORE: {"reviewer": "D", "discipline_head": "D", "deputy": "O"},
    AssessmentAction.DECIDE: {"principal": "DO", "office": "DO"},
    AssessmentAction.READ_VETO: {"discipline_head": "D", "reviewer": "DO", "deputy": "DO", "principal": "DO"},
    AssessmentAction.PROPOSE_VETO: {"reviewer": "D", "discipline_head": "D", "deputy": "O"},
    AssessmentAction.CONFIRM_VETO: {"deputy": "DO", "principal": "DO"},
    AssessmentAction.WITHDRAW_VETO: {"reviewer": "D", "discipline_head": "D", "deputy": "DO", "principal": "DO"},
    AssessmentAction.LIFT_VETO: {"principal": "DO"},
}

# Proposals and opinions: D is a proposal to 总务处 or its table or line, O would be one of the discipline office; ✓:
# whoever's it is.
PARTICIPANTS = ("staff", "clerk", "head", "leader", "discipline_head", "reviewer", "principal", "office")
ON_PARTICIPATION = {
    ParticipationAction.PROPOSE: dict.fromkeys(PARTICIPANTS, "✓"),
    ParticipationAction.WITHDRAW: dict.fromkeys(PARTICIPANTS, "✓"),  # the own one
    ParticipationAction.DECIDE: {"head": "D", "discipline_head": "O"},
    ParticipationAction.PREPARE: {"clerk": "D"},
    ParticipationAction.VIEW_ALL: dict.fromkeys(("discipline_head", "reviewer", "office"), "✓"),
    ParticipationAction.READ_OPINIONS: dict.fromkeys(
        ("discipline_head", "reviewer", "deputy", "principal", "office"), "✓"
    ),
    ParticipationAction.ANSWER: {"office": "✓"},
    ParticipationAction.REFER: dict.fromkeys(("discipline_head", "reviewer", "office"), "✓"),
    ParticipationAction.REGISTER: dict.fromkeys(("discipline_head", "reviewer"), "✓"),
    ParticipationAction.DECIDE_OBJECTION: REVIEWERS,
    # D: of a point at which 总务处 cooperates.
    ParticipationAction.VIEW_COOPERATION: {"staff": "D", "clerk": "D", "head": "D"}
    | dict.fromkeys(("discipline_head", "reviewer", "office"), "✓"),
    ParticipationAction.CO_ANSWER: {"head": "D", "discipline_head": "O"},
    ParticipationAction.VIEW_CO_ANSWERS: {"clerk": "D", "head": "D", "deputy": "O"}
    | dict.fromkeys(("discipline_head", "reviewer", "office"), "✓"),
    ParticipationAction.VIEW_FIGURES: {"head": "D"}
    | dict.fromkeys(("discipline_head", "reviewer", "principal", "office"), "✓"),
}

STATUS_NOTES = {"submitted": "（待审核）", "reviewed": "（已审核）"}


def rows() -> list[tuple[str, dict[str, str]]]:
    """Return (label, {person: cell}) for each line of README's table."""
    lines = []
    for status, acts in ON_TABLES.items():
        for action, cells in acts.items():
            note = STATUS_NOTES[status] if action == Action.RETURN else ""  # the only one in two lines
            lines.append((f"{action.label}{note}", cells))
    for action, names in {**ON_THE_WHOLE, **ON_THE_ORGANISATION, **ON_REFERENCES}.items():
        lines.append((action.label, dict.fromkeys(names, "✓")))
    lines.append((PowerAction.VIEW.label, dict.fromkeys(READ_POWERS, "✓")))
    lines += [(action.label, cells) for action, cells in ON_POWERS.items()]
    lines.append((RegulationAction.VIEW.label, dict.fromkeys(PEOPLE, "✓")))
    lines += [(action.label, cells) for action, cells in ON_REGULATIONS.items()]
    lines += [(action.label, cells) for action, cells in ON_PARTICIPATION.items()]
    lines += [(action.label, cells) for action, cells in ON_CAMPAIGN.items()]
    lines += [(action.label, cells) for action, cells in ON_OVERSIGHT.items()]
    lines += [(f"{OversightAction.REVIEW.label}{level}", cells) for level, cells in CHECK_REVIEWERS.items()]
    lines += list(ON_MATTERS.items())
    lines += [(action.label, cells) for action, cells in ON_ASSESSMENTS.items()]
    return lines


def roles_table() -> str:
    """Return README's roles table in Markdown."""
    columns = {name: label for name, label in PEOPLE.items() if label}
    text = [
        f"| | {' | '.join(columns.values())} |",
        f"|---|{'|'.join(':-:' for _ in columns)}|",
        *(f"| {label} | {' | '.join(cells.get(name, '') for name in columns)} |" for label, cells in rows()),
    ]
    return "\n".join(text)


def readme_block() -> str:
    """Return what README holds between its two markers."""
    text = README.read_text(encoding="utf-8")
    return text.split("<!-- roles -->\n", 1)[1].split("<!-- /roles -->", 1)[0].strip()
