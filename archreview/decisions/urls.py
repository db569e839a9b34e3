"""Pages under /w/<workspace>/."""

from django.urls import URLPattern, path

from archreview.decisions import log_views, views

app_name = "decisions"

urlpatterns: list[URLPattern] = [
    path("decisions/", views.decision_list, name="decision_list"),
    path("decisions/new/", views.decision_new, name="decision_new"),
    path("decisions/export/", log_views.log_page, name="log_export"),
    path("decisions/export/decisions.pdf", log_views.log_document, name="log_pdf"),
    path("decisions/export/decisions.zip", log_views.log_zip, name="log_zip"),
    path("decisions/import/", log_views.log_import, name="log_import"),
    path("decisions/preview/", views.decision_preview, name="decision_preview"),
    path("decisions/<int:number>/", views.decision, name="decision"),
    path("decisions/<int:number>/edit/", views.decision_edit, name="decision_edit"),
    path("decisions/<int:number>/decide/", views.decision_decide, name="decision_decide"),
    path("decisions/<int:number>/delete/", views.decision_delete, name="decision_delete"),
    path("decisions/<int:number>/markdown/", views.decision_markdown, name="decision_markdown"),
    path("decisions/<int:number>/pdf/", views.decision_pdf, name="decision_pdf"),
    path("decisions/<int:number>/<str:file>.md", log_views.decision_by_file, name="decision_by_file"),
    path("decisions/<int:number>/versions/<int:version>/", views.decision_version, name="decision_version"),
]
