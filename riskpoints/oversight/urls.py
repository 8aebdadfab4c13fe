"""Addresses of oversight."""

from django.urls import path

from riskpoints.oversight.views import checks, sheet

app_name = "oversight"
SHEET = "checks/<int:sheet_id>/"

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
]
