"""The one door to a workspace: who asks, and for what."""

import logging

from django.core.exceptions import PermissionDenied
from django.http import Http404

from archreview.web.requests import HtmxRequest
from archreview.workspaces.models import Membership, Role, Workspace

logger = logging.getLogger(__name__)


def get_workspace(request: HtmxRequest, slug: str, role: Role = Role.VIEWER) -> Workspace:
    """
    The workspace, for a member with at least the role.

    Remembers the membership on the request, for the frame around the page. Raises Http404 for whoever is not a member,
    as if the workspace did not exist, and PermissionDenied where the role is too low. One query.
    """
    membership = (
        Membership.objects.select_related("workspace").filter(workspace__slug=slug, user_id=request.user.pk).first()
    )
    if membership is None:
        logger.info("user %s asked for workspace %r without being a member", request.user.pk, slug)
        raise Http404("There is no such workspace.")
    request.membership = membership
    if not Role(membership.role).includes(role):
        logger.info("user %s needed the role %s in workspace %r", request.user.pk, role, slug)
        raise PermissionDenied(
            f"This needs the role {role.label.lower()}; you are a {membership.get_role_display().lower()} here."
        )
    return membership.workspace
