"""Pages under /admin/catalog/: the desk, for staff with the right."""

from django.urls import path

from archreview.rules.views import desk

app_name = "catalog"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("health/", desk.health, name="health"),
    path("settings/", desk.settings, name="settings"),
    path("rules/new/", desk.new_rule, name="new_rule"),
    path("rules/<slug:code>/", desk.rule, name="rule"),
    path("obligations/new/", desk.new_obligation, name="new_obligation"),
    path("obligations/<slug:duty>/", desk.obligation, name="obligation"),
]
