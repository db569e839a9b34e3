"""The analysis that pages share: kept while nothing changes, made anew when something does."""

from archreview.registry.actions import answer_question
from archreview.registry.models import Edge
from archreview.reviews.analyses import current_analysis


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
