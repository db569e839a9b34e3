"""Pages under /w/<workspace>/."""

from django.urls import URLPattern

app_name = "registry"

urlpatterns: list[URLPattern] = []
