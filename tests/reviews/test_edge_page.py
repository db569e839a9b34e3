"""The page of an edge, and the questions answered in it."""

import pytest

from archreview.registry.actions import answer_question, state_facts
from archreview.registry.models import Edge
from archreview.reviews.analyses import current_analysis
from archreview.reviews.views import stating

PAGE = "/w/acme/edges/cart-inventory/"
ANSWER = f"{PAGE}answer/"


def edge_of(shop, slug="cart-inventory"):
    return Edge.objects.select_related("workspace").get(workspace=shop, slug=slug)


def review_of(shop, slug="cart-inventory"):
    shop.refresh_from_db()
    return current_analysis(shop).edge_reviews[slug]


def post(client, fact, answer, *, note="", htmx=True):
    headers = {"HX-Request": "true"} if htmx else {}
    return client.post(ANSWER, {"fact": fact, "answer": answer, "note": note}, headers=headers)


def test_it_shows_verdict_path_place_fit_and_pitfalls(viewer_client, shop):
    page = viewer_client.get(PAGE).content.decode()

    for said in ("Cart → Inventory", "Matrix", "Tree", "Two-hop rule", "request/response", "The path taken"):
        assert said in page
    assert "RES-001" in page
    assert "RES-002" in page
    assert page.count("<svg") >= 2


def test_it_says_who_answered_what_when_and_why(viewer_client, shop):
    page = viewer_client.get(PAGE).content.decode()

    assert "ana" in page
    assert "measured in the spring sale" in page
    assert "2026-11-02" in page


def test_an_answer_changes_the_verdict_in_the_part_that_comes_back(member_client, shop):
    before = review_of(shop)

    response = post(member_client, "answers.needs_result", "true", note="the cart shows the stock")

    part = response.content.decode()
    after = review_of(shop)
    assert response.status_code == 200
    assert "<html" not in part
    assert before.tree.path[0].answer is None
    assert after.tree.path[0].answer is True
    assert "the cart shows the stock" in part
    assert "milo, " in part
    assert "Tree" in response.headers["HX-Trigger"] or "Saved" in response.headers["HX-Trigger"]


def test_a_known_fact_turns_a_question_into_a_pitfall_and_back(member_client, shop):
    assert "RES-008" not in [f.rule for f in current_analysis(shop).findings_about("edge", "cart-inventory")]

    post(member_client, "fallback", "false")
    shop.refresh_from_db()
    assert "RES-008" in [f.rule for f in current_analysis(shop).findings_about("edge", "cart-inventory")]

    post(member_client, "fallback", "unknown")
    shop.refresh_from_db()
    analysis = current_analysis(shop)
    assert "RES-008" not in [f.rule for f in analysis.findings_about("edge", "cart-inventory")]
    assert "fallback" in [question.fact for question in analysis.questions_about("edge", "cart-inventory")]


def test_without_javascript_the_answer_leads_back_to_its_question(member_client, shop):
    response = post(member_client, "answers.can_poll", "false", htmx=False)

    assert response.status_code == 302
    assert response.headers["Location"] == f"{PAGE}#question-answers-can-poll"
    assert edge_of(shop).answer_can_poll is False


@pytest.mark.parametrize(
    ("fact", "answer", "said"),
    [
        ("answers.can_poll", "", "Choose yes, no or don’t know."),
        ("answers.can_poll", "perhaps", "perhaps"),
        ("answers.nothing", "true", "answers.nothing"),
        ("name", "true", "name"),
        ("version", "true", "version"),
    ],
)
def test_it_refuses_what_is_no_answer_and_stores_nothing(member_client, shop, fact, answer, said):
    revision = shop.revision

    response = post(member_client, fact, answer)

    shop.refresh_from_db()
    assert response.status_code == 422
    assert said in response.content.decode()
    assert shop.revision == revision


def test_a_note_with_characters_that_cannot_be_seen_is_refused(member_client, shop):
    assert post(member_client, "answers.can_poll", "true", note="a\x07b").status_code == 422
    assert edge_of(shop).answer_can_poll is None


def test_a_viewer_sees_the_questions_and_cannot_answer(viewer_client, shop):
    page = viewer_client.get(PAGE).content.decode()

    assert "disabled" in page
    assert "A word of why" not in page
    assert post(viewer_client, "answers.can_poll", "true").status_code == 403


