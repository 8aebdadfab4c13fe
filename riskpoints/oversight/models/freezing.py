"""What the database itself refuses to change of a check."""

from riskcontrol.triggers import FreezeRule

MEASURE = """(SELECT s.state FROM oversight_checksheet s JOIN oversight_checkline l ON l.sheet_id = s.id
WHERE l.id = NEW.line_id) IN ('submitted', 'reviewed')"""
EVIDENCE = """(SELECT s.state FROM oversight_checksheet s JOIN oversight_checkline l ON l.sheet_id = s.id
JOIN oversight_checkmeasure m ON m.line_id = l.id WHERE m.id = NEW.measure_id) IN ('submitted', 'reviewed')"""
HANDLING = "oversight_handling"
ISSUED_CHANGED = """OLD.state <> 'drafted' AND (NEW.kind <> OLD.kind OR NEW.summary <> OLD.summary
OR NEW.demand <> OLD.demand OR NEW.approved_by_id <> OLD.approved_by_id OR NEW.issued_on <> OLD.issued_on
OR NEW.drafted_by_id <> OLD.drafted_by_id)"""
SAID_CHANGED = """NEW.text <> OLD.text OR NEW.nature <> OLD.nature OR NEW.sequence <> OLD.sequence
OR NEW.department_id <> OLD.department_id OR NEW.registered_by_id <> OLD.registered_by_id"""
DEMAND_TAKEN = "OLD.demands_revision AND NOT NEW.demands_revision"
HIGHER = """NEW.escalated_from_id IS NOT NULL
AND NEW.kind <= (SELECT kind FROM oversight_handling WHERE id = NEW.escalated_from_id)"""
OF_REPLY = """(SELECT h.% FROM oversight_handling h JOIN oversight_reply r ON r.handling_id = h.id
WHERE r.id = NEW.reply_id)"""
REPLIER = "(SELECT by_id FROM oversight_reply WHERE id = NEW.reply_id)"
BARRED = (OF_REPLY.replace("%", "approved_by_id"), OF_REPLY.replace("%", "person_id"), REPLIER)
VERIFIER = " OR ".join("NEW.by_id = " + one for one in BARRED)
OF_PERSON = OF_REPLY.replace("%", "nature") + " = 'person'"
ON_PAPER = """(NEW.causes <> '' OR NEW.measures <> '')
AND (SELECT kind FROM oversight_handling WHERE id = NEW.handling_id) IN (3, 4, 6)"""
OVER_FINDING = "OLD.state IN ('dropped', 'passed_on', 'closed')"
OVER = "('closed', 'withdrawn', 'escalated', 'transferred', 'left')"
FREEZE = (
    FreezeRule("check_sheet", "oversight_checksheet", "UPDATE", "OLD.state = 'reviewed'", "已复核的检查表不能更改"),
    FreezeRule("check_line", "oversight_checkline", "UPDATE", "1 = 1", "检查表里的风险点不能更改"),
    FreezeRule("check_measure", "oversight_checkmeasure", "UPDATE", MEASURE, "已提交的检查表不能更改"),
    FreezeRule("check_measure_moved", "oversight_checkmeasure", "UPDATE", "NEW.line_id <> OLD.line_id", "措施不能移动"),
    FreezeRule("check_measure_new", "oversight_checkmeasure", "INSERT", MEASURE, "已提交的检查表不能增加措施"),
    FreezeRule("check_evidence", "oversight_checkevidence", "INSERT", EVIDENCE, "已提交的检查表不能增加证据"),
    FreezeRule("check_evidence_kept", "oversight_checkevidence", "UPDATE", "1 = 1", "检查证据不能更改"),
    FreezeRule("check_entry", "oversight_checkentry", "UPDATE", "1 = 1", "检查办理记录不能更改"),
    FreezeRule(
        "finding", "oversight_finding", "UPDATE", "OLD.state IN ('dropped', 'passed_on', 'closed')", "问题已经办完"
    ),
    FreezeRule("finding_said", "oversight_finding", "UPDATE", SAID_CHANGED, "登记的问题不能改写"),
    FreezeRule("finding_demand", "oversight_finding", "UPDATE", DEMAND_TAKEN, "要求修订不能收回"),
    FreezeRule("finding_entry", "oversight_findingentry", "UPDATE", "1 = 1", "问题办理记录不能更改"),
    FreezeRule("finding_answer", "oversight_findinganswer", "UPDATE", "1 = 1", "修订回应不能更改"),
    FreezeRule("handling", HANDLING, "UPDATE", f"OLD.state IN {OVER}", "处置已经办完，不能更改"),
    FreezeRule("handling_issued", HANDLING, "UPDATE", ISSUED_CHANGED, "已发出的处置不能改写"),
    FreezeRule("handling_higher", HANDLING, "INSERT", HIGHER, "升级只能升到更高的一级"),
    FreezeRule("handling_entry", "oversight_handlingentry", "UPDATE", "1 = 1", "处置办理记录不能更改"),
    FreezeRule("kept_counts", "oversight_keptcounts", "UPDATE", "1 = 1", "导入的统计不能更改"),
    FreezeRule("kept_correction", "oversight_keptcorrection", "UPDATE", "1 = 1", "导入的更正不能更改"),
    FreezeRule("reply", "oversight_reply", "UPDATE", "1 = 1", "整改回告不能更改"),
    FreezeRule("reply_on_paper", "oversight_reply", "INSERT", ON_PAPER, "谈话、诫勉只登记书面材料在哪里"),
    FreezeRule("reply_file", "oversight_replyfile", "UPDATE", "1 = 1", "回告附件不能更改"),
    FreezeRule("reply_file_of_person", "oversight_replyfile", "INSERT", OF_PERSON, "涉及个人的不上传文件"),
    FreezeRule("verification", "oversight_verification", "UPDATE", "1 = 1", "整改核查不能更改"),
    FreezeRule("verification_by", "oversight_verification", "INSERT", VERIFIER, "批准人、回告人和本人不能核查"),
)
