"""What a decision says, apart from the form that it is written in: its sections by what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

# Field of a template -> the heading that the section has in MADR, by which it is known where a template has none.
SECTIONS: Mapping[str, str] = MappingProxyType(
    {
        "context": "Context and Problem Statement",
        "drivers": "Decision Drivers",
        "options": "Considered Options",
        "outcome": "Decision Outcome",
        "consequences": "Consequences",
        "confirmation": "Confirmation",
        "comparison": "Pros and Cons of the Options",
        "more": "More Information",
    }
)

Content = Mapping[str, str]
"""Section -> its Markdown without its own heading; headings within it begin at the third level."""
