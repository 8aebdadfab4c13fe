"""Who: the school, its departments, posts and people."""

from django.apps import AppConfig


class DepartmentsConfig(AppConfig):
    name = "departments"
    verbose_name = "组织机构"
