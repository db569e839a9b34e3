from django.apps import AppConfig


class DecisionsConfig(AppConfig):
    name = "archreview.decisions"
    verbose_name = "Decisions"

    def ready(self) -> None:
        from archreview.decisions.queries import waiting_for_a_lead
        from archreview.workspaces.frame import count_in_navigation

        count_in_navigation(waiting_for_a_lead)
