"""Addresses of the library."""

from django.urls import path

from riskpoints.library.views import confirming, importing, keeping, picking, reading

app_name = "library"

urlpatterns = [
    path("library/", reading.index, name="index"),
    path("library/export/", reading.export, name="export"),
    path("library/new/", keeping.add, name="add"),
    path("library/<int:risk_id>/", keeping.change, name="change"),
    path("library/<int:risk_id>/active/", keeping.activate, name="activate"),
    path("library/questions/", keeping.questions, name="questions"),
    path("library/questions/<str:category>/", keeping.question_form, name="question_form"),
    path("library/for/<int:version_id>/", picking.pick, name="pick"),
    path("library/for/<int:version_id>/missing/", confirming.missing, name="missing"),
    path("library/for/<int:version_id>/missing/<int:row_id>/", confirming.withdraw, name="withdraw"),
    path("library/import/", importing.choose, name="import"),
    path("library/import/save/", importing.save, name="import_save"),
]
