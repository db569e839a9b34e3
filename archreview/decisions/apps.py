from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate


class DecisionsConfig(AppConfig):
    name = "archreview.decisions"
    verbose_name = "Decisions"

    def ready(self) -> None:
        from archreview.decisions.large_logs import LOG_IMPORT_KIND
        from archreview.decisions.log_document import LOG_KIND
        from archreview.decisions.queries import waiting_for_a_lead
        from archreview.jobs.kinds import offer
        from archreview.workspaces.frame import count_in_navigation

        count_in_navigation(waiting_for_a_lead)
        offer(LOG_KIND)
        offer(LOG_IMPORT_KIND)
        pre_migrate.connect(before_migration, sender=self, dispatch_uid="take the guards of decisions off")
        post_migrate.connect(after_migration, sender=self, dispatch_uid="put the guards of decisions on")


def before_migration(*, using: str, plan: list[Any], **kwargs: Any) -> None:
    """Take the triggers off where tables are about to change; they cannot change under them."""
    from django.db import connections

    from archreview.decisions.guards import take_guards_off
    from archreview.decisions.models import Decision

    if plan and Decision._meta.db_table in connections[using].introspection.table_names():
        take_guards_off(connections[using])


def after_migration(*, using: str, **kwargs: Any) -> None:
    """Put the triggers on, made from the columns as they are now; not where the tables are those of another release."""
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    from archreview.decisions.guards import put_guards

    executor = MigrationExecutor(connections[using])
    if not executor.migration_plan([node for node in executor.loader.graph.leaf_nodes() if node[0] == "decisions"]):
        put_guards(connections[using])
