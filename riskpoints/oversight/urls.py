"""Addresses of oversight."""

from django.urls import path

from riskpoints.oversight.views import (
    assessment,
    checks,
    findings,
    handlings,
    heads,
    indicators,
    judging,
    matter_papers,
    sheet,
    veto,
)

app_name = "oversight"
SHEET = "checks/<int:sheet_id>/"
FINDING = "findings/<int:finding_id>/"
HANDLING = "handlings/<int:handling_id>/"
ONE = "assessment/<int:assessment_id>/"

urlpatterns = [
    path("checks/", checks.index, name="checks"),
    path("checks/start/<int:year>/<int:department_id>/<int:level>/<slug:period>/", checks.start, name="start"),
    path("checks/list.<str:kind>", checks.listing, name="list"),
    path("checks/supervise/<int:year>/", checks.supervise, name="supervise"),
    path(SHEET, sheet.sheet, name="sheet"),
    path(f"{SHEET}sheet.pdf", sheet.paper, name="paper"),
    path(f"{SHEET}review/", sheet.review, name="review"),
    path(f"{SHEET}measures/<int:measure_id>/", sheet.evidence, name="evidence"),
    path(f"{SHEET}evidence/<int:evidence_id>", sheet.evidence_file, name="evidence_file"),
    path(f"{SHEET}evidence/<int:evidence_id>/remove/", sheet.evidence_remove, name="evidence_remove"),
    path("findings/", findings.index, name="findings"),
    path("findings/ledger.<str:kind>", matter_papers.listing, name="ledger"),
    path("findings/volume.pdf", matter_papers.volume, name="volume"),
    path("findings/new/", findings.choose, name="finding_choose"),
    path("findings/new/<int:department_id>/", findings.register, name="finding_new"),
    path(FINDING, findings.finding, name="finding"),
    path(f"{FINDING}answer/", findings.answer, name="finding_answer"),
    path(f"{FINDING}handle/", handlings.draft, name="handling_new"),
    path(f"{FINDING}<slug:act>/", findings.decide, name="finding_act"),
    path(HANDLING, handlings.handling, name="handling"),
    path(f"{HANDLING}files/<int:file_id>", handlings.reply_file, name="reply_file"),
    path(f"{HANDLING}<slug:paper>.pdf", matter_papers.paper, name="handling_paper"),
    path(f"{HANDLING}<slug:kind>/", handlings.act, name="handling_act"),
    path("assessment/", assessment.index, name="assessments"),
    path("assessment/list.<str:kind>", assessment.listing, name="assessment_list"),
    path("assessment/indicators/<int:year>/", indicators.indicators, name="indicators"),
    path("assessment/start/<int:year>/<int:department_id>/", assessment.start, name="assessment_start"),
    path("assessment/decide/<int:year>/", assessment.decide, name="assessment_decide"),
    path("assessment/heads/<int:year>/", heads.change, name="assessment_heads"),
    path("assessment/veto/<int:year>/", veto.propose, name="veto_propose"),
    path("assessment/vetoes/<int:veto_id>/", veto.veto, name="veto"),
    path(ONE, judging.assessment, name="assessment"),
    path(f"{ONE}score/", judging.score, name="assessment_score"),
    path(f"{ONE}return/", judging.give_back, name="assessment_return"),
    path(f"{ONE}sheet.pdf", judging.paper, name="assessment_paper"),
    path(f"{ONE}files/<int:item_id>", judging.evidence, name="assessment_file"),
]
