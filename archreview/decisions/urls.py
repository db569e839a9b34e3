"""Pages under /w/<workspace>/."""

from django.urls import URLPattern, path

from archreview.decisions import template_views, views

app_name = "decisions"

urlpatterns: list[URLPattern] = [
    path("decisions/", views.decision_list, name="decision_list"),
    path("decisions/new/", views.decision_new, name="decision_new"),
    path("decisions/preview/", views.decision_preview, name="decision_preview"),
    path("decisions/templates/", template_views.template_list, name="template_list"),
    path("decisions/templates/new/", template_views.template_new, name="template_new"),
    path("decisions/templates/<int:template>/", template_views.template_edit, name="template_edit"),
    path("decisions/templates/<int:template>/delete/", template_views.template_delete, name="template_delete"),
    path("decisions/<int:number>/", views.decision, name="decision"),
    path("decisions/<int:number>/edit/", views.decision_edit, name="decision_edit"),
    path("decisions/<int:number>/decide/", views.decision_decide, name="decision_decide"),
    path("decisions/<int:number>/delete/", views.decision_delete, name="decision_delete"),
    path("decisions/<int:number>/template/", template_views.decision_template, name="decision_template"),
    path("decisions/<int:number>/authors/", template_views.decision_authors, name="decision_authors"),
    path("decisions/<int:number>/markdown/", views.decision_markdown, name="decision_markdown"),
    path("decisions/<int:number>/pdf/", views.decision_pdf, name="decision_pdf"),
    path("decisions/<int:number>/versions/<int:version>/", views.decision_version, name="decision_version"),
]
