"""Pages under /w/<workspace>/."""

from django.urls import path

from archreview.rules.views import catalog

app_name = "rules"

urlpatterns = [
    path("rules/", catalog.rule_list, name="rule_list"),
    path("rules/<slug:rule>/", catalog.rule, name="rule"),
]
