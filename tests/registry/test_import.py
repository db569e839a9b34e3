"""What an import stores, keeps and refuses."""

from archreview.interchange.writers.architecture import write_architecture
from archreview.registry.actions import answer_question, import_architecture, preview_import
from archreview.registry.architectures import load_architecture, load_edge
from archreview.registry.models import Edge, Statement
from archreview.workspaces.actions import create_workspace
from tests.registry.conftest import SHOP, architecture_of


def taken_in(workspace, owner, text, source="architecture.yaml"):
    return import_architecture(workspace=workspace, architecture=architecture_of(text), by=owner, source=source)


def test_it_gives_back_what_was_imported(shop):
    assert load_architecture(shop) == architecture_of_stored()


def architecture_of_stored():
    read = architecture_of(SHOP)
    return type(read)(**{name: getattr(read, name) for name in read.__slots__ if name != "sources"})


def test_a_second_export_is_byte_for_byte_the_first(shop, owner):
    first = write_architecture(load_architecture(shop))
    other = create_workspace(name="Second", lead=owner)
    taken_in(other, owner, first)

    assert write_architecture(load_architecture(other)) == first


def test_importing_the_same_again_changes_nothing(shop, owner):
    revision = shop.revision
    statements = Statement.objects.count()

    comparison = taken_in(shop, owner, SHOP)

    shop.refresh_from_db()
    assert (comparison.new, comparison.changed, comparison.conflicts, comparison.gone) == ((), (), (), ())
    assert shop.revision == revision
    assert Statement.objects.count() == statements


def test_it_keeps_the_answer_when_the_file_is_imported_again(shop, owner, member):
    edge = Edge.objects.get(workspace=shop, slug="cart-inventory")
    answer_question(edge=edge, key="immediate_feedback", value=False, note="a mail is enough", by=member)

    for _ in range(3):
        comparison = taken_in(shop, owner, SHOP)
        (conflict,) = comparison.conflicts
        assert (conflict.id, conflict.field, conflict.kept, conflict.kept_by, conflict.said) == (
            "cart-inventory",
            "answers.immediate_feedback",
            False,
            "milo",
            True,
        )

    edge.refresh_from_db()
    assert edge.answer_immediate_feedback is False
    loaded = next(one for one in load_architecture(shop).edges if one.id == "cart-inventory")
    assert loaded.differing == ("answers.immediate_feedback",)
    assert loaded.said["answers.immediate_feedback"].by == "milo"
    assert Statement.objects.filter(edge=edge, fact="answers.immediate_feedback").count() == 2


def test_a_preview_stores_nothing_and_says_what_the_import_does(shop, owner):
    changed = SHOP.replace("timeout_ms: none", "timeout_ms: 500").replace("Reserve stock", "Reserve")
    before = load_architecture(shop)
    revision = shop.revision

    preview = preview_import(
        workspace=shop, architecture=architecture_of(changed), by=owner, source="architecture.yaml"
    )

    assert load_architecture(shop) == before
    assert shop.revision == revision
    (entry,) = preview.changed
    assert [(change.name, change.before, change.after) for change in entry.fields] == [
        ("name", "Reserve stock", "Reserve"),
        ("timeout_ms", "none", 500),
    ]
    assert taken_in(shop, owner, changed) == preview


def test_one_edge_is_loaded_as_all_of_them_are(shop, owner, member):
    """With its evidence, who said what, and where sources differ."""
    mine = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")
    answer_question(edge=mine, key="immediate_feedback", value=False, by=member)

    for row in Edge.objects.select_related("workspace").filter(workspace=shop):
        assert load_edge(row) == next(edge for edge in load_architecture(shop).edges if edge.id == row.slug)


def test_an_edge_that_is_gone_is_no_edge(shop, owner):
    row = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")
    Edge.objects.filter(pk=row.pk).delete()

    assert load_edge(row) is None
