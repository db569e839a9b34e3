"""A decision as a file: Markdown in the form of its template, or PDF."""

from collections.abc import Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import mark_safe

from archreview.decisions.draft import map_from_json, waterfalls_from_json
from archreview.decisions.layout import for_paper
from archreview.decisions.log import as_written
from archreview.decisions.models import Decision, Status, Template
from archreview.decisions.record_templates import template_of
from archreview.decisions.sealing import check_intact
from archreview.drawing import draw_before_and_after, draw_map, draw_waterfall
from archreview.interchange.decisions.writing import write_decision
from archreview.rendering import html_to_pdf

# A picture in a document is lettered like the document.
FONT_OF_A_PICTURE = "Inter, sans-serif"
# The layout of a log that a single file of each form is written like; an own template says itself how.
LAYOUT_OF: dict[str, str] = {Template.MADR: "madr", Template.NYGARD: "adr-tools", Template.LOG4BRAINS: "log4brains"}


def as_markdown(decision: Decision) -> str:
    """
    The decision as a file in the form of its template. The same decision gives the same file.

    Raises NotAsDecided.
    """
    check_intact(decision)
    if decision.template == Template.OWN:
        own = template_of(decision.template, decision.template_text)
        return f"{own.lay_head(_head(decision))}{decision.body.strip()}\n"
    superseded = sorted(decision.supersedes.all(), key=lambda other: other.number)
    beside = [*superseded, decision.superseded_by] if decision.superseded_by is not None else superseded
    return write_decision(
        as_written(decision, supersedes=superseded),
        beside=[as_written(other) for other in beside],
        layout=LAYOUT_OF[decision.template],
    )


def _head(decision: Decision) -> dict[str, object]:
    """What a template may say above the text."""
    return {
        "title": decision.title,
        "number": decision.number,
        "label": decision.label,
        "status": status_words(decision),
        "date": decision.date,
        "deciders": decision.decision_makers,
        "consulted": decision.consulted,
        "informed": decision.informed,
        "workspace": decision.workspace.name,
    }


def as_pdf(decision: Decision) -> bytes:
    """The decision as a document to print. Takes seconds; raises RenderingFailed and NotAsDecided."""
    check_intact(decision)
    drawn = pictures(decision, standalone=True)
    context = {
        "decision": decision,
        "workspace": decision.workspace,
        "status": status_words(decision),
        "pictures": [(caption, mark_safe(svg)) for caption, svg in drawn],  # noqa: S308 - our own drawing
        "html": mark_safe(for_paper(decision.rendered)),  # noqa: S308 - nothing but what the allow-list lets through
    }
    return html_to_pdf(
        title=decision.title,
        body=render_to_string("decisions/pdf.html", context),
        subject=f"Decision {decision.label} of {decision.workspace.name}",
        author=decision.decision_makers,
        keywords=("architecture decision record", status_words(decision)),
    )


def status_words(decision: Decision) -> str:
    """The status as the front matter has it: `accepted`, `superseded by 0012`."""
    if decision.status == Status.SUPERSEDED and decision.superseded_by is not None:
        return f"superseded by {decision.superseded_by.label}"
    return str(decision.status)


def pictures(decision: Decision, *, standalone: bool = False) -> list[tuple[str, str]]:
    """The surroundings of the subject, each as caption and SVG: today and with the decision, or today alone."""
    stored = decision.pictures or {}
    return [*_maps(stored, standalone=standalone), *_waterfalls(stored, standalone=standalone)]


def _maps(stored: Mapping[str, Any], *, standalone: bool) -> list[tuple[str, str]]:
    if "before" not in stored:
        return []
    before = map_from_json(stored["before"])
    if "after" not in stored:
        return [("How it is, and stays", draw_map(before, standalone=standalone, font=FONT_OF_A_PICTURE))]
    after = map_from_json(stored["after"])
    drawn = draw_before_and_after(before, after, standalone=standalone, font=FONT_OF_A_PICTURE)
    return list(zip(("Before", "With this decision"), drawn, strict=True))


def _waterfalls(stored: Mapping[str, Any], *, standalone: bool) -> list[tuple[str, str]]:
    """The calls of the flow in order, today and with the decision."""
    found = waterfalls_from_json(stored)
    captions = (
        ("The calls in order, before", "The calls in order, with this decision")
        if len(found) > 1
        else ("The calls in order",)
    )
    return [
        (caption, draw_waterfall(waterfall, standalone=standalone, font=FONT_OF_A_PICTURE))
        for caption, waterfall in zip(captions, found, strict=False)
    ]
