"""The minutes of a session as page, Markdown and PDF."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from archreview.rendering import RenderingFailed
from archreview.reviews.minutes import as_markdown, as_pdf, file_name, minutes_of
from archreview.reviews.models import ReviewSession
from archreview.reviews.queries.sessions import session_of
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace


@require_safe
def minutes(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """The minutes; of a session that is not closed, as far as it has come."""
    row = _session(request, workspace, session)
    return render(request, "sessions/minutes.html", {"minutes": minutes_of(row), "session": row})


@require_safe
def minutes_markdown(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """The minutes as a Markdown file."""
    row = _session(request, workspace, session)
    return _file(
        as_markdown(minutes_of(row)).encode(), name=f"{file_name(row)}.md", kind="text/markdown; charset=utf-8"
    )


@require_safe
def minutes_pdf(request: HtmxRequest, workspace: str, session: int) -> HttpResponse:
    """The minutes as a PDF; where it cannot be made, a page that says so and offers the Markdown."""
    row = _session(request, workspace, session)
    try:
        pdf = as_pdf(minutes_of(row))
    except RenderingFailed as failure:
        return render(request, "sessions/no_pdf.html", {"session": row, "reason": str(failure)}, status=422)
    return _file(pdf, name=f"{file_name(row)}.pdf", kind="application/pdf")


def _session(request: HtmxRequest, workspace: str, key: int) -> ReviewSession:
    found = get_workspace(request, workspace)
    row = get_object_or_404(session_of(found, key))
    row.workspace = found
    return row


def _file(content: bytes, *, name: str, kind: str) -> HttpResponse:
    """A download. The name is made of digits, lower case letters and dashes, so it needs no quoting."""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{name}"'})
