from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from archreview.rules.actions import InvalidEntry, load_catalog
from archreview.rules.built_in import BUILT_IN, UnreadableCatalog, catalog_from


class Command(BaseCommand):
    """
    Loads the shipped rules, or those of another catalog file, and says what became of them.

    What an administrator has changed is listed and stays. `migrate` does the same with the shipped file.
    """

    help = "Load the rule catalog; what an administrator has changed is listed and stays."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", nargs="?", type=Path, default=BUILT_IN, help="a catalog file; the shipped one if none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            loaded = load_catalog(catalog_from(options["file"]))
        except (OSError, UnreadableCatalog, InvalidEntry) as refusal:
            raise CommandError(f"Nothing was loaded.\n{refusal}") from refusal
        for words, keys in (
            ("added", loaded.added),
            ("updated", loaded.updated),
            ("changed here, and newer in the file; kept as they are", loaded.kept),
            ("no longer in the file; kept as they are", loaded.gone),
        ):
            if keys:
                self.stdout.write(f"{len(keys)} {words}: {', '.join(keys)}")
        state = "is in force now" if loaded.changed else "stays in force: nothing has changed"
        self.stdout.write(f"Version {loaded.version} of the catalog {state}.")
