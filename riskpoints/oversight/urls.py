"""Addresses of oversight."""

from django.urls import path

from riskpoints.oversight.views import assessment, checks, indicators, judging, sheet, veto

app_name = "oversight"
SHEET = "checks/<int:sheet_id>/"
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
    path("assessment/", assessment.index, name="assessments"),
    path("assessment/list.<str:kind>", assessment.listing, name="assessment_list"),
    path("assessment/indicators/<int:year>/", indicators.indicators, name="indicators"),
    path("assessment/start/<int:year>/<int:department_id>/", assessment.start, name="assessment_start"),
    path("assessment/decide/<int:year>/", assessment.decide, name="assessment_decide"),
    path("assessment/veto/<int:year>/", veto.propose, name="veto_propose"),
    path("assessment/vetoes/<int:veto_id>/", veto.veto, name="veto"),
    path(ONE, judging.assessment, name="assessment"),
    path(f"{ONE}score/", judging.score, name="assessment_score"),
    path(f"{ONE}return/", judging.give_back, name="assessment_return"),
    path(f"{ONE}sheet.pdf", judging.paper, name="assessment_paper"),
    path(f"{ONE}files/<int:item_id>", judging.evidence, name="assessment_file"),
]
