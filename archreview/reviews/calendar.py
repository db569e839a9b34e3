"""A session as an entry of a calendar (RFC 5545)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from django.utils import timezone

from archreview.reviews.models import ReviewSession

# A line has at most 75 bytes; what is longer goes on after a line break and a blank.
FOLD_AT = 73


def as_calendar(session: ReviewSession, *, url: str) -> str:
    """Give the text of the file, with CRLF at the ends of lines. Raises ValueError for a session without a time."""
    if session.planned_for is None:
        raise ValueError("the session has no time")
    end = session.planned_for + timedelta(minutes=session.length_minutes)
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//archreview//sessions//EN",
        "BEGIN:VEVENT",
        f"UID:session-{session.pk}.{int(session.created_at.timestamp())}@archreview",
        f"DTSTAMP:{_moment(timezone.now())}",
        f"SEQUENCE:{session.agenda_version}",
        f"DTSTART:{_moment(session.planned_for)}",
        f"DTEND:{_moment(end)}",
        f"SUMMARY:{_text(session.title)}",
        f"DESCRIPTION:{_text(f'Review session: {session.scope}. Join: {url}')}",
        f"URL:{url}",
        "END:VEVENT",
        "END:VCALENDAR",
    ]
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


def _text(text: str) -> str:
    """Somebody's text as a value: no line of it can become a line of the file."""
    return re.sub(r"([\\;,])", r"\\\1", text).replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "")


def _folded(line: str) -> str:
    parts, part = [], ""
    for character in line:
        if len((part + character).encode()) > FOLD_AT:
            parts.append(part)
            part = ""
        part += character
    return "\r\n ".join([*parts, part])
