from django.apps import AppConfig


class RulesConfig(AppConfig):
    name = "archreview.rules"
    verbose_name = "Rules"
