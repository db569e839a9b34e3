"""The templates that everybody has, in the language of `record_templates`."""

# log4brains took its sections from MADR; the two differ in what stands above them.
SECTIONS_OF_MADR = """## Context and Problem Statement

{context}

## Decision Drivers

{drivers}

## Considered Options

{options}

## Decision Outcome

{outcome}

### Consequences

{consequences}

### Confirmation

{confirmation}

## Pros and Cons of the Options

{comparison}

## More Information

{more}
"""

MADR = (
    """---
status: {status}
date: {date}
decision-makers: {deciders}
consulted: {consulted}
informed: {informed}
---

# {title}

"""
    + SECTIONS_OF_MADR
)

NYGARD = """# {number}. {title}

Date: {date}

## Status

{status}

## Context

{context}

### Forces

{drivers}

## Decision

{outcome}

### Options

{options}

### Options Compared

{comparison}

## Consequences

{consequences}

### Confirmation

{confirmation}

### More Information

{more}
"""

LOG4BRAINS = (
    """# {title}

* Status: {status}
* Deciders: {deciders}
* Consulted: {consulted}
* Informed: {informed}
* Date: {date}

"""
    + SECTIONS_OF_MADR
)

# By what a decision keeps of its template.
TEXTS = {"madr": MADR, "nygard": NYGARD, "log4brains": LOG4BRAINS}
