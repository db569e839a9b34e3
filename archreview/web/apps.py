from django.apps import AppConfig


class WebConfig(AppConfig):
    name = "archreview.web"
    verbose_name = "Web pieces"
