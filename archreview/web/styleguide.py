"""Every shared piece on one page, for whoever builds pages. The samples are invented."""

from django import forms
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from archreview.web.deletion import AlsoDeleted
from archreview.web.pieces import Difference, VerdictPart
from archreview.web.requests import HtmxRequest

SEVERITIES = ["critical", "high", "medium", "low", "info"]
ICONS = [
    *["home", "map", "service", "edge", "flow", "finding", "question", "decision", "rule", "import", "export"],
    *["settings", "search", "person", "menu", "close", "switch", "plus", "check", "info", "warning", "edit", "delete"],
    *["up", "down", "right", "nest", "parallel", "team", "system", "channel", "print", "comment", "mark"],
]
PARTS = [
    VerdictPart("Matrix", "Asynchronous, strong", url="#matrix", note="3 of 4 votes"),
    VerdictPart("Tree", "Standard queue", url="#tree"),
    VerdictPart("Agreement", "Agree", url="#agreement", tone="good"),
    VerdictPart("Today", "Request and response", url="#fit", note="misfit", tone="bad"),
    VerdictPart("Place", "Call 3 of Check out", url="#place", note="over the limit of 2", tone="warn"),
]
FINDINGS = [
    {
        "severity": "critical",
        "title": "Cart waits for Mailer for 1,460 ms at peak, on the way of every checkout",
        "rule": "SYN-001",
        "remedy": "Publish OrderPlaced on a queue; the customer does not wait for the mail.",
    },
    {"severity": "high", "title": "Payment is called without a timeout", "rule": "RES-001", "remedy": "Set a timeout."},
    {
        "severity": "low",
        "title": "OrderUpdate has the name of a command",
        "rule": "CHN-004",
        "remedy": "",
    },
]


class SampleForm(forms.Form):
    """One of each control."""

    name = forms.CharField(help_text="As the teams call it.")
    kind = forms.ChoiceField(choices=[("service", "Service"), ("gateway", "Gateway"), ("worker", "Worker")])
    latency = forms.FloatField(label="Latency, P99", required=False, help_text="Milliseconds at peak load.")
    description = forms.CharField(widget=forms.Textarea(attrs={"rows": 3}), required=False)
    entry_point = forms.BooleanField(required=False, label="It receives user requests")
    style = forms.ChoiceField(
        choices=[("request_response", "Request and response"), ("queue", "Queue")],
        widget=forms.RadioSelect,
        required=False,
    )


@require_safe
def styleguide(request: HtmxRequest) -> HttpResponse:
    """Staff only; nobody else needs to know that it is there."""
    if not request.user.is_staff:
        raise Http404
    wrong = SampleForm({"latency": "soon"})
    context = {
        "severities": SEVERITIES,
        "grades": ["A", "B", "C", "D", "F"],
        "icons": ICONS,
        "parts": PARTS,
        "findings": FINDINGS,
        "form": SampleForm(initial={"name": "Cart"}),
        "wrong": wrong,
        "pages": Paginator(range(900), 50).page(7),
        "goes": [AlsoDeleted("Edges", 12), AlsoDeleted("Statements", 148)],
        "differences": [Difference("Name", "Shopping cart", "Cart"), Difference("Timeout", "800 ms", "")],
    }
    return render(request, "styleguide.html", context)
