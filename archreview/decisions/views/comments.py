"""What people say about a decision."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from archreview.decisions.actions import change_comment, delete_comment, write_comment
from archreview.decisions.forms import CommentForm
from archreview.decisions.models import Comment, Decision
from archreview.decisions.queries import comments_on, decision_of
from archreview.decisions.views.pages import decision_page
from archreview.web.pieces import Difference
from archreview.web.requests import HtmxRequest
from archreview.web.versions import ChangedMeanwhile
from archreview.workspaces.access import get_workspace
from archreview.workspaces.models import Role


@require_POST
def comment_new(request: HtmxRequest, workspace: str, number: int) -> HttpResponse:
    """Say something about a decision, wherever it stands."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    found = get_object_or_404(decision_of(space, number))
    form = CommentForm(request.POST)
    if not form.is_valid():
        return decision_page(request, space, found, comment_form=form, status=422)
    made = write_comment(found, text=form.cleaned_data["text"], by=request.user)
    return _back(found, made)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_edit(request: HtmxRequest, workspace: str, number: int, comment: int) -> HttpResponse:
    """Change what one has said oneself."""
    found, own = _own(request, workspace, number, comment)
    form = CommentForm(request.POST or None, initial={"text": own.text, "version": own.version})
    context = {"decision": found, "comment": own, "form": form}
    if request.method != "POST":
        return render(request, "decisions/comment_edit.html", context)
    if not form.is_valid():
        return render(request, "decisions/comment_edit.html", context, status=422)
    mine = form.cleaned_data["text"]
    try:
        change_comment(own, text=mine, version=form.cleaned_data["version"] or 0)
    except ChangedMeanwhile:
        now = get_object_or_404(comments_on(found), pk=own.pk)
        context["form"] = CommentForm(initial={"text": mine, "version": now.version})
        context["conflict"] = [Difference(label="Comment", theirs=now.text, mine=mine)]
        return render(request, "decisions/comment_edit.html", context, status=409)
    return _back(found, own)


@require_http_methods(["GET", "HEAD", "POST"])
def comment_delete(request: HtmxRequest, workspace: str, number: int, comment: int) -> HttpResponse:
    """Ask, then delete what one has said oneself."""
    found, own = _own(request, workspace, number, comment)
    if request.method != "POST":
        return render(request, "decisions/comment_delete.html", {"decision": found, "comment": own})
    delete_comment(own)
    messages.success(request, "Your comment is deleted.")
    return redirect(found)


def _own(request: HtmxRequest, workspace: str, number: int, comment: int) -> tuple[Decision, Comment]:
    """The decision and the comment; only whoever wrote it comes through."""
    space = get_workspace(request, workspace, Role.REVIEWER)
    found = get_object_or_404(decision_of(space, number))
    own = get_object_or_404(comments_on(found), pk=comment)
    if own.author_id != request.user.pk:
        raise PermissionDenied("Only whoever wrote a comment changes or deletes it.")
    return found, own


def _back(found: Decision, comment: Comment) -> HttpResponse:
    return redirect(f"{found.get_absolute_url()}#comment-{comment.pk}")
