from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class RulesConfig(AppConfig):
    name = "archreview.rules"
    verbose_name = "Rules"

    def ready(self) -> None:
        post_migrate.connect(load_shipped_rules, sender=self, dispatch_uid="load the shipped rules")


def load_shipped_rules(*, using: str, **kwargs: Any) -> None:
    """
    Load the shipped catalog after every migration, as Django does with permissions.

    So a new database has rules from the beginning, a test's database has them again after it was emptied, and a newer
    release brings its newer rules. What an administrator changed stays.
    """
    from django.db import DEFAULT_DB_ALIAS, connections
    from django.db.migrations.executor import MigrationExecutor

    if using != DEFAULT_DB_ALIAS:
        return
    executor = MigrationExecutor(connections[using])
    if executor.migration_plan([node for node in executor.loader.graph.leaf_nodes() if node[0] == "rules"]):
        # Migrated back, or not all the way yet: there are no tables that the rules fit into.
        return
    from archreview.rules.actions import load_catalog
    from archreview.rules.built_in import built_in_catalog

    # Its examples are tried by the product's own tests.
    load_catalog(built_in_catalog(), try_examples=False)
