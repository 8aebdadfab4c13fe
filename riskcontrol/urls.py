"""Routes of the whole site: each app names its own."""

urlpatterns: list = []
