"""Pages under /w/<workspace>/."""

from django.urls import path

from archreview.rules import views

app_name = "rules"

urlpatterns = [
    path("rules/", views.rule_list, name="rule_list"),
    path("rules/<slug:rule>/", views.rule, name="rule"),
]
