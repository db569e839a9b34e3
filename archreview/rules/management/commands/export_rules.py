from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from archreview.rules.packs import export_catalog


class Command(BaseCommand):
    """Writes the catalog in force, or some of its rules, as a file that `load_rules` and `archreview check` take."""

    help = "Write the catalog in force, or the rules that are named, as YAML."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("codes", nargs="*", metavar="CODE", help="the rules to write; the whole catalog if none")
        parser.add_argument("--output", type=Path, help="write there instead of to standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            text = export_catalog(options["codes"] or None)
        except KeyError as missing:
            raise CommandError(f"There is no rule {missing.args[0]}.") from missing
        if options["output"] is None:
            self.stdout.write(text, ending="")
            return
        try:
            options["output"].write_text(text, encoding="utf-8")
        except OSError as refusal:
            raise CommandError(str(refusal)) from refusal