def test_hostile_texts_are_shown_as_texts(member_client, shop):
    post(member_client, "answers.can_poll", "true", note="<script>alert(1)</script>")

    page = member_client.get(PAGE).content.decode()

    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_next_question_stands_first_and_goes_when_it_is_answered(member_client, shop, member):
    asked = review_of(shop).tree.next_question
    page = member_client.get(PAGE).content.decode()
    assert f'id="next-answers-{asked.replace("_", "-")}"' in page

    answer_question(edge=edge_of(shop), key=asked, value=True, by=member)

    assert review_of(shop).tree.next_question != asked


def test_earlier_answers_stay_readable(member_client, shop):
    post(member_client, "answers.can_poll", "true", note="first thought")
    part = post(member_client, "answers.can_poll", "false").content.decode()

    assert "earlier: yes" in part


def test_the_page_asks_the_database_as_often_for_many_edges(viewer_client, shop, owner, django_assert_max_num_queries):
    current_analysis(shop)
    with django_assert_max_num_queries(12):
        viewer_client.get(PAGE)


def test_a_decision_is_drafted_from_the_page(member_client, shop):
    response = member_client.post(f"{PAGE}decide/")

    assert response.status_code == 303
    page = member_client.get(response.headers["Location"])
    assert page.status_code == 200
    assert "Inventory" in page.content.decode()


def test_an_edge_with_nothing_but_hints_says_so(member_client, shop, owner):
    from archreview.registry.actions import import_architecture
    from tests.registry.conftest import SHOP, architecture_of

    hinted = SHOP.replace("confidence: configured", "confidence: suggested")
    Edge.objects.filter(workspace=shop).delete()
    import_architecture(workspace=shop, architecture=architecture_of(hinted), by=owner, source="compose.yaml")

    page = member_client.get(PAGE).content.decode()

    assert "Only hints speak for this edge" in page
    assert "None" in page


def test_what_rules_wait_for_beside_the_edge_is_stated_on_its_page(member_client, shop):
    def asked():
        shop.refresh_from_db()
        return [q.fact for q in current_analysis(shop).questions_about("service", "inventory")]

    assert "tier" in asked()

    response = member_client.post(
        ANSWER,
        {"kind": "service", "id": "inventory", "fact": "tier", "value": "1"},
        headers={"HX-Request": "true"},
    )

    assert response.status_code == 200
    assert "tier" not in asked()


def test_the_page_of_an_edge_takes_no_statement_about_what_is_not_beside_it(member_client, shop):
    stated = {"kind": "service", "id": "mailer", "fact": "tier", "value": "1"}

    assert member_client.post(ANSWER, stated).status_code == 404


def test_a_refused_number_stands_in_its_form_with_the_reason(member_client, shop):
    waiting = {question.fact for question in current_analysis(shop).questions_about("edge", "cart-inventory")}
    assert "latency_p99_ms" in waiting

    response = member_client.post(
        ANSWER, {"fact": "latency_p99_ms", "value": "soon", "note": "the log says"}, headers={"HX-Request": "true"}
    )

    part = response.content.decode()
    assert response.status_code == 422
    assert 'value="soon"' in part
    assert 'value="the log says"' in part
    assert "Enter a number" in part


def test_the_word_of_why_belongs_to_its_answer_and_is_not_said_again_with_the_next(member_client, shop):
    part = post(member_client, "answers.can_poll", "true", note="first thought").content.decode()

    assert "“first thought”" in part
    assert 'value="first thought"' not in part


def test_it_does_not_call_an_imported_edge_registered_by_hand(viewer_client, shop):
    page = viewer_client.get("/w/acme/edges/inventory-db/").content.decode()

    assert "No file, line or trace is named that shows it." in page
    assert "architecture.yaml, " in page  # who said so stands beside each fact


def test_an_answer_about_an_edge_that_was_deleted_meanwhile_finds_nothing(member_client, shop, monkeypatch):
    """Deleted after the page had read it; the same answer is taken where the edge is still there."""

    def after_it_is_gone(**arguments):
        Edge.objects.filter(slug="cart-inventory").delete()
        return state_facts(**arguments)

    assert post(member_client, "answers.can_poll", "true").status_code == 200
    monkeypatch.setattr(stating, "state_facts", after_it_is_gone)

    assert post(member_client, "answers.can_poll", "false").status_code == 404
