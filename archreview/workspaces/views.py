import logging

from django.contrib import messages
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from archreview.web.deletion import also_deleted
from archreview.web.requests import HtmxRequest
from archreview.workspaces.access import get_workspace
from archreview.workspaces.actions import (
    LastLead,
    add_member,
    change_role,
    change_workspace,
    create_workspace,
    delete_workspace,
    remove_member,
)
from archreview.workspaces.demo import visitor_account
from archreview.workspaces.forms import DeleteWorkspaceForm, MemberForm, RoleForm, WorkspaceForm
from archreview.workspaces.models import Membership, Role, Workspace
from archreview.workspaces.queries import listed_workspaces, members_of

logger = logging.getLogger(__name__)


@require_safe
@login_not_required
def workspace_list(request: HttpRequest) -> HttpResponse:
    """The start: the workspaces of the person. In a demo it signs a visitor in as the demo's lead first."""
    if not request.user.is_authenticated:
        visitor = visitor_account()
        if visitor is None:
            return redirect_to_login(request.get_full_path())
        login(request, visitor, backend="django.contrib.auth.backends.ModelBackend")
    return render(request, "workspaces/workspace_list.html", {"memberships": listed_workspaces(request.user)})


@require_http_methods(["GET", "HEAD", "POST"])
def workspace_new(request: HtmxRequest) -> HttpResponse:
    """Anybody may begin a workspace, and leads it then."""
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        return redirect(create_workspace(lead=request.user, **form.cleaned_data))
    return render(request, "workspaces/workspace_new.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Name and description; members and teams are a link away. Members see it, leads change it."""
    space = get_workspace(request, workspace, Role.LEAD if request.method == "POST" else Role.VIEWER)
    form = WorkspaceForm(request.POST or None, initial={"name": space.name, "description": space.description})
    if request.method == "POST" and form.is_valid():
        change_workspace(space, **form.cleaned_data)
        messages.success(request, "Saved.")
        return redirect("workspaces:settings", space.slug)
    return render(request, "workspaces/settings.html", {"form": form}, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def workspace_delete(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Ask with what else goes, then delete."""
    space = get_workspace(request, workspace, Role.LEAD)
    form = DeleteWorkspaceForm(request.POST or None, workspace=space)
    if request.method == "POST" and form.is_valid():
        delete_workspace(space)
        logger.info("user %s deleted workspace %r", request.user.pk, workspace)
        messages.success(request, f"Deleted the workspace “{form.cleaned_data['name']}”.")
        return redirect("workspaces:workspace_list")
    context = {"form": form, "goes": also_deleted(space)}
    return render(request, "workspaces/workspace_delete.html", context, status=422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def members(request: HtmxRequest, workspace: str) -> HttpResponse:
    """Who belongs to the workspace; leads add people."""
    space = get_workspace(request, workspace, Role.LEAD)
    form = MemberForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and form.user is not None:
        role = Role(form.cleaned_data["role"])
        try:
            add_member(space, user=form.user, role=role)
        except LastLead as refusal:
            form.add_error("role", str(refusal))
        else:
            logger.info("user %s made user %s %s of workspace %r", request.user.pk, form.user.pk, role, workspace)
            messages.success(request, f"{form.user.get_username()} is a {role.label.lower()} now.")
            return redirect("workspaces:members", space.slug)
    return _render_members(request, space, form, status=422 if form.is_bound else 200)


@require_POST
def member_change(request: HtmxRequest, workspace: str, member: int) -> HttpResponse:
    """Give a member another role."""
    space = get_workspace(request, workspace, Role.LEAD)
    membership = get_object_or_404(members_of(space), pk=member)
    form = RoleForm(request.POST)
    if not form.is_valid():
        messages.error(request, "There is no such role.")
        return _render_members(request, space, MemberForm(), status=422)
    role = Role(form.cleaned_data["role"])
    try:
        change_role(membership, role=role)
    except LastLead as refusal:
        messages.error(request, str(refusal))
        return _render_members(request, space, MemberForm(), status=409)
    logger.info("user %s made user %s %s of workspace %r", request.user.pk, membership.user_id, role, workspace)
    return _after_a_change(request, space, membership, "The role is changed.")


@require_POST
def member_remove(request: HtmxRequest, workspace: str, member: int) -> HttpResponse:
    """End a membership; a lead may leave, as long as another one stays."""
    space = get_workspace(request, workspace, Role.LEAD)
    membership = get_object_or_404(members_of(space), pk=member)
    try:
        remove_member(membership)
    except LastLead as refusal:
        messages.error(request, str(refusal))
        return _render_members(request, space, MemberForm(), status=409)
    logger.info("user %s ended the membership of user %s in %r", request.user.pk, membership.user_id, workspace)
    return _after_a_change(request, space, membership, f"{membership.user.get_username()} is no longer a member.")


def _after_a_change(request: HtmxRequest, workspace: Workspace, membership: Membership, message: str) -> HttpResponse:
    """Back to the members; whoever has given up the lead may not see them any more and goes home."""
    messages.success(request, message)
    if membership.user_id == request.user.pk:
        return redirect("workspaces:workspace_list")
    return redirect("workspaces:members", workspace.slug)


def _render_members(request: HtmxRequest, workspace: Workspace, form: MemberForm, *, status: int) -> HttpResponse:
    context = {"form": form, "members": members_of(workspace), "roles": Role.choices}
    return render(request, "workspaces/members.html", context, status=status)
