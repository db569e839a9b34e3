"""Random facts, and random conditions over them, from a source of randomness."""

import math

from archreview.engine import fact_tables, model, questions
from archreview.engine import facts as facts_module
from archreview.engine.language.schema import Kind, Place, names_of

PARAMS: dict[str, float | str | bool] = {"limit": 2, "share": 0.5, "strict": True, "word": "queue"}
NUMBERS = (0, 1, 2, 3, 5, 10, 100, 0.5, 99.9, 1000)
TEXTS = ("a", "b", "order", "order-placed", "")
ROOT_CLASSES = {
    "edge": facts_module.EdgeFacts,
    "flow": facts_module.FlowFacts,
    "service": facts_module.ServiceFacts,
    "channel": facts_module.ChannelFacts,
    "system": facts_module.SystemFacts,
}
MODEL_CLASSES = {
    "edge": model.Edge,
    "flow": model.Flow,
    "service": model.Service,
    "channel": model.Channel,
    "system": model.System,
}
FACT_TABLES = {
    "edge": fact_tables.EDGE_FACTS,
    "service": fact_tables.SERVICE_FACTS,
    "channel": fact_tables.CHANNEL_FACTS,
}


def facts_of(scope, random):
    """Give facts of a scope with everything in them, computed values included, at random: a third is unknown."""
    if scope == "edge":
        channel = random.choice([None, facts_of("channel", random)])
        source, target = a_model("service", random), a_model("service", random)
        answers = model.Answers(**{key: random.choice([None, True, False]) for key in questions.ANSWERS})
        return filled(scope, random, channel=channel, source=source, target=target, answers=answers)
    if scope == "flow":
        steps = tuple(facts_of("edge", random) for _ in range(random.randrange(4)))
        first = random.choice([None, *steps])
        return filled(scope, random, steps=steps, writes=steps[:2], first_over=first)
    return filled(scope, random)


def filled(scope, random, **given):
    """Give facts of a scope with random values for what is not given."""
    for entry in names_of(scope).values():
        if entry.place is Place.FACTS and entry.attribute not in given:
            given[entry.attribute] = a_value(entry.type, random, optional=entry.optional)
    if scope == "edge":
        given |= a_family(random)
    if scope != "channel":
        given["asks"] = lambda name: ((scope, "rests-on", f"{name}-1"), (scope, "rests-on", f"{name}-2"))
    return ROOT_CLASSES[scope](model=a_model(scope, random), **given)


def a_family(random):
    """Give the computed values that hang together: an edge has one family, or an unknown one."""
    family = random.choice([None, "synchronous", "hand-off", "asynchronous", "in-process"])
    to_datastore = random.random() < 0.2
    known = {
        "is_synchronous": family == "synchronous" and not to_datastore,
        "is_call": family == "synchronous",
        "is_hand_off": family == "hand-off",
        "is_asynchronous": family == "asynchronous",
        "is_in_process": family == "in-process",
    }
    return {"family": family, **(known if family else dict.fromkeys(known))}


def a_model(scope, random):
    """Give a registered value of a kind with random facts."""
    values = {"id": f"{scope}-{random.randrange(3)}", "name": random.choice(TEXTS)}
    for fact in FACT_TABLES.get(scope, ()):
        entry = names_of(scope)[f"{scope}.{fact.name}"]
        values[fact.name] = a_value(entry.type, random, optional=entry.optional, none=fact.none)
    if scope == "edge":
        values |= {"source": "a", "target": "b", "channel": random.choice([None, "c"])}
    elif scope == "flow":
        budget = random.choice([None, *NUMBERS])
        values |= {"entry": "a", "steps": (), "user_facing": random.random() < 0.5, "latency_budget_ms": budget}
    return MODEL_CLASSES[scope](**values)


def a_value(type_, random, *, optional, none=False):
    """Give a random value of a type."""
    if optional and random.random() < 0.33:
        return None
    if type_.kind is Kind.BOOLEAN:
        return random.random() < 0.5
    elif type_.kind is Kind.CHOICE:
        return random.choice(type_.choices)
    elif type_.kind is Kind.TEXT:
        return random.choice(TEXTS)
    elif type_.kind is Kind.NUMBER:
        least, most = type_.least or 0, type_.most or math.inf
        return random.choice([number for number in (*NUMBERS, *([math.inf] * none)) if least <= number <= most])
    return tuple(a_value(type_.element, random, optional=False) for _ in range(random.randrange(4)))


