"""The hash over what the readers of a decision rely on: made when it is decided, and compared at every look."""

import datetime
import hashlib
import json
from typing import Any

# In this order nothing is said: the fields go in under their names. What is empty is left out, so that a field that a
# later release adds changes the hash of no decision that lacks it.
SEALED_FIELDS = (
    "number",
    "slug",
    "title",
    "template",
    "template_name",
    "template_text",
    "body",
    "rendered",
    "generated_body",
    "decision_makers",
    "consulted",
    "informed",
    "tags",
    "imported_from",
    "date",
    "facts",
    "confirmation",
    "pictures",
    "subject_kind",
    "subject_id",
    "catalog_version",
    "revision",
    "decided_name",
    "decided_at",
)


def content_hash_of(decision: Any) -> str:
    """
    The SHA-256, in hex, of what a reader relies on: number, text, people, dates, facts, and whether it was accepted.

    What may become of an accepted decision later (deprecated, superseded by which) is not in it.
    """
    content = {name: _plain(getattr(decision, name, None)) for name in SEALED_FIELDS}
    content["outcome"] = "rejected" if decision.status == "rejected" else "accepted"
    told = {name: value for name, value in content.items() if value not in ("", None, [], {})}
    text = json.dumps(told, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


class NotAsDecided(Exception):
    """The `decision` is not what was decided: its hash is another. It is not handed out."""

    def __init__(self, decision: Any) -> None:
        super().__init__(
            f"Decision {decision.label} is not what was decided: its content does not match the SHA-256 that was "
            "stored when it was decided. Somebody has changed the database itself."
        )
        self.decision = decision


def check_intact(decision: Any) -> None:
    """Raise NotAsDecided where somebody has changed the decision past all doors; every export begins here."""
    if not is_intact(decision):
        raise NotAsDecided(decision)


def is_intact(decision: Any) -> bool:
    """Whether the decision is what was decided; a draft always is."""
    return bool(decision.status == "proposed" or decision.content_hash == content_hash_of(decision))


def _plain(value: Any) -> Any:
    """The value as every database gives it back: a number without needless digits, a time in UTC."""
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, datetime.datetime):
        return value.astimezone(datetime.UTC).isoformat(timespec="microseconds")
    if isinstance(value, datetime.date):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
