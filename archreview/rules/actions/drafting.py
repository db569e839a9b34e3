"""What is written beside the catalog in force, as often as somebody likes, sound or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone

from archreview.rules.actions.record import KEPT_AS, name_of, refuse
from archreview.rules.checking import check_draft_key
from archreview.rules.models import CatalogSettings, Draft, Kind
from archreview.web.versions import ChangedMeanwhile


def save_draft(
    kind: str, key: str, content: Mapping[str, Any], *, by: User | None, why: str = "", seen: int = 0
) -> Draft:
    """
    Keep a draft of something of the catalog, new or in force, as it was written.

    `seen` is the version of the draft that the person had before them, 0 where there was none. Raises ChangedMeanwhile
    where it is another by now, and InvalidEntry where the key itself will not do or is no field's content.
    """
    refuse({key: check_draft_key(kind, key, content)})
    said = {"content": dict(content), "why": why, "by": by, "by_name": name_of(by), "at": timezone.now()}
    with transaction.atomic():
        if not seen:
            try:
                with transaction.atomic():
                    return Draft.objects.create(kind=kind, key=key, based_on=_revision_of(kind, key), **said)
            except IntegrityError:
                raise ChangedMeanwhile from None
        found = Draft.objects.filter(kind=kind, key=key, version=seen)
        if not found.update(version=F("version") + 1, **said):
            raise ChangedMeanwhile
        return Draft.objects.get(kind=kind, key=key)


def put_draft_on_what_is_in_force(kind: str, key: str, *, seen: int) -> Draft:
    """
    Let a draft count as begun from what is in force now, after its author has seen what that says.

    Raises ChangedMeanwhile where the draft is another than was seen.
    """
    with transaction.atomic():
        found = Draft.objects.filter(kind=kind, key=key, version=seen)
        if not found.update(version=F("version") + 1, based_on=_revision_of(kind, key)):
            raise ChangedMeanwhile
        return Draft.objects.get(kind=kind, key=key)


def discard_draft(kind: str, key: str, *, seen: int) -> None:
    """Throw a draft away; what is in force stays. Raises ChangedMeanwhile where it is another than was seen."""
    deleted, _ = Draft.objects.filter(kind=kind, key=key, version=seen).delete()
    if not deleted:
        raise ChangedMeanwhile


def _revision_of(kind: str, key: str) -> int:
    """Give the revision of what is in force, 0 where there is nothing."""
    if kind == Kind.SETTINGS:
        return CatalogSettings.objects.values_list("revision", flat=True).get(pk=CatalogSettings.ONLY)
    model, key_name = KEPT_AS[kind]
    found = model._default_manager.filter(**{key_name: key}).values_list("revision", flat=True).first()
    return found or 0
