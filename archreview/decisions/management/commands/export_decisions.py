from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from archreview.decisions.log import log_archive, log_files
from archreview.decisions.log_document import long_log_pdf
from archreview.decisions.sealing import NotAsDecided
from archreview.interchange.decisions.folders import write_folder
from archreview.interchange.decisions.words import read_file_name
from archreview.interchange.decisions.writing import LAYOUTS
from archreview.rendering import RenderingFailed
from archreview.workspaces.models import Workspace


class Command(BaseCommand):
    """
    Writes the decision log of a workspace into a folder.

    The same decisions give the same bytes, and a file that is the same is not touched: run it as often as you like.
    Nothing is deleted; records in the folder that are not in the log are named.
    """

    help = "Write the decisions of a workspace into a folder, as the usual ADR tools read them."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR", help="the root of a repository, or any folder")
        parser.add_argument("--workspace", metavar="SLUG", help="whose decisions; needed where there are several")
        parser.add_argument(
            "--format", default="madr", choices=[*LAYOUTS, "pdf"], help="the layout, or one document; default: madr"
        )
        parser.add_argument("--zip", action="store_true", help="one decisions.zip instead of single files")

    def handle(self, *args: Any, **options: Any) -> None:
        workspace = the_workspace(options["workspace"])
        form = options["format"]
        try:
            if form == "pdf":
                files = {"decisions.pdf": long_log_pdf(workspace)}
            elif options["zip"]:
                files = {"decisions.zip": log_archive(workspace, layout=form)}
            else:
                files = log_files(workspace, layout=form)
            written = write_folder(options["folder"], files)
        except (NotAsDecided, RenderingFailed) as failure:
            raise CommandError(str(failure)) from failure
        except OSError as error:
            raise CommandError(f"{error.filename or options['folder']} cannot be written: {error.strerror}") from error
        for path in written:
            self.stdout.write(path)
        self.stdout.write(f"{len(written)} of {len(files)} files written, the others are the same already.")
        if form in LAYOUTS and not options["zip"]:
            self._name_strangers(options["folder"], LAYOUTS[form].folder, files)

    def _name_strangers(self, root: Path, folder: str, files: dict[str, bytes]) -> None:
        for path in sorted((root / folder).glob("*.md")):
            name = f"{folder}/{path.name}"
            if name not in files and read_file_name(path.name).is_a_record:
                self.stderr.write(f"{name} is not in the log; delete it where its decision was renamed")


def the_workspace(slug: str | None) -> Workspace:
    """The workspace of that slug, or the only one there is; a CommandError that says what to name."""
    if slug is not None:
        found = Workspace.objects.filter(slug=slug).first()
        if found is None:
            raise CommandError(f"There is no workspace {slug}.")
        return found
    spaces = list(Workspace.objects.order_by("slug")[:20])
    if len(spaces) != 1:
        names = ", ".join(space.slug for space in spaces)
        raise CommandError(f"Name the workspace with --workspace: {names}." if spaces else "There is no workspace yet.")
    return spaces[0]
