"""The form of a workspace's own template."""

from __future__ import annotations

from django import forms

from archreview.decisions.models import TEMPLATE_NAME_LENGTH
from archreview.decisions.record_templates import TEMPLATE_LENGTH, BadTemplate, RecordTemplate, read_template
from archreview.rendering import RenderingFailed, markdown_to_html

# What the preview is filled with: a decision as short as one can be, with something in every section.
SAMPLE = {
    "context": "Cart calls Inventory over HTTP for “Reserve stock” and waits for the answer: 400 ms at P99.",
    "drivers": "* Cart can go on without what Inventory gives back.\n* “Check out” has a latency budget of 500 ms.",
    "options": "* Queue\n* Direct synchronous call",
    "outcome": 'Chosen option: "Queue", because Cart can go on without what Inventory gives back.',
    "consequences": "* Good, because the latency falls from 400 ms to 100 ms\n* Bad, because repeats are to be known",
    "confirmation": "The edge `cart-inventory` is registered as: queue.",
    "comparison": "### Queue\n\n* Good, because bursts wait in the queue\n\n### Direct synchronous call\n\n"
    "* Good, because it is simple",
    "more": "Take this up again when the result is needed after all.",
}
SAMPLE_HEAD = {
    "title": "Queue “Reserve stock” for Inventory",
    "number": 7,
    "label": "0007",
    "status": "accepted",
    "date": "2026-11-20",
    "deciders": "Ana Lima",
    "consulted": "Ben Ito",
    "informed": "",
    "workspace": "Shop",
}


class TemplateForm(forms.Form):
    """The name and the text. `template` is the text as a template, and `head` and `html` a sample laid into it."""

    name = forms.CharField(max_length=TEMPLATE_NAME_LENGTH, help_text="What people choose it by.")
    text = forms.CharField(
        max_length=TEMPLATE_LENGTH,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 30, "spellcheck": "false"}),
        help_text="Markdown with fields in braces. Each section stands on a line of its own, below its heading.",
    )
    version = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)

    template: RecordTemplate | None = None
    head = ""
    html = ""

    def clean_text(self) -> str:
        """Read the template, so that everything wrong with it is said at its line; then fill it once."""
        text = str(self.cleaned_data["text"]).replace("\r\n", "\n")
        try:
            self.template = read_template(text)
        except BadTemplate as bad:
            raise forms.ValidationError([str(problem) for problem in bad.problems]) from bad
        self.head = self.template.lay_head(SAMPLE_HEAD)
        try:
            self.html = markdown_to_html(self.template.lay(SAMPLE))
        except RenderingFailed as failure:
            raise forms.ValidationError(str(failure)) from failure
        return text
