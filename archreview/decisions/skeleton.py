"""The headings of MADR 4, for a decision that a person writes from the first word on."""

EMPTY_DECISION = """## Context and Problem Statement

## Decision Drivers

*

## Considered Options

*
*

## Decision Outcome

Chosen option: "", because

### Consequences

* Good, because
* Bad, because

### Confirmation

## More Information
"""
