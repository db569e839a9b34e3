"""What an accepted decision binds: chosen in the editor, checked at every analysis, shown fact by fact."""

import re

import pytest

from archreview.decisions.actions import Terms, Text, create_draft, decide, edit_draft, write_decision
from archreview.decisions.generator import draft_for_edge
from archreview.decisions.models import Decision, Status
from archreview.engine.results import Subject
from archreview.registry.actions import answer_question
from archreview.registry.models import Edge
from archreview.reviews.analyses import current_analysis
from tests.decisions.test_generator import TODAY
from tests.registry.conftest import shop

__all__ = ["shop"]

ONE, EDIT, LIST = "/w/acme/decisions/1/", "/w/acme/decisions/1/edit/", "/w/acme/decisions/"
EDGE, HOME = "/w/acme/edges/cart-inventory/", "/w/acme/"
FORM = {"title": "Guard it", "body": "Text.", "version": "1", "terms": "1"}


@pytest.fixture
def generated(shop, member):
    """The draft that the generator writes about cart-inventory."""
    shop.refresh_from_db()
    analysis = current_analysis(shop)
    draft = draft_for_edge(analysis.architecture, analysis.review, analysis.catalog, "cart-inventory", today=TODAY)
    return create_draft(workspace=shop, draft=draft, subject=Subject("edge", "cart-inventory"), by=member)


def binding(shop, by, **confirmation):
    """A draft that binds what is given of cart-inventory."""
    facts = confirmation.pop("known", [])
    terms = Terms(confirmation={"edge": "cart-inventory", **confirmation}, facts=facts)
    return write_decision(workspace=shop, text=Text(title="Guard it", body="Text."), by=by, terms=terms)


def accept(decision, owner):
    return decide(decision, to=Status.ACCEPTED, version=decision.version, by=owner)


def fact(name, value, kind="edge", id_="cart-inventory"):
    return {"kind": kind, "id": id_, "fact": name, "value": value, "basis": "registered", "by": "", "at": "", "why": ""}


def findings(shop, code):
    shop.refresh_from_db()
    return [finding for finding in current_analysis(shop).review.findings if finding.rule == code]


def set_facts(shop, member, **facts):
    """Change facts of cart-inventory as the form does."""
    from archreview.workspaces.actions import touch

    Edge.objects.filter(workspace=shop, slug="cart-inventory").update(**facts)
    touch(shop)


def test_a_decision_binds_from_the_moment_it_is_accepted(shop, member, owner):
    draft = binding(shop, member, styles=["queue"])
    assert not findings(shop, "DEC-002")

    accept(draft, owner)

    (finding,) = findings(shop, "DEC-002")
    assert "style request response instead of queue (0001)" in finding.message


@pytest.mark.parametrize("step", [Status.DEPRECATED, Status.SUPERSEDED])
def test_a_decision_that_is_out_of_force_binds_nothing(shop, member, owner, step):
    decision = accept(binding(shop, member, styles=["queue"]), owner)
    other = accept(write_decision(workspace=shop, text=Text(title="Other", body="x"), by=member), owner)

    decide(decision, to=step, version=2, by=owner, successor=other)

    assert not findings(shop, "DEC-002")


def test_the_page_says_fact_by_fact_what_was_then_and_what_is_now(shop, member, owner, viewer_client):
    draft = binding(
        shop,
        member,
        styles=["request_response"],
        facts=[{"fact": "circuit_breaker", "value": False}],
        premises=["latency_p99_ms", "service:inventory:availability"],
        known=[fact("latency_p99_ms", 200), fact("availability", 99.9, "service", "inventory")],
    )
    accept(draft, owner)
    set_facts(shop, member, latency_p99_ms=1400)

    page = viewer_client.get(ONE).content.decode()

    assert "premise changed" in page
    told = " ".join(re.sub(r"<[^>]+>", " ", page).split())
    assert "200 ms 1,400 ms changed" in told
    assert "99.9 % 99.9 % yes" in told
    assert 'href="/w/acme/services/inventory/"' in page
    assert len(findings(shop, "DEC-003")) == 1


