from __future__ import annotations

from typing import IO, Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from archreview.registry.examples import example_choices
from archreview.registry.large_files import limits


class ExampleForm(forms.Form):
    """One of the worked examples."""

    example = forms.ChoiceField(choices=example_choices, label="Example")


class ImportForm(forms.Form):
    """
    A file, or a text that was pasted. `content` gives whichever it is; the size is checked before anything is read.
    """

    file = forms.FileField(required=False, label="File")
    text = forms.CharField(
        required=False,
        strip=False,
        label="Or paste it here",
        widget=forms.Textarea(attrs={"rows": 14, "class": "code", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most = limits().max_bytes
        self.fields["file"].help_text = f"An architecture.yaml (or JSON) of at most {most // 1_000_000} MB."

    def clean_file(self) -> UploadedFile[bytes] | None:
        file: UploadedFile[bytes] | None = self.cleaned_data["file"]
        most = limits().max_bytes
        if file is not None and (file.size or 0) > most:
            raise forms.ValidationError(f"The file is too large: {file.size:,} bytes, at most {most:,} are read.")
        return file

    def clean(self) -> dict[str, object]:
        cleaned = super().clean() or self.cleaned_data
        if not self.errors and not cleaned.get("file") and not cleaned.get("text"):
            raise forms.ValidationError("Choose a file, or paste a text.")
        return cleaned

    @property
    def content(self) -> bytes:
        """What is to be read."""
        file: IO[bytes] | None = self.cleaned_data["file"]
        text: str = self.cleaned_data["text"]
        return text.encode("utf-8", "surrogatepass") if file is None else file.read()
