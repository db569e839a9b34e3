from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from archreview.decisions.actions import Text
from archreview.decisions.models import PEOPLE_LENGTH, TITLE_LENGTH, Decision, Status
from archreview.interchange.decisions.archives import MOST_ARCHIVE, is_archive, read_archive
from archreview.interchange.markdown import plain
from archreview.interchange.problems import Problems
from archreview.rendering import MARKDOWN_LIMIT, RenderingFailed, markdown_to_html

NAMES = "Names, separated by commas."


class DecisionForm(forms.Form):
    """The title, the Markdown and the people. `html` is the body laid out, once the form is valid."""

    title = forms.CharField(max_length=TITLE_LENGTH, help_text="What is decided, as a short sentence.")
    body = forms.CharField(
        label="Text",
        max_length=MARKDOWN_LIMIT,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "true"}),
        help_text="Markdown. Headings from ## on; the title stands above.",
    )
    decision_makers = forms.CharField(
        label="Decision makers", required=False, max_length=PEOPLE_LENGTH, help_text=NAMES
    )
    consulted = forms.CharField(required=False, max_length=PEOPLE_LENGTH, help_text=NAMES)
    informed = forms.CharField(required=False, max_length=PEOPLE_LENGTH, help_text=NAMES)
    tags = forms.CharField(required=False, max_length=PEOPLE_LENGTH, help_text="Words, separated by commas.")
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    html = ""

    def clean_body(self) -> str:
        """Lay the text out once, so that nobody saves what cannot be shown; the child process may take a moment."""
        body = str(self.cleaned_data["body"]).replace("\r\n", "\n")
        try:
            self.html = markdown_to_html(body)
        except RenderingFailed as failure:
            raise forms.ValidationError(str(failure)) from failure
        return body

    @property
    def text(self) -> Text:
        """What the person wrote, of a valid form."""
        data = self.cleaned_data
        return Text(
            title=data["title"],
            body=data["body"],
            decision_makers=data["decision_makers"],
            consulted=data["consulted"],
            informed=data["informed"],
            tags=data["tags"],
        )


class DecideForm(forms.Form):
    """The step that a lead takes; a step to superseded names the successor."""

    to = forms.ChoiceField(choices=[choice for choice in Status.choices if choice[0] != Status.PROPOSED])
    version = forms.IntegerField(min_value=1)
    successor = forms.ModelChoiceField(queryset=Decision.objects.none(), required=False)

    def __init__(self, *args: Any, decision: Decision, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["successor"]
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = successors_of(decision)


class VersionForm(forms.Form):
    """The version that a person has before them; 0 where the form was tampered with."""

    version = forms.IntegerField(min_value=1)

    @property
    def seen(self) -> int:
        return int(self.cleaned_data["version"]) if self.is_valid() else 0


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

    def sources(self, problems: Problems) -> list[tuple[str, bytes]]:
        """The files by their names, of a valid form; archives are opened, and what is wrong with them is told."""
        sources: list[tuple[str, bytes]] = []
        for file in self.cleaned_data["records"]:
            content = file.read()
            if is_archive(content):
                sources += read_archive(content, file=file.name or "", problems=problems)
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


def successors_of(decision: Decision) -> Any:
    """The accepted decisions that may take the place of this one."""
    return Decision.objects.filter(workspace=decision.workspace_id, status=Status.ACCEPTED).exclude(pk=decision.pk)
