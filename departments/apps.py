"""Who: the school, its departments, posts and people."""

from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = "组织机构"

    def ready(self) -> None:
        from departments import logins, second_factor  # noqa: F401 - importing connects the login signal

        second_factor.check_roles()
