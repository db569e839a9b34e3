"""Rules that came from elsewhere in a file."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.db import transaction

from archreview.rules.actions.record import Name, locked_settings, put
from archreview.rules.values import Contents


def load_pack(contents: Contents, *, by: User | None, why: str = "", seen: int | None = None) -> list[Name]:
    """
    Put all that a file says in force, in one version, as if it were written here; give what changes.

    What the file does not name stays. Raises InvalidEntry, and takes nothing, where anything of it is unsound, and
    ChangedMeanwhile where another version is in force than the one that was seen.
    """
    with transaction.atomic():
        return put(locked_settings(seen=seen), contents, by=by, why=why)
