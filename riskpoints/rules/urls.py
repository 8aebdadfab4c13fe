"""Addresses of the school rules."""

from django.urls import path

from riskpoints.rules import views

app_name = "rules"

urlpatterns = [
    path("rules/", views.index, name="index"),
    path("rules/calendar/", views.calendar, name="calendar"),
    path("rules/<str:key>/", views.rule, name="rule"),
]
