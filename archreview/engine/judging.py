"""Rules over facts: what is true makes a finding, what is unknown a question."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from archreview.engine.catalog import ObligationRule, Rule
from archreview.engine.edges import Judged
from archreview.engine.language import CompiledRule, Condition, compile_condition, compile_rules
from archreview.engine.model import IN_PROCESS, Location
from archreview.engine.results import SEVERITIES, Duty, Finding, NotEvaluated, OpenQuestion, Subject

MATRIX, TREE = "matrix", "tree"
SEVERITY_ORDER = {severity: order for order, severity in enumerate(SEVERITIES)}
_NEEDS = {"decisions": "it needs decision records", "as_of": "it needs a date (as_of)"}
_STATES = {True: "met", False: "missing", None: "unknown"}


class Judgement:
    """What the rules said: findings, and for each unknown fact all that waits for it."""

    def __init__(self, codes: Sequence[str]) -> None:
        # What waits is one bit of a number each, in the order of the names: most facts have the same few waiting.
        self._waiters = sorted({*codes, MATRIX, TREE})
        self._bits = {waiter: 1 << place for place, waiter in enumerate(self._waiters)}
        self._waiting: dict[Subject, dict[str, int]] = {}
        self.findings: list[Finding] = []
        self.failed: dict[str, str] = {}
        self.found_by_subject: dict[tuple[str, str], list[Finding]] = {}

    def bit_of(self, waiter: str) -> int:
        """Give the bit that stands for something that waits."""
        return self._bits[waiter]

    def waiting_about(self, subject: Subject) -> dict[str, int]:
        """Give what waits for the facts of a subject: bits by fact, to be written to."""
        return self._waiting.setdefault(subject, {})

    def ask(self, missing: Iterable[tuple[str, str, str]], bit: int) -> None:
        """Note that something, by its bit, waits for facts, given as (kind, id, fact), that nobody has stated."""
        waiting = self._waiting
        for kind, id_, fact in missing:
            # A plain tuple finds a subject as well, and is made in a fraction of the time.
            facts = waiting.get((kind, id_))  # type: ignore[call-overload]
            if facts is None:
                facts = waiting[Subject(kind, id_)] = {}
            facts[fact] = facts.get(fact, 0) | bit

    def find(self, rule: CompiledRule, facts: object, subject: Subject, location: Location | None) -> Finding:
        """Make a finding of a rule about a subject; a severity that hangs on an unknown asks for it."""
        severity, missing = rule.severity(facts)
        code = rule.rule.code
        if missing:
            self.ask(missing, self._bits[code])
        found = Finding(code, severity, subject, rule.message(facts), rule.known_facts(facts), location)
        self.findings.append(found)
        return found

    def fail(self, code: str, scope: str, id_: str, why: str) -> None:
        """Note that a rule failed on a subject; the first one is told of."""
        self.failed.setdefault(code, f"it failed on {scope} {id_}: {why}")

    def sorted_findings(self) -> tuple[Finding, ...]:
        """Give the findings by severity, rule and subject."""
        return tuple(
            sorted(self.findings, key=lambda f: (SEVERITY_ORDER[f.severity], f.rule, f.subject.id, f.subject.kind))
        )

    def questions(self) -> dict[tuple[str, str], list[OpenQuestion]]:
        """Give the questions about each subject, by subject and fact."""
        names: dict[int, tuple[str, ...]] = {}
        found: dict[tuple[str, str], list[OpenQuestion]] = {}
        make = OpenQuestion._make
        for subject in sorted(subject for subject, facts in self._waiting.items() if facts):
            about = found[subject] = []
            for fact, bits in sorted(self._waiting[subject].items()):
                waiting = names.get(bits)
                if waiting is None:
                    waiting = names[bits] = self._waiters_of(bits)
                about.append(make((subject, fact, waiting)))
        return found

    def _waiters_of(self, bits: int) -> tuple[str, ...]:
        return tuple([waiter for place, waiter in enumerate(self._waiters) if bits >> place & 1])


def usable_rules(rules: Iterable[Rule], given: frozenset[str]) -> tuple[list[Rule], list[NotEvaluated]]:
    """Split the enabled rules into those that can be evaluated with what is given, and those that cannot, with why."""
    usable, unusable = [], []
    for rule in rules:
        if not rule.enabled:
            continue
        lacking = [need for need in rule.needs if need not in given]
        if lacking:
            unusable.append(
                NotEvaluated(rule.code, " and ".join(_NEEDS.get(need, f"it needs {need}") for need in lacking))
            )
        else:
            usable.append(rule)
    return usable, unusable


def apply_rules(
    rules: Sequence[Rule],
    scope: str,
    subjects: Iterable[tuple[object, str, Location | None]],
    judgement: Judgement,
) -> None:
    """
    Try every rule of one scope on every subject, given as (facts, id, location).

    A rule that fails on one subject is listed as not evaluated, and what it said elsewhere stands.
    """
    ruleset = compile_rules(rules, scope)
    compiled, judge, ask = ruleset.rules, ruleset.judge, judgement.ask
    bits = [judgement.bit_of(rule.rule.code) for rule in compiled]
    for facts, id_, location in subjects:
        subject = Subject(scope, id_)

        def failed(number: int, why: str, where: str = id_) -> None:
            judgement.fail(compiled[number].rule.code, scope, where, why)

        true = judge(facts, bits, judgement.waiting_about(subject), ask, failed)
        if true:
            found = [judgement.find(compiled[number], facts, subject, location) for number in true]
            judgement.found_by_subject.setdefault(subject, []).extend(found)


_Entry = tuple[dict[bool | None, Duty], Condition, Condition | None]


class Obligations:
    """The duties that the catalog gives to styles, ready to be tried on edges."""

    def __init__(self, rules: Sequence[ObligationRule]) -> None:
        self._by_style: dict[str, list[_Entry]] = {}
        for rule in rules:
            entry = (
                {value: Duty(rule.duty, state) for value, state in _STATES.items()},
                compile_condition(rule.condition, "edge"),
                compile_condition(rule.when, "edge") if rule.when else None,
            )
            for style in rule.styles:
                self._by_style.setdefault(style, []).append(entry)

    def of(self, judged: Judged) -> tuple[Duty, ...]:
        """Give the duties of the edge's style; calls inside a process have none."""
        if judged.arc.family is None or judged.arc.family == IN_PROCESS:
            return ()
        facts, entries = judged.facts, self._by_style.get(judged.arc.edge.style or "", ())
        return tuple(
            [states[condition.value(facts)] for states, condition, when in entries if when is None or when.value(facts)]
        )
