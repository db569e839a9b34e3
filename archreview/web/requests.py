"""The request as our views see it: htmx has looked at it, and a person has signed in."""

from typing import Any

from django.contrib.auth.models import User
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails


class HtmxRequest(HttpRequest):
    """A signed-in request."""

    htmx: HtmxDetails
    user: User
    # The `workspaces.models.Membership` that `workspaces.access.get_workspace` found; this package knows no models.
    membership: Any
    # Set by a view whose page lies elsewhere in the navigation than its path: the path of the page to mark.
    place: str
