"""Something put in force at once, where a test is about what comes of that: drafted and published, as at the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from archreview.rules.actions import publish_draft, save_draft
from archreview.rules.models import Kind, Obligation, Rule
from archreview.rules.values import SETTINGS_KEY


def change_rule(rule: Rule, *, by: User | None, why: str = "") -> Rule:
    """Put a rule in force as it is given, and give it as it is stored then."""
    _publish(Kind.RULE, rule.code, rule.content(), by=by, why=why)
    return Rule.objects.get(code=rule.code)


def change_obligation(obligation: Obligation, *, by: User | None, why: str = "") -> None:
    """Put an obligation in force as it is given."""
    _publish(Kind.OBLIGATION, obligation.duty, obligation.content(), by=by, why=why)


def change_settings(*, hop_limit: int, default_availability: float, by: User | None, why: str = "") -> None:
    """Change the settings: the limit in calls, the availability in percent."""
    content = {"hop_limit": hop_limit, "default_availability": default_availability}
    _publish(Kind.SETTINGS, SETTINGS_KEY, content, by=by, why=why)


def _publish(kind: str, key: str, content: Mapping[str, Any], *, by: User | None, why: str) -> None:
    with transaction.atomic():
        # A draft is of no state: publishing gives it one.
        drafted = {name: value for name, value in content.items() if name != "state"}
        draft = save_draft(kind, key, drafted, by=by, why=why)
        publish_draft(kind, key, by=by, why=why, seen=draft.version)
