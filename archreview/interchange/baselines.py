"""Results of earlier runs: what is known already does not fail again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

from archreview.engine.results import Review
from archreview.interchange.documents import Problems, shown

# The fingerprints of an earlier result, each with the rule and the subject that it is of, for a person to read.
Baseline = Mapping[str, str]


def read_baseline(content: str | bytes, *, file: str, problems: Problems) -> Baseline | None:
    """Read a JSON result; None where it is none, with the reason in `problems`."""
    try:
        result = json.loads(content)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 1
        problems.add(file, line, "", f"not readable as JSON: {shown(str(error), most=200, quote='')}")
        return None
    findings = result.get("findings") if isinstance(result, dict) else None
    if not isinstance(findings, list) or result.get("archreview") != 1:
        problems.add(file, 1, "", "is no result of archreview check --format json")
        return None
    baseline: dict[str, str] = {}
    for index, finding in enumerate(findings):
        fingerprint = finding.get("fingerprint") if isinstance(finding, dict) else None
        if not isinstance(fingerprint, str):
            problems.add(file, 1, f"findings[{index}].fingerprint", "must be a text")
            continue
        subject = finding.get("subject")
        about = f"{subject.get('kind')} {subject.get('id')}" if isinstance(subject, dict) else ""
        baseline[fingerprint] = shown(f"{finding.get('rule')} {about}".strip(), most=300, quote="")
    return baseline


def against_baseline(review: Review, baseline: Baseline) -> tuple[Review, tuple[str, ...]]:
    """Mark the findings that were there before; give the fingerprints, sorted, of those that are gone."""
    findings = tuple(finding._replace(known=finding.fingerprint in baseline) for finding in review.findings)
    today = {finding.fingerprint for finding in findings}
    return replace(review, findings=findings), tuple(sorted(set(baseline) - today))