def a_condition(scope, random, *, depth=4):
    """Give a condition that the checker finds sound, but perhaps constant."""
    return Conditions(scope, random).boolean(depth)


class Conditions:
    """Writes source texts by type, going down; `of` says what a macro's variable `x` is."""

    def __init__(self, scope, random, of=None):
        self.scope, self.random, self.of = scope, random, of
        entries = list(names_of(scope).values())
        self.lists = [] if of else [entry for entry in entries if entry.type.kind is Kind.LIST]
        if of is None:
            self.named = {entry.path: entry.type for entry in entries}
        elif of.kind is Kind.STEP:
            steps = names_of("edge").items()
            self.named = {"x" + path.removeprefix("edge"): e.type for path, e in steps if path.startswith("edge.")}
        else:
            self.named = {"x": of}

    def one(self, *ways):
        """Give what one of the ways gives; None is no way."""
        return self.random.choice([way for way in ways if way])()

    def name(self, *kinds):
        return self.random.choice(self.of_kind(*kinds))

    def of_kind(self, *kinds):
        return [path for path, type_ in self.named.items() if type_.kind in kinds]

    def boolean(self, depth):
        names = (lambda: self.name(Kind.BOOLEAN)) if self.of_kind(Kind.BOOLEAN) else None
        leaves = (
            names,
            names,
            names and (lambda: f"{names()} {self.random.choice(['==', '!='])} {self.random.choice(['true', 'false'])}"),
            lambda: self.random.choice(["true", "false", "params.strict"]),
            self.of_kind(Kind.CHOICE) and self.choice_test,
            self.of_kind(Kind.TEXT) and self.text_test,
            self.known,
            lambda: self.comparison(depth - 1),
        )
        if depth <= 0 or self.random.random() < 0.2:
            return self.one(*leaves)
        inside = lambda: self.boolean(depth - 1)  # noqa: E731
        return self.one(
            lambda: f"({inside()} && {inside()})",
            lambda: f"({inside()} || {inside()})",
            lambda: f"({inside()} && {inside()} && {inside()})",
            lambda: f"!({inside()})",
            lambda: f"({inside()} ? {inside()} : {inside()})",
            lambda: f"({inside()}) {self.random.choice(['==', '!='])} ({inside()})",
            self.lists and (lambda: self.macro(self.random.choice(["exists", "all"]), depth)),
        )

    def macro(self, word, depth):
        entry = self.random.choice(self.lists)
        body = Conditions(self.scope, self.random, entry.type.element).boolean(depth - 2)
        return f"{entry.path}.{word}(x, {body})"

    def choice_test(self):
        path = self.name(Kind.CHOICE)
        words = [f'"{self.random.choice(self.named[path].choices)}"' for _ in range(2)]
        return self.random.choice([f"{path} == {words[0]}", f"{path} != {words[0]}", f"{path} in [{', '.join(words)}]"])

    def text_test(self):
        word = self.random.choice(["startsWith", "endsWith", "contains"])
        text = self.random.choice(['"a"', '"order"', '""', "params.word"])
        path = self.name(Kind.TEXT)
        return self.random.choice([f"{path}.{word}({text})", f"{path} == {self.name(Kind.TEXT)}"])

    def known(self):
        paths = [path for path in self.named if path != "x" and self.named[path].kind is not Kind.LIST]
        return f"known({self.random.choice(paths)})" if paths else "false"

    def comparison(self, depth):
        operator = self.random.choice(["==", "!=", "<", "<=", ">", ">="])
        return f"{self.number(depth)} {operator} {self.number(depth)}"

    def number(self, depth):
        names = (lambda: self.name(Kind.NUMBER)) if self.of_kind(Kind.NUMBER) else None
        leaves = (
            lambda: self.random.choice(["0", "1", "2", "5", "0.5", "100", "-1", "params.limit", "params.share"]),
            names,
            names,
            names,
            self.lists and (lambda: f"size({self.random.choice(self.lists).path})"),
        )
        if depth <= 0 or self.random.random() < 0.5:
            return self.one(*leaves)
        inside = lambda: self.number(depth - 1)  # noqa: E731
        return self.one(
            lambda: f"({inside()} {self.random.choice('+-*/')} {inside()})",
            lambda: f"-{self.one(*leaves)}",
            lambda: f"({self.boolean(depth - 1)} ? {inside()} : {inside()})",
            self.lists and (lambda: f"size({self.macro('filter', depth)})"),
        )
