from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "archreview.reviews"
    verbose_name = "Reviews"

    def ready(self) -> None:
        from archreview.decisions.standing import bring_standings
        from archreview.jobs.kinds import offer
        from archreview.registry.judgements import bring_judgements
        from archreview.reviews.dry_runs import dry_run_everywhere
        from archreview.reviews.list_judgements import judgements
        from archreview.reviews.navigation import count_open
        from archreview.reviews.report.making import REPORT_KIND
        from archreview.reviews.rule_findings import findings_by_rule
        from archreview.reviews.standings import standings
        from archreview.rules.dry_runs import bring_dry_run
        from archreview.rules.hits import bring_findings
        from archreview.workspaces.frame import count_in_navigation

        offer(REPORT_KIND)
        bring_dry_run(dry_run_everywhere)
        bring_findings(findings_by_rule)
        bring_judgements(judgements)
        bring_standings(standings)
        count_in_navigation(count_open)
