"""The forms by which a log comes in."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from archreview.decisions.models import Status
from archreview.interchange.decisions.archives import MOST_ARCHIVE, is_archive, read_archive
from archreview.interchange.decisions.log import LogLimits
from archreview.interchange.markdown import plain
from archreview.interchange.problems import Problems


class SeveralFiles(forms.ClearableFileInput):
    """Lets a person choose several files at once."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; cleaned, each by itself, into a list."""

    widget = SeveralFiles

    def clean(self, data: Any, initial: Any = None) -> Any:
        files = data if isinstance(data, (list, tuple)) and data else [data or None]
        return [super(FilesField, self).clean(file, initial) for file in files]


class LogForm(forms.Form):
    """Records to import: Markdown files, or a zip archive of a folder of them."""

    records = FilesField(
        label="Files",
        allow_empty_file=True,
        widget=SeveralFiles(attrs={"accept": ".md,.markdown,.zip"}),
        help_text="Several Markdown files, or a zip archive of the folder; together at most 8 MB.",
    )
    without_status = forms.ChoiceField(
        label="Records that state no status arrive as",
        choices=[(Status.ACCEPTED, "accepted"), (Status.PROPOSED, "proposed")],
        initial=Status.ACCEPTED,
        help_text="What is accepted keeps its text for good; what is proposed can still be edited and decided here.",
    )

    def clean_records(self) -> list[UploadedFile[bytes]]:
        files: list[UploadedFile[bytes]] = self.cleaned_data["records"]
        size = sum(file.size or 0 for file in files)
        if size > MOST_ARCHIVE:
            raise forms.ValidationError(
                f"The files are too large: {size:,} bytes together, at most {MOST_ARCHIVE:,} are read."
            )
        return files

    def sources(self, problems: Problems, *, limits: LogLimits) -> list[tuple[str, bytes]]:
        """The files by their names, of a valid form; archives are opened, and what is wrong with them is told."""
        sources: list[tuple[str, bytes]] = []
        for file in self.cleaned_data["records"]:
            content = file.read()
            if is_archive(content):
                sources += read_archive(content, file=file.name or "", problems=problems, limits=limits)
            else:
                sources.append((plain(file.name or ""), content))
        seen: set[str] = set()
        for name, _ in sources:
            if name in seen:
                problems.add(name, 1, "", "there are two files of this name; put them into a zip archive with folders")
            seen.add(name)
        return sources


class StoreForm(forms.Form):
    """The preview that a person agrees to: the records once more, and the fingerprint of what their import does."""

    archive = forms.CharField(max_length=2 * MOST_ARCHIVE)
    seen = forms.CharField(max_length=64)
    without_status = forms.ChoiceField(choices=Status.choices)