def test_list_home_and_edge_count_what_no_longer_holds(shop, member, owner, viewer_client):
    accept(binding(shop, member, styles=["request_response"]), owner)
    assert "no longer hold" not in viewer_client.get(HOME).content.decode()
    assert "holds" in viewer_client.get(EDGE).content.decode().split('id="decisions"')[1]

    set_facts(shop, member, style="polling")

    assert "1 accepted decision</a> no longer holds" in viewer_client.get(HOME).content.decode()
    assert "not as decided" in viewer_client.get(LIST).content.decode()
    assert "Guard it" in viewer_client.get(f"{LIST}?standing=broken").content.decode()
    assert "No decision fits" in viewer_client.get(f"{LIST}?standing=broken&q=nowhere").content.decode()


def test_what_a_person_answers_counts_at_once(shop, member, owner, viewer_client):
    draft = binding(shop, member, premises=["answers.needs_result"], known=[fact("answers.needs_result", False)])
    accept(draft, owner)
    edge = Edge.objects.select_related("workspace").get(workspace=shop, slug="cart-inventory")

    answer_question(edge=edge, key="needs_result", value=True, by=member)

    page = viewer_client.get(ONE).content.decode()
    assert "premise changed" in page


def test_what_the_generator_proposes_stands_ticked_in_the_editor(generated, member_client):
    page = member_client.get(EDIT).content.decode()

    for code in generated.confirmation["rules"]:
        assert re.search(rf'name="rules" value="{code}"[^>]* checked', page)
    for style in generated.confirmation["styles"]:
        assert re.search(rf'name="styles" value="{style}"[^>]* checked', page)
    for premise in generated.confirmation["premises"]:
        assert re.search(rf'name="premises" value="{re.escape(premise)}"[^>]* checked', page)
    assert 'name="edge" value="cart-inventory"' in page


def test_an_editor_that_does_not_ask_leaves_what_is_bound(generated, member_client):
    before = generated.confirmation
    member_client.post(EDIT, {name: value for name, value in FORM.items() if name != "terms"})

    generated.refresh_from_db()
    assert generated.version == 2
    assert generated.confirmation == before


def test_what_is_chosen_is_what_binds(generated, member_client):
    answer = member_client.post(
        EDIT,
        {
            **FORM,
            "edge": "cart-inventory",
            "styles": ["queue", "stream"],
            "more_facts": "circuit_breaker = yes, timeout_ms = 500, retry_backoff=exponential, style",
            "more_rules": "res-001",
            "more_premises": "timeout_ms",
        },
    )

    assert answer.status_code == 302
    generated.refresh_from_db()
    assert generated.confirmation == {
        "edge": "cart-inventory",
        "styles": ["queue", "stream"],
        "facts": [
            {"fact": "circuit_breaker", "value": True},
            {"fact": "timeout_ms", "value": 500},
            {"fact": "retry_backoff", "value": "exponential"},
            {"fact": "style", "value": "request_response"},
        ],
        "rules": ["RES-001"],
        "premises": ["timeout_ms"],
    }
    assert next(known for known in generated.facts if known["fact"] == "timeout_ms")["value"] == "none"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"edge": "cart-inventry"}, "Did you mean “cart-inventory”?"),
        ({"more_rules": "RES-999, XYZ"}, "There is no rule “XYZ” in force."),
        ({"more_facts": "circut_breaker = yes"}, "Did you mean “circuit_breaker”?"),
        ({"more_facts": "circuit_breaker = maybe"}, "is yes or no, not “maybe”"),
        ({"more_facts": "timeout_ms = soon"}, "is a number, not “soon”"),
        ({"more_facts": "timeout_ms = inf"}, "is a number, not “inf”"),
        ({"more_facts": "style = queu"}, "Did you mean “queue”?"),
        ({"more_facts": "bulkhead"}, "is not known today"),
        ({"more_premises": "nonsense"}, "An edge has no fact “nonsense”."),
        ({"edge": "", "styles": ["queue"]}, "Name the edge that this must hold of."),
        ({"styles": ["strem"]}, "strem is not one of the available choices"),
    ],
)
def test_what_cannot_be_bound_is_said_at_its_field_and_nothing_is_saved(generated, member_client, wrong, said):
    answer = member_client.post(EDIT, {**FORM, "edge": "cart-inventory", **wrong})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    generated.refresh_from_db()
    assert generated.version == 1


