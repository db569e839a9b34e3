from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError, CommandParser

from archreview.decisions.arrivals import CHANGED, KEPT, NEW, UNCHANGED, Plan, plan_import
from archreview.decisions.importing import PlanChanged, import_log
from archreview.decisions.management.commands.export_decisions import the_workspace
from archreview.interchange.decisions.archives import is_archive, read_archive
from archreview.interchange.decisions.folders import FOLDER_LIMITS, read_folder
from archreview.interchange.decisions.log import read_log
from archreview.interchange.problems import Problems


class Command(BaseCommand):
    """Takes the decision records of a folder or a zip archive into a workspace: all of them or, on any error, none."""

    help = "Take decision records (MADR, adr-tools, log4brains, or Markdown with a title) into a workspace."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path, metavar="PATH", help="a folder, a zip archive or a Markdown file")
        parser.add_argument("--workspace", metavar="SLUG", help="where to; needed where there are several")
        parser.add_argument("--by", metavar="NAME", help="the account that imports; none if left out")
        parser.add_argument(
            "--without-status",
            default="accepted",
            choices=["accepted", "proposed"],
            help="what records are that state no status; default: accepted",
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would come in, and store nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = the_workspace(options["workspace"])
        by = None
        if options["by"]:
            by = User.objects.filter(username=options["by"]).first()
            if by is None:
                raise CommandError(f"There is no account {options['by']}.")
        problems = Problems()
        sources = self._sources(options["path"], problems)
        log = None if problems else read_log(sources, problems=problems, limits=FOLDER_LIMITS)
        if log is None:
            raise CommandError("\n".join(["Nothing is stored:", *map(str, problems)]))
        without_status = options["without_status"]
        if options["dry_run"]:
            self._say(plan_import(workspace=workspace, log=log, without_status=without_status))
            self.stdout.write("Nothing is stored.")
            return
        try:
            self._say(import_log(workspace=workspace, log=log, by=by, without_status=without_status))
        except PlanChanged as changed:
            raise CommandError("Somebody changed decisions meanwhile; nothing is stored. Run it again.") from changed

    def _sources(self, path: Path, problems: Problems) -> list[tuple[str, bytes]]:
        if path.suffix.lower() == ".zip" and path.is_file():
            content = path.read_bytes()
            if is_archive(content):
                return read_archive(content, file=path.name, problems=problems, limits=FOLDER_LIMITS)
        return read_folder(path, problems=problems)

    def _say(self, plan: Plan) -> None:
        for fault in plan.log.faults:
            self.stderr.write(str(fault))
        for arrival in plan.arrivals:
            there = f" (was {arrival.label_there})" if arrival.has_another_number else ""
            self.stdout.write(
                f"{arrival.what:<9} {arrival.label}{there} {arrival.decision.status} {arrival.decision.title}"
            )
            for note in (arrival.why, *arrival.notes):
                if note:
                    self.stdout.write(f"          {note}")
        counts = ", ".join(f"{len(plan.of(what))} {what}" for what in (NEW, CHANGED, UNCHANGED, KEPT))
        self.stdout.write(f"{counts}; {len(plan.log.passed_over)} files passed over.")
