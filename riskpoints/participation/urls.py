"""Addresses of proposals and opinions."""

from django.urls import path

from riskpoints.participation.views import cooperation, figures, opinions, periods, proposals, public, referrals

app_name = "participation"
PROPOSAL = "opinions/proposals/<int:proposal_id>/"

urlpatterns = [
    path("opinions/", proposals.index, name="index"),
    path("opinions/received/", proposals.listing, {"key": "received"}, name="received"),
    path("opinions/sent/", proposals.listing, {"key": "sent"}, name="sent"),
    path("opinions/proposals/", proposals.listing, {"key": "every"}, name="every"),
    path("opinions/public/", proposals.listing, {"key": "opinions"}, name="opinions"),
    path("opinions/figures/", figures.index, name="figures"),
    path("opinions/figures/<str:figure>.<str:kind>", figures.paper, name="figures_paper"),
    path("opinions/cooperation/", cooperation.index, name="cooperation"),
    path("opinions/cooperation/<int:point_id>/<int:department_id>/", cooperation.point, name="co_point"),
    path("opinions/propose/", proposals.propose, name="propose"),
    path(PROPOSAL, proposals.proposal, name="proposal"),
    path(f"{PROPOSAL}accept/", proposals.accept, name="accept"),
    path(f"{PROPOSAL}decline/", proposals.decline, name="decline"),
    path(f"{PROPOSAL}prepare/", proposals.prepare, name="prepare"),
    path(f"{PROPOSAL}withdraw/", proposals.withdraw, name="withdraw"),
    path("opinions/public/<int:feedback_id>/", opinions.opinion, name="opinion"),
    path("opinions/public/<int:feedback_id>/correct/", opinions.correct, name="correct"),
    path("opinions/public/<int:feedback_id>/refer/", referrals.refer, name="refer"),
    path("opinions/public/<int:feedback_id>/petition/", referrals.petition, name="petition"),
    path("opinions/public/several/", opinions.bulk, name="bulk"),
    path("opinions/objections/<int:objection_id>/", opinions.objection, name="objection"),
    path("publication/periods/", periods.periods, name="periods"),
    path("publication/periods/<int:publication_id>/", periods.period, name="period"),
    path("publication/periods/<int:publication_id>/result.pdf", periods.result, name="period_result"),
    path("publication/<int:version_id>/opinion/", public.send, name="send"),
    path("publication/opinion/", public.receipt, name="receipt"),
]
