from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "archreview.reviews"
    verbose_name = "Reviews"

    def ready(self) -> None:
        from archreview.jobs.kinds import offer
        from archreview.registry.judgements import bring_judgements
        from archreview.reviews.list_judgements import judgements
        from archreview.reviews.navigation import count_open
        from archreview.reviews.report.making import REPORT_KIND
        from archreview.reviews.rule_findings import findings_by_rule
        from archreview.rules.hits import bring_findings
        from archreview.workspaces.frame import count_in_navigation

        offer(REPORT_KIND)
        bring_findings(findings_by_rule)
        bring_judgements(judgements)
        count_in_navigation(count_open)
