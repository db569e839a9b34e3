from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "archreview.reviews"
    verbose_name = "Reviews"

    def ready(self) -> None:
        from archreview.registry.judgements import bring_judgements
        from archreview.reviews.list_judgements import judgements
        from archreview.reviews.rule_findings import findings_by_rule
        from archreview.rules.hits import bring_findings

        bring_findings(findings_by_rule)
        bring_judgements(judgements)
