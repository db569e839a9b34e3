"""Who may look after the catalog: staff, each with the rights that an administrator gives."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

LOOK = "rules.view_rule"
CHANGE = "rules.change_rule"
PUBLISH = "rules.publish_rule"


def need(request: HttpRequest, right: str) -> None:
    """
    Let only those pass who have the right; whoever may publish or change may look.

    Raises Http404 for whoever is no staff, as if there were no such page, and PermissionDenied for staff without it.
    """
    if not request.user.is_staff:
        raise Http404
    if not may(request, right):
        raise PermissionDenied("This needs a right to the catalog that you do not have; an administrator gives it.")


def may(request: HttpRequest, right: str) -> bool:
    """Whether the person has the right, or to look one that needs looking."""
    rights = (LOOK, CHANGE, PUBLISH) if right == LOOK else (right,)
    return request.user.is_staff and any(request.user.has_perm(one) for one in rights)
