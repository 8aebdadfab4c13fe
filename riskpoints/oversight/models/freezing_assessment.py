"""What the database itself refuses to change of indicators, assessments and vetoes (R49, R50)."""

from riskcontrol.triggers import FreezeRule

SHEET, INDICATOR = "oversight_indicatorsheet", "oversight_indicator"
ASSESSMENT, ITEM, SCORE = "oversight_assessment", "oversight_assessmentitem", "oversight_itemscore"
VETO, ENTRY = "oversight_veto", "oversight_vetoentry"
CORRECTION = "oversight_assessmentcorrection"


def _differs(*names: str) -> str:
    return "(" + " OR ".join(f"OLD.{name} IS DISTINCT FROM NEW.{name}" for name in names) + ")"


# Two heads of one department are judged on days that don't overlap.
OVERLAPS = """EXISTS (SELECT 1 FROM oversight_assessment a
WHERE a.cycle_id = NEW.cycle_id AND a.department_id = NEW.department_id
AND (a.since IS NULL OR NEW.until IS NULL OR a.since <= NEW.until)
AND (a.until IS NULL OR NEW.since IS NULL OR a.until >= NEW.since)"""
IN_USE = "(SELECT s.state FROM oversight_indicatorsheet s WHERE s.id = NEW.sheet_id) = 'active'"
WEIGHTS = "COALESCE((SELECT SUM(i.weight) FROM oversight_indicator i WHERE i.sheet_id = NEW.id), 0)"
OF_ITEM = "(SELECT a.state FROM oversight_assessment a WHERE a.id = NEW.assessment_id)"
OF_SCORE = """(SELECT a.state FROM oversight_assessment a JOIN oversight_assessmentitem i ON i.assessment_id = a.id
WHERE i.id = NEW.item_id) NOT IN ('handed_in', 'scoring')"""
OWN_SCORE = """NEW.by_id IN (SELECT a.submitted_by_id FROM oversight_assessment a
JOIN oversight_assessmentitem i ON i.assessment_id = a.id WHERE i.id = NEW.item_id)"""
SCORER = """NEW.state = 'decided' AND OLD.state <> 'decided' AND NEW.decided_by_id IN (
SELECT s.by_id FROM oversight_itemscore s JOIN oversight_assessmentitem i ON i.id = s.item_id
WHERE i.assessment_id = NEW.id)"""
# What the department said and what was reckoned stand from the moment when it is handed in.
SAID = _differs("self_score", "evidence", "file_id", "value", "reckoning", "assessment_id", "indicator_id")
CHANGED = f"""{OF_ITEM} IN ('scored', 'decided') OR {OF_ITEM} <> 'self' AND {SAID}"""
FIXED = _differs(
    "state", "cycle_id", "sheet_id", "department_id", "department_name", "head_id", "head_name", "since", "until",
    "self_score", "reviewed_score", "grade_by_score", "decided_on", "minutes_number", "decided_by_id",
)  # fmt: skip
CORRECTED = """NOT EXISTS (SELECT 1 FROM oversight_assessmentcorrection c WHERE c.assessment_id = NEW.id
AND c.former_grade = OLD.final_grade AND c.grade = NEW.final_grade)"""
# As assessment/barring.py: the head, or the department, of several heads the one who is named without an account.
BARRED = """NEW.state = 'decided' AND NEW.final_grade = 'excellent' AND EXISTS (SELECT 1 FROM oversight_veto v
WHERE v.cycle_id = NEW.cycle_id AND v.state = 'in_force'
AND (v.head_id = NEW.head_id OR v.department_id = NEW.department_id
AND (NEW.since IS NULL AND NEW.until IS NULL OR v.head_id IS NULL AND v.head_name = NEW.head_name)))"""
BARS = """NEW.state = 'in_force' AND EXISTS (SELECT 1 FROM oversight_assessment a
WHERE a.cycle_id = NEW.cycle_id AND a.state = 'decided' AND a.final_grade = 'excellent'
AND (a.head_id = NEW.head_id OR a.department_id = NEW.department_id
AND (a.since IS NULL AND a.until IS NULL OR NEW.head_id IS NULL AND NEW.head_name = a.head_name)))"""
CASE = _differs(
    "cycle_id", "department_id", "department_name", "head_id", "head_name", "violation_number", "violation_organ",
    "violation_on", "violation_paper", "impact_source", "impact_on", "impact_paper", "proposed_by_id",
)  # fmt: skip
OVER = "OLD.state IN ('lifted', 'withdrawn') OR OLD.state = 'in_force' AND NEW.state NOT IN ('in_force', 'lifted')"
NOT_LIFTED = """NEW.state = 'lifted' AND NOT EXISTS (
SELECT 1 FROM oversight_vetoentry e WHERE e.veto_id = NEW.id AND e.act = 'lift')"""
SEVERAL_HEADS = "两位负责人的考核时间重叠"
NO_EXCELLENT, FIRST_CORRECT = "有否决生效，不得审定为优秀", "已经审定为优秀，先更正等次，否决才能生效"
FREEZE = (
    FreezeRule("indicator_sheet", SHEET, "UPDATE", "OLD.state = 'active'", "已启用的考核指标不能更改"),
    FreezeRule("indicator_sheet_new", SHEET, "INSERT", "NEW.state = 'active'", "考核指标先起草再启用"),
    FreezeRule(
        "indicator_weights", SHEET, "UPDATE", f"NEW.state = 'active' AND {WEIGHTS} <> NEW.total", "分值之和不等于总分"
    ),
    FreezeRule("indicator", INDICATOR, "UPDATE", IN_USE, "已启用的考核指标不能更改"),
    FreezeRule("indicator_moved", INDICATOR, "UPDATE", "NEW.sheet_id <> OLD.sheet_id", "考核指标不能移动"),
    FreezeRule("indicator_new", INDICATOR, "INSERT", IN_USE, "已启用的考核指标不能增加"),
    FreezeRule("assessment", ASSESSMENT, "UPDATE", f"OLD.state = 'decided' AND ({FIXED} OR {CORRECTED})", "考核已审定"),
    FreezeRule("assessment_scorer", ASSESSMENT, "UPDATE", SCORER, "核分的人不能登记审定"),
    FreezeRule("assessment_barred", ASSESSMENT, "UPDATE", BARRED, NO_EXCELLENT),
    FreezeRule("assessment_barred_new", ASSESSMENT, "INSERT", BARRED, NO_EXCELLENT),
    FreezeRule("assessment_overlaps", ASSESSMENT, "UPDATE", f"{OVERLAPS} AND a.id <> NEW.id)", SEVERAL_HEADS),
    FreezeRule("assessment_overlaps_new", ASSESSMENT, "INSERT", f"{OVERLAPS})", SEVERAL_HEADS),
    FreezeRule("assessment_item", ITEM, "UPDATE", CHANGED, "已提交的自评不能更改"),
    FreezeRule("assessment_item_new", ITEM, "INSERT", f"{OF_ITEM} <> 'self'", "已提交的自评不能增加项目"),
    FreezeRule("item_score", SCORE, "UPDATE", f"{OF_SCORE} OR {OWN_SCORE}", "现在不能核分"),
    FreezeRule("item_score_new", SCORE, "INSERT", f"{OF_SCORE} OR {OWN_SCORE}", "现在不能核分"),
    FreezeRule("assessment_entry", "oversight_assessmententry", "UPDATE", "1 = 1", "考核办理记录不能更改"),
    FreezeRule("assessment_correction", CORRECTION, "UPDATE", "1 = 1", "考核更正不能更改"),
    FreezeRule("veto_case", VETO, "UPDATE", CASE, "否决的内容不能更改"),
    FreezeRule("veto_over", VETO, "UPDATE", OVER, "否决已经生效或结束，不能改回"),
    FreezeRule("veto_bars", VETO, "UPDATE", BARS, FIRST_CORRECT),
    FreezeRule("veto_bars_new", VETO, "INSERT", BARS, FIRST_CORRECT),
    FreezeRule("veto_lifted", VETO, "UPDATE", NOT_LIFTED, "解除否决须有纠正原案的决定"),
    FreezeRule("veto_entry", ENTRY, "UPDATE", "1 = 1", "否决办理记录不能更改"),
)
