import hashlib
import json

from django.db import migrations
from django.db.models import Min

RULE, OBLIGATION, SETTINGS = "rule", "obligation", "settings"


def give_states(apps, schema_editor):
    """
    Say of every rule whether it is published or retired, where it was on or off before.

    What was shipped was kept as a digest; its text stands in the history. Every version gets its row.
    """
    changes = apps.get_model("rules", "CatalogChange").objects
    _convert_history(changes)
    versions = apps.get_model("rules", "CatalogVersion").objects
    for number in changes.values("version").annotate(first=Min("pk")).order_by("version"):
        change = changes.get(pk=number["first"])
        versions.create(number=change.version, at=change.at, by=change.by, by_name=change.by_name, why=change.why)
    for kind, name, key_name in (
        (RULE, "Rule", "code"),
        (OBLIGATION, "Obligation", "duty"),
        (SETTINGS, "CatalogSettings", ""),
    ):
        for row in apps.get_model("rules", name).objects.all():
            key = getattr(row, key_name) if key_name else SETTINGS
            if kind == RULE:
                row.state = "published" if row.enabled else "retired"
            if row.built_in_hash:
                row.built_in = _shipped(changes, kind, key, row.built_in_hash)
            row.save()


def _convert_history(changes):
    for change in changes.exclude(kind=SETTINGS):
        change.before, change.after = _converted(change.kind, change.before), _converted(change.kind, change.after)
        change.save()


def _converted(kind, content):
    if content is None or kind == SETTINGS:
        return content
    if kind == OBLIGATION:
        return {**content, "state": "published"}
    state = "published" if content["enabled"] else "retired"
    rest = {name: value for name, value in content.items() if name != "enabled"}
    return {**rest, "campaign": {}, "state": state}


def _shipped(changes, kind, key, digest):
    """Give the loaded content of the digest; where the history lacks it, the one that was loaded last."""
    loaded = [
        change.after
        for change in changes.filter(kind=kind, key=key, what="loaded").order_by("-version")
        if change.after
    ]
    return next((content for content in loaded if _digest(kind, content) == digest), loaded[0] if loaded else None)


def _as_before(kind, content):
    before = {name: value for name, value in content.items() if name not in ("state", "campaign")}
    return {**before, "enabled": content["state"] == "published"} if kind == RULE else before


def _digest(kind, content):
    """The digest as earlier releases kept it."""
    text = json.dumps(_as_before(kind, content), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def take_states(apps, schema_editor):
    """Say on and off again, and keep digests; days of campaigns, drafts and overrides have no place there."""
    for change in apps.get_model("rules", "CatalogChange").objects.exclude(kind=SETTINGS):
        change.before, change.after = (
            content and _as_before(change.kind, content) for content in (change.before, change.after)
        )
        change.save()
    for kind, name in ((RULE, "Rule"), (OBLIGATION, "Obligation"), (SETTINGS, "CatalogSettings")):
        for row in apps.get_model("rules", name).objects.all():
            if kind == RULE:
                row.enabled = row.state == "published"
            row.built_in_hash = _digest(kind, row.built_in) if row.built_in else ""
            row.save()


class Migration(migrations.Migration):
    dependencies = [
        ("rules", "0002_lives"),
    ]

    operations = [
        migrations.RunPython(give_states, take_states),
    ]
