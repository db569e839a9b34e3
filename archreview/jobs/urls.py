"""Pages under /w/<workspace>/."""

from django.urls import path

from archreview.jobs import views

app_name = "jobs"

urlpatterns = [
    path("jobs/<int:job>/", views.job, name="job"),
    path("jobs/<int:job>/progress/", views.progress, name="job_progress"),
    path("jobs/<int:job>/result/", views.result, name="job_result"),
    path("jobs/<int:job>/cancel/", views.cancel, name="job_cancel"),
    path("jobs/<int:job>/retry/", views.retry, name="job_retry"),
    path("jobs/<int:job>/delete/", views.delete, name="job_delete"),
]
