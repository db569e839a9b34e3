"""What the rules of a set say of some facts, put plainly."""


def judged(ruleset, facts):
    """Give the places of the true rules, the questions as (place, kind, id, fact), and the failures by place."""
    bits = [1 << at for at in range(len(ruleset.rules))]
    own: dict[str, int] = {}
    asked: set[tuple[int, str, str, str]] = set()
    failures: dict[int, str] = {}

    def ask(missing, bit):
        asked.update((bits.index(bit), *triple) for triple in missing)

    true = ruleset.judge(facts, bits, own, ask, failures.__setitem__)
    for fact, waiting in own.items():
        asked |= {(at, ruleset.scope, facts.model.id, fact) for at, bit in enumerate(bits) if waiting & bit}
    return true, asked, failures
