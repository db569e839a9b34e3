"""Pages under /admin/catalog/: the desk, for staff with the right."""

from django.urls import path

from archreview.rules.views import desk, editor

app_name = "catalog"

urlpatterns = [
    path("", desk.desk, name="desk"),
    path("health/", desk.health, name="health"),
    path("settings/", editor.settings, name="settings"),
    path("rules/new/", editor.new_rule, name="new_rule"),
    path("rules/<slug:code>/", editor.rule, name="rule"),
    path("obligations/new/", editor.new_obligation, name="new_obligation"),
    path("obligations/<slug:duty>/", editor.obligation, name="obligation"),
]
