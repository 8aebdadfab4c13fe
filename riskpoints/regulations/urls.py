"""Addresses of 制度库."""

from django.urls import path

from riskpoints.regulations.views import acts, files, pages, plans

app_name = "regulations"
ONE = "regulations/<int:regulation_id>/"

urlpatterns = [
    path("regulations/", pages.index, name="index"),
    path("regulations/new/", pages.new, name="new"),
    path("regulations/plan/", plans.index, name="plan"),
    path("regulations/plan/<str:kind>/", plans.export, name="plan_export"),
    path(ONE, pages.page, name="page"),
    path(f"{ONE}edit/", pages.edit, name="edit"),
    path(f"{ONE}act/<str:act>/", acts.act, name="act"),
    path(f"{ONE}plan/", acts.plan, name="decide"),
    path(f"{ONE}check/", acts.check, name="check"),
    path(f"{ONE}files/new/", files.new, name="file_new"),
    path(f"{ONE}files/<int:file_id>/", files.file, name="file"),
    path(f"{ONE}files/<int:file_id>/replace/", files.replace, name="file_replace"),
]
