"""Pages under /w/<workspace>/."""

from django.urls import URLPattern, path

from archreview.decisions.views import comments, editor, log, pages, templates

app_name = "decisions"

urlpatterns: list[URLPattern] = [
    path("decisions/", pages.decision_list, name="decision_list"),
    path("decisions/new/", editor.decision_new, name="decision_new"),
    path("decisions/export/", log.log_page, name="log_export"),
    path("decisions/export/decisions.pdf", log.log_document, name="log_pdf"),
    path("decisions/export/decisions.zip", log.log_zip, name="log_zip"),
    path("decisions/import/", log.log_import, name="log_import"),
    path("decisions/preview/", editor.decision_preview, name="decision_preview"),
    path("decisions/templates/", templates.template_list, name="template_list"),
    path("decisions/templates/new/", templates.template_new, name="template_new"),
    path("decisions/templates/<int:template>/", templates.template_edit, name="template_edit"),
    path("decisions/templates/<int:template>/delete/", templates.template_delete, name="template_delete"),
    path("decisions/<int:number>/", pages.decision, name="decision"),
    path("decisions/<int:number>/edit/", editor.decision_edit, name="decision_edit"),
    path("decisions/<int:number>/decide/", pages.decision_decide, name="decision_decide"),
    path("decisions/<int:number>/delete/", pages.decision_delete, name="decision_delete"),
    path("decisions/<int:number>/template/", templates.decision_template, name="decision_template"),
    path("decisions/<int:number>/authors/", templates.decision_authors, name="decision_authors"),
    path("decisions/<int:number>/markdown/", pages.decision_markdown, name="decision_markdown"),
    path("decisions/<int:number>/pdf/", pages.decision_pdf, name="decision_pdf"),
    path("decisions/<int:number>/<str:file>.md", log.decision_by_file, name="decision_by_file"),
    path("decisions/<int:number>/comments/", comments.comment_new, name="comment_new"),
    path("decisions/<int:number>/comments/<int:comment>/edit/", comments.comment_edit, name="comment_edit"),
    path("decisions/<int:number>/comments/<int:comment>/delete/", comments.comment_delete, name="comment_delete"),
    path("decisions/<int:number>/versions/<int:version>/", pages.decision_version, name="decision_version"),
]
