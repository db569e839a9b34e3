from django.apps import AppConfig


class JobsConfig(AppConfig):
    name = "archreview.jobs"
    verbose_name = "Background work"
