from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "archreview.decisions"
    verbose_name = "Decisions"
