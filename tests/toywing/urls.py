"""The toy's one address."""

from django.http import HttpResponse
from django.urls import path

app_name = "toywing"
urlpatterns = [path("visits/", lambda request: HttpResponse("巡察一览"), name="index")]
