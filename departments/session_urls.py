"""Addresses for coming in, going out and the own account; without a namespace: Django itself asks for some of them."""

from django.urls import path

from departments.views import notices, own, own_calendar, session

urlpatterns = [
    path("login/", session.login, name="login"),
    path("login/code/", session.code, name="login_code"),
    path("logout/", session.logout, name="logout"),
    path("password/", own.password, name="password_change"),
    path("password/done/", own.password_done, name="password_change_done"),
    path("account/", own.account, name="own_account"),
    path("account/calendar/", own_calendar.page, name="own_calendar"),
    path("account/mail/", own.mail, name="own_mail"),
    path("account/kept/discard/", own.discard_kept, name="kept_discard"),
    path("account/sessions/end/", own.end_others, name="sessions_end"),
    path("account/sessions/<slug:listed>/end/", own.end_session, name="session_end"),
    path("account/code/", own.code_setup, name="code_setup"),
    path("account/code/picture.svg", own.code_picture, name="code_picture"),
    path("account/code/recovery/", own.code_recovery, name="code_recovery"),
    path("account/code/remove/", own.code_remove, name="code_remove"),
    path("notices/", notices.index, name="notices"),
    path("notices/<int:notice_id>/read/", notices.acknowledge, name="notice_read"),
]
