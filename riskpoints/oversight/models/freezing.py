"""What the database itself refuses to change of a check."""

from riskcontrol.triggers import FreezeRule

MEASURE = """(SELECT s.state FROM oversight_checksheet s JOIN oversight_checkline l ON l.sheet_id = s.id
WHERE l.id = NEW.line_id) IN ('submitted', 'reviewed')"""
EVIDENCE = """(SELECT s.state FROM oversight_checksheet s JOIN oversight_checkline l ON l.sheet_id = s.id
JOIN oversight_checkmeasure m ON m.line_id = l.id WHERE m.id = NEW.measure_id) IN ('submitted', 'reviewed')"""
FREEZE = (
    FreezeRule("check_sheet", "oversight_checksheet", "UPDATE", "OLD.state = 'reviewed'", "已复核的检查表不能更改"),
    FreezeRule("check_line", "oversight_checkline", "UPDATE", "1 = 1", "检查表里的风险点不能更改"),
    FreezeRule("check_measure", "oversight_checkmeasure", "UPDATE", MEASURE, "已提交的检查表不能更改"),
    FreezeRule("check_measure_moved", "oversight_checkmeasure", "UPDATE", "NEW.line_id <> OLD.line_id", "措施不能移动"),
    FreezeRule("check_measure_new", "oversight_checkmeasure", "INSERT", MEASURE, "已提交的检查表不能增加措施"),
    FreezeRule("check_evidence", "oversight_checkevidence", "INSERT", EVIDENCE, "已提交的检查表不能增加证据"),
    FreezeRule("check_evidence_kept", "oversight_checkevidence", "UPDATE", "1 = 1", "检查证据不能更改"),
    FreezeRule("check_entry", "oversight_checkentry", "UPDATE", "1 = 1", "检查办理记录不能更改"),
)
