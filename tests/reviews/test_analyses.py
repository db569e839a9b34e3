"""The analysis that pages share: kept while nothing changes, made anew when something does."""

import math
import random

import pytest
from django.core.exceptions import ValidationError

from archreview.engine.questions import ANSWERS
from archreview.registry.actions import answer_question, state_facts
from archreview.registry.architectures import load_architecture
from archreview.registry.models import Edge
from archreview.reviews import analyses
from archreview.reviews.analyses import (
    KEPT,
    Analysis,
    current_analysis,
    follow_edge,
    forget_analyses,
    kept_analysis,
)
from archreview.workspaces.actions import touch


def test_it_is_kept_while_nothing_changes(shop):
    assert current_analysis(shop) is current_analysis(shop)


def test_it_is_made_anew_after_a_change(shop, member):
    before = current_analysis(shop)
    edge = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")

    answer_question(edge=edge, key="needs_result", value=True, by=member)
    shop.refresh_from_db()

    assert current_analysis(shop) is not before
    assert current_analysis(shop).edges["cart-inventory"].answers.needs_result is True


def test_it_never_reaches_into_another_workspace(shop, other_workspace):
    assert current_analysis(other_workspace).architecture.services == ()


def revisions(shop, count):
    """Analyses of the same model at so many revisions, the oldest first."""
    found = []
    for _ in range(count):
        touch(shop)
        found.append((shop.revision, current_analysis(shop)))
    return found


def is_kept(shop, revision, analysis):
    shop.revision = revision
    return kept_analysis(shop) is analysis


def test_small_ones_are_kept_for_more_meetings_than_large_ones(shop, monkeypatch):
    forget_analyses()
    made = revisions(shop, 3 * KEPT)
    assert all(is_kept(shop, *one) for one in made)

    monkeypatch.setattr(analyses, "EDGES_KEPT", 0)
    made = [*made, *revisions(shop, 1)]
    assert [is_kept(shop, *one) for one in made] == [False] * (len(made) - KEPT) + [True] * KEPT


def test_no_more_than_so_many_are_kept_however_small(shop, monkeypatch):
    forget_analyses()
    monkeypatch.setattr(analyses, "MOST_KEPT", KEPT + 2)

    made = revisions(shop, KEPT + 5)

    assert sum(is_kept(shop, *one) for one in made) == KEPT + 2


def test_it_gives_every_subject_its_name_and_system(shop):
    analysis = current_analysis(shop)

    assert analysis.name_of("edge", "cart-inventory") == "Cart → Inventory"
    assert analysis.name_of("flow", "checkout") == "Check out"
    assert analysis.name_of("service", "gone") == "gone"
    for kind, id_ in (
        ("edge", "cart-inventory"),
        ("flow", "checkout"),
        ("channel", "order-placed"),
        ("service", "cart"),
    ):
        assert analysis.system_of(kind, id_) == "retailflow"


STATEMENTS = [
    *((f"answers.{key}", value) for key in ANSWERS for value in (True, False, None)),
    ("timeout_ms", 250.0),
    ("timeout_ms", math.inf),
    ("style", "queue"),
    ("style", None),
    ("purpose", "email"),
    ("fallback", True),
    ("latency_p99_ms", 1500.0),
]


@pytest.mark.parametrize("seed", range(3))
def test_what_follows_a_statement_is_what_reading_the_whole_model_gives(shop, member, owner, seed):
    rng = random.Random(seed)
    for _ in range(15):
        before, since = current_analysis(shop), shop.revision
        row = rng.choice(list(Edge.objects.filter(workspace=shop).order_by("slug")))
        row.workspace = shop
        fact, value = rng.choice(STATEMENTS)
        by, note = rng.choice((member, owner)), rng.choice(("", "Measured in May."))

        try:
            state_facts(subject=row, values={fact: value}, by=by, note=note)
        except ValidationError:
            shop.refresh_from_db()
            continue
        follow_edge(shop, before, since=since, edge=row)

        kept = kept_analysis(shop)
        assert kept is not None
        assert kept.architecture == load_architecture(shop)
        assert kept.review == Analysis(load_architecture(shop), kept.catalog, kept.decisions, kept.as_of).review


def test_it_does_not_follow_a_statement_past_somebody_elses_change(shop, member, owner):
    before, since = current_analysis(shop), shop.revision
    theirs = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")
    answer_question(edge=theirs, key="needs_result", value=True, by=owner)
    row = Edge.objects.filter(workspace=shop).exclude(slug="cart-inventory")[0]
    row.workspace = shop

    answer_question(edge=row, key="can_poll", value=True, by=member)
    follow_edge(shop, before, since=since, edge=row)

    assert kept_analysis(shop) is None
    assert current_analysis(shop).edges["cart-inventory"].answers.needs_result is True


def test_it_does_not_follow_where_nothing_was_changed(shop):
    before = current_analysis(shop)

    follow_edge(shop, before, since=shop.revision, edge=Edge.objects.filter(workspace=shop)[0])

    assert current_analysis(shop) is before


def test_it_does_not_follow_an_edge_that_leads_elsewhere(shop):
    before, since = current_analysis(shop), shop.revision
    row = Edge.objects.get(workspace=shop, slug="cart-inventory")
    touch(shop)
    Edge.objects.filter(pk=row.pk).update(target=row.source, source=row.target)

    follow_edge(shop, before, since=since, edge=row)

    assert kept_analysis(shop) is None


def test_it_does_not_follow_an_edge_that_has_another_name_now(shop):
    before, since = current_analysis(shop), shop.revision
    row = Edge.objects.get(workspace=shop, slug="cart-inventory")
    touch(shop)
    Edge.objects.filter(pk=row.pk).update(slug="another-by-now")

    follow_edge(shop, before, since=since, edge=row)

    assert kept_analysis(shop) is None
