"""Addresses of proposals and opinions."""

from django.urls import path

from riskpoints.participation import views

app_name = "participation"
PROPOSAL = "opinions/proposals/<int:proposal_id>/"

urlpatterns = [
    path("opinions/", views.index, name="index"),
    path("opinions/received/", views.listing, {"key": "received"}, name="received"),
    path("opinions/sent/", views.listing, {"key": "sent"}, name="sent"),
    path("opinions/proposals/", views.listing, {"key": "every"}, name="every"),
    path("opinions/public/", views.listing, {"key": "opinions"}, name="opinions"),
    path("opinions/propose/", views.propose, name="propose"),
    path(PROPOSAL, views.proposal, name="proposal"),
    path(f"{PROPOSAL}accept/", views.accept, name="accept"),
    path(f"{PROPOSAL}decline/", views.decline, name="decline"),
    path(f"{PROPOSAL}withdraw/", views.withdraw, name="withdraw"),
    path("opinions/public/<int:feedback_id>/", views.opinion, name="opinion"),
    path("publication/<int:version_id>/opinion/", views.send, name="send"),
    path("publication/opinion/", views.receipt, name="receipt"),
]
