"""The steps of a life: draft to published, published to retired and back, and the whole catalog back to a version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from archreview.rules.actions.record import InvalidEntry, Name, locked_entries, locked_settings, put
from archreview.rules.models import Draft, Kind, State
from archreview.rules.queries import contents_of_version
from archreview.web.versions import ChangedMeanwhile


def publish_draft(kind: str, key: str, *, by: User | None, why: str = "", seen: int) -> None:
    """
    Put a draft in force, and take it from the drafts.

    `why` replaces the draft's own word. Raises InvalidEntry where it is unsound or an example fails, and
    ChangedMeanwhile where the draft is another than was seen, or what is in force another than it was begun from.
    """
    with transaction.atomic():
        settings = locked_settings()
        draft = Draft.objects.select_for_update().filter(kind=kind, key=key, version=seen).first()
        if draft is None:
            raise ChangedMeanwhile
        row = locked_entries(settings, [(kind, key)]).get((kind, key))
        if (row.revision if row else 0) != draft.based_on:
            raise ChangedMeanwhile
        state = {} if kind == Kind.SETTINGS else {"state": str(State.PUBLISHED)}
        put(settings, {(kind, key): {**draft.content, **state}}, by=by, why=why or draft.why)
        draft.delete()


def retire(kind: str, keys: Iterable[str], *, by: User | None, why: str = "") -> list[str]:
    """
    Retire what is published, all in one version: nothing evaluates it from then on, and it stays to be read.

    Gives the keys of those that were published.
    """
    return _move(kind, keys, State.RETIRED, by=by, why=why)


def take_back(kind: str, keys: Iterable[str], *, by: User | None, why: str = "") -> list[str]:
    """
    Publish again what is retired, all in one version, and give the keys of those that were retired.

    Raises InvalidEntry, and takes none back, where one is no longer sound.
    """
    return _move(kind, keys, State.PUBLISHED, by=by, why=why)


def _move(kind: str, keys: Iterable[str], state: State, *, by: User | None, why: str) -> list[str]:
    with transaction.atomic():
        settings = locked_settings()
        rows = locked_entries(settings, [(kind, key) for key in keys])
        changed = put(settings, {name: {"state": str(state)} for name in sorted(rows)}, by=by, why=why)
    return [key for _, key in changed]


def go_back_to(number: int, *, by: User | None, why: str = "", seen: int | None = None) -> list[Name]:
    """
    Let the whole catalog say again what it said in an earlier version, as a new version, and give what changes.

    What has come since is retired, so that its history can still be read. Examples were tried when the version was
    made. Raises InvalidEntry where the language has moved on and no longer reads what is to be published again, and
    ChangedMeanwhile where another version is in force than the one that was seen.
    """
    with transaction.atomic():
        settings = locked_settings(seen=seen)
        if not 0 < number <= settings.version:
            raise InvalidEntry({"version": {"number": [f"There is no version {number}."]}})
        wanted = contents_after_going_back(number, settings.version)
        return put(settings, wanted, by=by, why=why, try_examples=False, goes_back_to=number)


def contents_after_going_back(number: int, now: int) -> dict[Name, Mapping[str, Any]]:
    """Give what everything would say after going from version `now` back to version `number`."""
    then, current = contents_of_version(number), contents_of_version(now)
    since = {
        name: {**content, "state": str(State.RETIRED)}
        for name, content in current.items()
        if name not in then and name[0] != Kind.SETTINGS
    }
    return {**then, **since}
