"""Addresses for coming in and going out; without a namespace, because Django itself asks for some of these names."""

from django.urls import path

from departments.views import session

urlpatterns = [
    path("login/", session.login, name="login"),
    path("logout/", session.logout, name="logout"),
    path("password/", session.own_password, name="password_change"),
    path("password/done/", session.own_password_done, name="password_change_done"),
]
