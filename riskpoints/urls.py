"""Addresses of the register."""

from django.urls import path

from riskpoints.views import actions, editing, inbox, prints, tables

app_name = "riskpoints"
VERSION = "versions/<int:version_id>/"

urlpatterns = [
    path("inbox/", inbox.inbox, name="inbox"),
    path("tables/", tables.mine, name="mine"),
    path("tables/<int:table_id>/start/", tables.start, name="start"),
    path(VERSION, tables.version, name="version"),
    path(f"{VERSION}head/", editing.head, name="head"),
    path(f"{VERSION}points/", editing.point, name="point_new"),
    path(f"{VERSION}points/<int:point_id>/", editing.point, name="point"),
    path(f"{VERSION}points/<int:row_id>/remove/", editing.remove, {"kind": "point"}, name="point_remove"),
    path(f"{VERSION}points/<int:row_id>/move/", editing.move, {"kind": "point"}, name="point_move"),
    path(f"{VERSION}measures/", editing.measure, name="measure_new"),
    path(f"{VERSION}measures/<int:measure_id>/", editing.measure, name="measure"),
    path(f"{VERSION}measures/<int:row_id>/remove/", editing.remove, {"kind": "measure"}, name="measure_remove"),
    path(f"{VERSION}measures/<int:row_id>/move/", editing.move, {"kind": "measure"}, name="measure_move"),
    path(f"{VERSION}nil/<slug:category>/", editing.nil, name="nil"),
    path(f"{VERSION}posts/<int:post_id>/", editing.exemption, name="exemption"),
    path(f"{VERSION}ruling/", editing.ruling, name="ruling"),
    path(f"{VERSION}assess/", actions.assess, name="assess"),
    path(f"{VERSION}revise/", actions.revise, name="revise"),
    path(f"{VERSION}act/<slug:action>/", actions.act, name="act"),
    path(f"{VERSION}print.<slug:kind>", prints.form, name="print"),
    path(f"{VERSION}scan/", prints.scan, name="scan"),
    path("blank.pdf", prints.blank, name="blank"),
]
