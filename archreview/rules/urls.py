"""Pages under /w/<workspace>/."""

from django.urls import path

from archreview.rules.views import catalog, overriding

app_name = "rules"

urlpatterns = [
    path("rules/", catalog.rule_list, name="rule_list"),
    path("rules/<slug:rule>/", catalog.rule, name="rule"),
    path("rules/<slug:rule>/override/", overriding.override, name="override"),
    path("rules/<slug:rule>/override/take-back/", overriding.take_back_override, name="take_back_override"),
]