def test_all_that_is_wrong_is_said_at_once(generated, member_client):
    answer = member_client.post(
        EDIT, {**FORM, "title": "", "edge": "nowhere", "more_rules": "XYZ", "more_facts": "nonsense = 1"}
    )

    page = answer.content.decode()
    for said in ("This field is required.", "There is no edge", "There is no rule", "An edge has no fact"):
        assert said in page


def test_a_draft_names_whose_place_it_takes(shop, member, owner, member_client):
    old = accept(binding(shop, member, styles=["queue"]), owner)
    write_decision(workspace=shop, text=Text(title="Newer", body="x"), by=member)

    member_client.post(f"{LIST}2/edit/", {**FORM, "will_supersede": old.pk})

    assert "once it is accepted" in member_client.get(f"{LIST}2/").content.decode()
    decide(Decision.objects.get(number=2), to=Status.ACCEPTED, version=2, by=owner)
    assert Decision.objects.get(number=1).status == Status.SUPERSEDED
    assert "0002 Guard it" in member_client.get(ONE).content.decode()


def test_a_draft_takes_no_place_in_another_workspace(shop, member, other_workspace, outsider, member_client):
    foreign = write_decision(workspace=other_workspace, text=Text(title="Theirs", body="x"), by=outsider)
    accept(foreign, outsider)
    binding(shop, member)

    assert member_client.post(EDIT, {**FORM, "will_supersede": foreign.pk}).status_code == 422


def test_members_are_picked_and_others_are_written(generated, member_client):
    member_client.post(
        EDIT,
        {
            **FORM,
            "decision_makers_members": ["Olivia Owner"],
            "decision_makers": "Ana, Olivia Owner",
            "consulted": "Ben",
        },
    )

    generated.refresh_from_db()
    assert (generated.decision_makers, generated.consulted) == ("Olivia Owner, Ana", "Ben")
    page = member_client.get(EDIT).content.decode()
    assert re.search(r'name="decision_makers_members" value="Olivia Owner"[^>]* checked', page)
    assert re.search(r'name="decision_makers" value="Ana"', page)


def test_a_conflict_shows_what_each_would_bind(generated, member, owner, member_client):
    edit_draft(
        generated,
        text=Text(title="Theirs", body="Theirs."),
        version=1,
        by=owner,
        terms=Terms(confirmation={"edge": "cart-inventory", "styles": ["stream"]}),
    )

    answer = member_client.post(EDIT, {**FORM, "edge": "cart-inventory", "styles": ["queue"]})

    page = answer.content.decode()
    assert answer.status_code == 409
    assert "cart-inventory; stream" in page
    assert "cart-inventory; queue" in page


def test_a_version_tells_what_must_hold_as_well(generated, member_client):
    member_client.post(EDIT, {**FORM, "edge": "cart-inventory", "styles": ["queue"]})

    page = member_client.get(f"{ONE}versions/2/").content.decode()
    assert "What must hold" in page
    assert "cart-inventory; queue" in page


def test_the_board_has_a_column_for_each_status(shop, member, owner, viewer_client):
    accept(binding(shop, member, styles=["queue"]), owner)
    write_decision(workspace=shop, text=Text(title="A draft", body="x"), by=member)

    page = viewer_client.get(f"{LIST}?view=board").content.decode()

    columns = dict(re.findall(r'id="board-(\w+)">(.*?)</section>', page, re.DOTALL))
    assert list(columns) == Status.values
    assert "Guard it" in columns["accepted"]
    assert "not as decided" in columns["accepted"]
    assert "A draft" in columns["proposed"]
    assert "A draft" not in viewer_client.get(f"{LIST}?view=board&q=guard").content.decode()


def test_any_number_of_decisions_takes_the_same_queries_to_check(
    shop, member, owner, django_assert_num_queries, django_assert_max_num_queries
):
    from archreview.decisions.queries import accepted_decisions

    for _ in range(3):
        accept(binding(shop, member, styles=["queue"]), owner)
    with django_assert_num_queries(1):
        assert len(accepted_decisions(shop)) == 3
