"""Addresses of 职权目录."""

from django.urls import path

from riskpoints.powers.views import acts, editing, importing, pages, papers

app_name = "powers"
POWER = "powers/<int:power_id>/"
IMPORT = "powers/import/<int:department_id>/"

urlpatterns = [
    path("powers/", pages.index, name="index"),
    path("powers/public/", pages.public, name="public"),
    path("powers/catalogue.<str:kind>", papers.catalogue, name="catalogue"),
    path("powers/flows.pdf", papers.flows, name="flows"),
    path("powers/new/<int:department_id>/", editing.new, name="new"),
    path(f"{IMPORT}", importing.choose, name="import"),
    path(f"{IMPORT}save/", importing.save, name="import_save"),
    path(f"{IMPORT}template.xlsx", importing.template, name="import_template"),
    path(POWER, pages.power, name="power"),
    path(f"{POWER}edit/", editing.edit, name="edit"),
    path(f"{POWER}chart/", editing.chart, name="chart"),
    path(f"{POWER}chart/file", papers.uploaded, name="uploaded"),
    path(f"{POWER}flow.pdf", papers.flow, name="flow"),
    path(f"{POWER}<str:action>/", acts.act, name="act"),
]
