"""Addresses of the year's work."""

from django.urls import path

from riskpoints.campaign.views import education

app_name = "campaign"
EVENT = "education/<int:event_id>/"

urlpatterns = [
    path("education/", education.index, name="education"),
    path("education/new/", education.new, name="education_new"),
    path("education/ledger.<str:kind>", education.ledger, name="education_ledger"),
    path(EVENT, education.event, name="education_event"),
    path(f"{EVENT}edit/", education.edit, name="education_edit"),
    path(f"{EVENT}material/", education.material, name="education_material"),
    path(f"{EVENT}material/<int:material_id>", education.download_material, name="education_download"),
    path(f"{EVENT}sheet.pdf", education.sheet, name="education_sheet"),
]
