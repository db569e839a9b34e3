from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from archreview.rules.actions import InvalidEntry, load_catalog, load_pack
from archreview.rules.built_in import built_in_catalog
from archreview.rules.packs import RefusedPack, read_rules_file
from archreview.rules.queries import current_version


class Command(BaseCommand):
    """
    Loads the shipped rules, or those of a file, and says what became of them.

    Of the shipped ones, as with `migrate`, those that somebody has changed here stay, and are offered for a decision
    in the administration. What a file says is taken as if it had been written here.
    """

    help = "Load the shipped rules, or those of a file."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", nargs="?", type=Path, help="a file of rules; the shipped catalog if none")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with transaction.atomic():
                if options["file"] is None:
                    self._load_shipped()
                else:
                    self._load_file(options["file"])
                if options["dry_run"]:
                    transaction.set_rollback(True)
        except (OSError, RefusedPack, InvalidEntry) as refusal:
            raise CommandError(f"Nothing was loaded.\n{refusal}") from refusal
        if options["dry_run"]:
            self.stdout.write("That is what would happen; nothing was changed.")

    def _load_shipped(self) -> None:
        loaded = load_catalog(built_in_catalog())
        self._tell("added", loaded.added)
        self._tell("updated", loaded.updated)
        self._tell("changed here, and newer in the file; kept until somebody decides", loaded.kept)
        self._tell("no longer in the file; kept as they are", loaded.gone)
        self._tell_version(changed=loaded.changed)

    def _load_file(self, file: Path) -> None:
        pack = read_rules_file(file.read_bytes(), file=file.name)
        load_pack(pack.contents, by=None, why=f"Loaded from {file.name}")
        self._tell("new", [difference.key for difference in pack.differences if difference.before is None])
        self._tell("changed", [difference.key for difference in pack.differences if difference.before is not None])
        self._tell_version(changed=bool(pack.differences))

    def _tell(self, words: str, keys: list[str]) -> None:
        if keys:
            self.stdout.write(f"{len(keys)} {words}: {', '.join(keys)}")

    def _tell_version(self, *, changed: bool) -> None:
        state = "is in force now" if changed else "stays in force: nothing has changed"
        self.stdout.write(f"Version {current_version()} of the catalog {state}.")
