"""Addresses of the year's work."""

from django.urls import path

from riskpoints.campaign.views import basis, board, deliveries, education, issued, plan, taught, upkeep

app_name = "campaign"
EVENT = "education/<int:event_id>/"
TASK = "plan/tasks/<int:task_id>/"

urlpatterns = [
    path("board/", board.index, name="board"),
    path("board/<str:line_key>/remind/", board.remind, name="remind"),
    path("plan/", plan.index, name="plan"),
    path("plan/<int:year>/milestone/", plan.milestone, name="milestone_new"),
    path("plan/<int:year>/milestone/<int:milestone_id>/", plan.milestone, name="milestone_edit"),
    path("plan/<int:year>/task/", plan.task_form, name="task_new"),
    path("plan/<int:year>/task/<int:task_id>/", plan.task_form, name="task_edit"),
    path("plan/<int:year>/basis/", basis.basis, name="basis_new"),
    path("plan/<int:year>/basis/<int:basis_id>/", basis.basis, name="basis_edit"),
    path("plan/<int:year>/basis/<int:basis_id>/end/", basis.end, name="basis_end"),
    path("plan/<int:year>/basis/<int:basis_id>/file", basis.file, name="basis_file"),
    path("plan/papers/<str:name>.<str:kind>", plan.listing, name="plan_paper"),
    path("plan/notices/<int:notice_id>/", plan.answer, name="notice_answer"),
    path("plan/notices/<int:notice_id>/notice.pdf", plan.notice_paper, name="notice_paper"),
    path(TASK, plan.task, name="task"),
    path(f"{TASK}supervise/", plan.supervise, name="supervise"),
    path(f"{TASK}files/<int:entry_id>", plan.attachment, name="task_file"),
    path(f"{TASK}<str:kind>/", plan.act, name="task_act"),
    path("deliveries/", deliveries.index, name="deliveries"),
    path("deliveries/new/", deliveries.new, name="delivery_new"),
    path("deliveries/register.<str:kind>", deliveries.register, name="delivery_register"),
    path("deliveries/<int:delivery_id>/", deliveries.delivery, name="delivery"),
    path("deliveries/<int:delivery_id>/slip.pdf", deliveries.slip, name="delivery_slip"),
    path("upkeep/<int:version_id>/", upkeep.look_through, name="upkeep"),
    path("issued/", issued.index, name="issued"),
    path("issued/new/", issued.new, name="issued_new"),
    path("issued/register.<str:kind>", issued.register, name="issued_register"),
    path("issued/<int:issued_id>/", issued.one, name="issued_one"),
    path("issued/<int:issued_id>/edit/", issued.edit, name="issued_edit"),
    path("issued/<int:issued_id>/file", issued.file, name="issued_file"),
    path("education/", education.index, name="education"),
    path("education/new/", education.new, name="education_new"),
    path("education/ledger.<str:kind>", education.ledger, name="education_ledger"),
    path("education/measures/", taught.measures, name="education_measures"),
    path(EVENT, education.event, name="education_event"),
    path(f"{EVENT}edit/", education.edit, name="education_edit"),
    path(f"{EVENT}material/", education.material, name="education_material"),
    path(f"{EVENT}material/<int:material_id>", education.download_material, name="education_download"),
    path(f"{EVENT}sheet.pdf", education.sheet, name="education_sheet"),
]
