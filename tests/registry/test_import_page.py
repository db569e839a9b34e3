"""Files through the page: previewed, stored, refused with all that is wrong in them."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archreview.interchange.documents import MAX_BYTES
from archreview.registry.actions import answer_question
from archreview.registry.architectures import load_architecture
from archreview.registry.models import Edge, Service
from tests.interchange.broken import cases
from tests.registry.conftest import SHOP, architecture_of
from tests.work import within

BROKEN = list(cases())


@pytest.fixture
def address(workspace):
    return reverse("registry:import", args=[workspace.slug])


def file(content, name="architecture.yaml"):
    return SimpleUploadedFile(name, content)


def test_a_file_is_previewed_and_then_stored(workspace, address, member_client):
    preview = member_client.post(address, {"file": file(SHOP.encode())})

    assert preview.status_code == 200
    assert not Service.objects.exists()
    assert [entry.id for entry in preview.context["new"] if entry.kind == "service"] == [
        "cart",
        "inventory",
        "mailer",
        "stock-db",
    ]

    stored = member_client.post(address, {"text": preview.context["text"], "store": preview.context["revision"]})

    assert stored.status_code == 302
    assert len(load_architecture(workspace).edges) == 3


def test_a_pasted_text_may_have_the_line_breaks_of_a_form(workspace, address, member_client):
    text = SHOP.replace("\n", "\r\n")

    member_client.post(address, {"text": text, "store": workspace.revision})

    stored = load_architecture(workspace)
    assert [edge.id for edge in stored.edges] == [edge.id for edge in architecture_of(SHOP).edges]


def test_it_shows_the_preview_again_when_the_workspace_has_changed_meanwhile(shop, address, member_client, owner):
    changed = SHOP.replace("timeout_ms: none", "timeout_ms: 500")
    preview = member_client.post(address, {"text": changed})
    edge = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")
    answer_question(edge=edge, key="can_poll", value=True, by=owner)

    again = member_client.post(address, {"text": changed, "store": preview.context["revision"]})

    assert again.status_code == 200
    assert b"has changed since you looked" in again.content
    edge.refresh_from_db()
    assert edge.timeout_ms == float("inf")


def test_the_preview_names_changes_kept_answers_and_what_is_not_mentioned(shop, address, member_client, owner):
    edge = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")
    answer_question(edge=edge, key="immediate_feedback", value=False, by=owner)
    changed = SHOP.replace("timeout_ms: none", "timeout_ms: 500").replace(
        "  - {id: mailer, name: Mailer, kind: worker}\n", ""
    )
    changed = changed.replace(
        "  - {id: cart-mailer, from: cart, to: mailer, name: OrderPlaced, style: stream, channel: order-placed,\n"
        "     idempotency_key: none}\n",
        "",
    ).replace("      - parallel: [{edge: cart-mailer}]\n", "")

    shown = member_client.post(address, {"text": changed}).context

    assert [(entry.id, entry.changes) for entry in shown["changed"] if entry.kind == "edge"] == [
        ("cart-inventory", [("timeout_ms", "none", "500 ms")])
    ]
    assert [(one.id, one.field, one.kept, one.kept_by, one.said) for one in shown["conflicts"]] == [
        ("cart-inventory", "immediate_feedback", "no", "olivia", "yes")
    ]
    assert shown["gone"] == (("service", "mailer"), ("edge", "cart-mailer"))


def test_an_export_comes_back_byte_for_byte(
    shop, address, viewer_client, member_client, other_workspace, outsider_client
):
    first = viewer_client.get(reverse("registry:export", args=[shop.slug]))
    assert first["Content-Disposition"] == 'attachment; filename="architecture.yaml"'
    there = reverse("registry:import", args=[other_workspace.slug])
    outsider_client.post(there, {"text": first.content.decode(), "store": other_workspace.revision})

    second = outsider_client.get(reverse("registry:export", args=[other_workspace.slug]))

    assert second.content == first.content


def test_one_system_is_exported_with_those_it_talks_to(shop, viewer_client, owner):
    Service.objects.filter(workspace=shop, slug="mailer").update(system=None)

    text = viewer_client.get(reverse("registry:export", args=[shop.slug]), {"system": "retailflow"}).content.decode()

    assert [service.id for service in architecture_of(text).services] == ["cart", "inventory", "mailer", "stock-db"]
    nowhere = viewer_client.get(reverse("registry:export", args=[shop.slug]), {"system": "nowhere"})
    assert nowhere.status_code == 404


def test_all_errors_of_a_file_are_shown_at_once_with_their_lines(workspace, address, member_client):
    text = "archreview: 1\nservices:\n  - {id: cart, teir: 1}\n  - {id: cart}\n"
    text += "edges:\n  - {id: a, from: cart, to: nobody}\n"

    response = member_client.post(address, {"text": text})

    assert response.status_code == 422
    assert [shown.problem.line for shown in response.context["problems"]] == [3, 4, 6]
    page = response.content.decode()
    assert "{id: cart, teir: 1}" in page
    assert "did you mean &#x27;tier&#x27;?" in page


def test_what_does_not_fit_what_is_here_is_refused_in_words(shop, address, member_client):
    """The file is sound in itself, but here its service takes part in a flow."""
    text = "archreview: 1\nservices:\n  - {id: cart, kind: datastore}\n"

    for data in ({"text": text}, {"text": text, "store": shop.revision}):
        response = member_client.post(address, data)
        assert response.status_code == 422
        assert "cart is a datastore" in response.content.decode()

    assert Service.objects.get(workspace=shop, slug="cart").kind == "service"


def test_there_are_two_hundred_broken_files_to_try():
    assert len(BROKEN) >= 200


def test_every_broken_file_is_refused_in_bounded_work_and_stores_nothing(shop, address, member_client):
    before = load_architecture(shop)
    revision = shop.revision

    def answer_to(broken):
        return within(3, lambda: member_client.post(address, {"file": file(broken.content), "store": revision}))

    for broken in BROKEN:
        assert answer_to(broken).status_code == 422, broken.name

    shop.refresh_from_db()
    assert load_architecture(shop) == before
    assert shop.revision == revision


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00", b"\xff\xfe\x00", b"[" * 60_000, b"archreview: 1\n" + b"#" * MAX_BYTES, b"\xef\xbb\xbf"],
    ids=["empty", "nul", "utf-16", "brackets", "too large", "only a mark"],
)
def test_what_is_no_file_of_ours_is_refused(workspace, address, member_client, content):
    response = member_client.post(address, {"file": file(content)})

    assert response.status_code == 422
    assert not Service.objects.exists()


def test_nothing_given_is_said(workspace, address, member_client):
    assert b"Choose a file, or paste a text." in member_client.post(address, {}).content


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, len(SHOP) - 1), byte=st.binary(min_size=1, max_size=3), cut=st.integers(0, 4))
def test_a_damaged_file_is_read_or_refused_and_never_breaks_the_page(workspace, address, member_client, at, byte, cut):
    content = SHOP.encode()
    damaged = content[:at] + byte + content[at + cut :]

    assert member_client.post(address, {"file": file(damaged)}).status_code in {200, 422}
    assert not Service.objects.exists()


def test_a_hostile_text_in_a_file_is_only_a_text(workspace, address, member_client):
    text = 'archreview: 1\nservices:\n  - {id: x, name: "<script>alert(1)</script>", description: "{{ 1 }}"}\n'

    preview = member_client.post(address, {"text": text})

    assert preview.status_code == 200
    assert b"<script>alert" not in preview.content


def test_a_workspace_can_begin_with_an_example(workspace, address, member_client):
    offered = member_client.get(address, {"example": "retailflow-before"})
    assert b'value="retailflow-before" selected' in offered.content
    preview = member_client.post(address, {"example": "retailflow-before"})

    member_client.post(address, {"text": preview.context["text"], "store": preview.context["revision"]})

    assert [flow.id for flow in load_architecture(workspace).flows] == ["retailflow-before.checkout"]


@pytest.mark.parametrize("name", ["", "../../settings", "nothing", "\x00"])
def test_there_is_no_other_example(workspace, address, member_client, name):
    assert member_client.post(address, {"example": name}).status_code == 422
