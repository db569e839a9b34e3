"""What one workspace changes of a rule: who may, what it does, and that nobody else notices."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from archreview.reviews.analyses import current_analysis
from archreview.rules.actions import InvalidEntry, override_rule, take_back_override
from archreview.rules.models import OverrideChange, Rule, RuleOverride
from archreview.rules.queries import catalog_of_version, current_catalog, override_of
from archreview.web.versions import ChangedMeanwhile
from tests.rules.changes import change_rule

pytestmark = pytest.mark.django_db


def override(workspace, code, *, off=False, severity="", params=None, reason="The mesh does it", by=None, seen=0):
    rule = Rule.objects.get(code=code)
    return override_rule(
        workspace, rule, off=off, severity=severity, params=params or {}, reason=reason, by=by, seen=seen
    )


def kept(workspace, code="RES-001"):
    """What is kept of a rule, which is something."""
    row = override_of(workspace, code)
    assert row is not None
    return row


def found(workspace, code):
    return [finding for finding in current_analysis(workspace).review.findings if finding.rule == code]


def test_a_rule_that_is_off_here_says_nothing_here_and_everything_elsewhere(shop, other_workspace, owner):
    assert found(shop, "RES-001")
    override(shop, "RES-001", off=True, by=owner)
    assert not found(shop, "RES-001")
    review = current_analysis(shop).review
    assert not any("RES-001" in question.waiting for question in review.questions)
    assert current_catalog(other_workspace) is current_catalog()
    assert next(rule for rule in current_catalog().rules if rule.code == "RES-001").enabled


def test_another_severity_counts_and_the_fingerprint_stays(shop, owner):
    (before,) = found(shop, "RES-001")
    override(shop, "RES-001", severity="info", by=owner)
    (after,) = found(shop, "RES-001")
    assert (before.severity, after.severity) == ("high", "info")
    assert before.fingerprint == after.fingerprint
    override(shop, "RES-001", severity='edge.retries >= 0 ? "low" : "medium"', by=owner, seen=1)
    assert found(shop, "RES-001")[0].severity in ("low", "medium")


def test_parameters_are_changed_one_by_one(shop, owner):
    override(shop, "HOP-001", params={"critical_from": 3}, by=owner)
    rule = next(rule for rule in current_catalog(shop).rules if rule.code == "HOP-001")
    assert rule.params == {"critical_from": 3}


def test_taken_back_it_is_the_catalogs_own_again_and_the_history_stays(shop, owner):
    override(shop, "RES-001", off=True, by=owner)
    override(shop, "RES-001", severity="low", reason="Rather mild", by=owner, seen=1)
    take_back_override(shop, "RES-001", reason="No mesh after all", by=owner, seen=2)
    assert found(shop, "RES-001")[0].severity == "high"
    told = OverrideChange.objects.filter(workspace=shop).order_by("pk")
    assert [(change.before and change.before["off"], change.after and change.after["severity"]) for change in told] == [
        (None, ""),
        (True, "low"),
        (False, None),
    ]
    assert {(change.by_name, change.catalog_version) for change in told} == {("Olivia Owner", 1)}
    assert [change.reason for change in told] == ["The mesh does it", "Rather mild", "No mesh after all"]


@pytest.mark.parametrize(
    ("code", "values", "field", "words"),
    [
        ("RES-001", {}, "severity", "changes nothing"),
        ("RES-001", {"severity": "hihg"}, "severity", 'did you mean "high"'),
        ("RES-001", {"severity": "edge.nope"}, "severity", "a severity is wanted here"),
        ("RES-001", {"params": {"at": 1}}, "params", "no parameter 'at'"),
        ("HOP-001", {"params": {"critical_from": "many"}}, "params", "is a number"),
        ("HOP-001", {"params": {"critical_from": True}}, "params", "is a number"),
        ("HOP-001", {"params": {"critical_from": float("inf")}}, "params", "no number"),
        ("RES-001", {"off": True, "reason": " "}, "reason", "required"),
        ("RES-001", {"off": True, "reason": "x" * 501}, "reason", "too long"),
    ],
)
def test_what_will_not_do_is_told_at_its_field(workspace, owner, code, values, field, words):
    with pytest.raises(InvalidEntry) as refused:
        override(workspace, code, by=owner, **values)
    assert words in " ".join(refused.value.problems[code][field])
    assert not RuleOverride.objects.exists()
    assert not OverrideChange.objects.exists()


def test_two_who_change_the_same_are_told(workspace, owner):
    override(workspace, "RES-001", off=True, by=owner)
    with pytest.raises(ChangedMeanwhile):
        override(workspace, "RES-001", severity="low", by=owner)
    with pytest.raises(ChangedMeanwhile):
        take_back_override(workspace, "RES-001", by=owner, seen=7)
    assert kept(workspace).off


def test_an_override_that_the_rule_has_left_behind_is_listed_and_never_silent(shop, owner, ada):
    override(shop, "HOP-001", severity='flow.sync_calls >= params.critical_from ? "high" : "low"', by=owner)
    rule = Rule.objects.get(code="HOP-001")
    rule.params, rule.severity = {}, "high"
    change_rule(rule, by=ada)
    silent = {rule.rule: rule.why for rule in current_analysis(shop).review.not_evaluated}
    assert "its change in this workspace to be mended" in silent["HOP-001"]
    assert "no parameter critical_from" in silent["HOP-001"]


def test_the_workspaces_catalog_takes_one_query_while_both_stay(shop, owner, django_assert_num_queries):
    override(shop, "RES-001", off=True, by=owner)
    catalog = current_catalog(shop)
    with django_assert_num_queries(1):
        assert current_catalog(shop) is catalog


def test_a_change_of_the_catalog_reaches_a_workspace_with_overrides(shop, owner, ada):
    override(shop, "RES-001", off=True, by=owner)
    current_catalog(shop)
    rule = Rule.objects.get(code="RES-002")
    rule.severity = "low"
    change_rule(rule, by=ada)
    seen = {rule.code: rule for rule in current_catalog(shop).rules}
    assert (seen["RES-002"].severity, seen["RES-001"].enabled) == ("low", False)


def test_an_earlier_catalog_is_seen_with_the_overrides_of_its_day(shop, owner, ada):
    override(shop, "RES-001", off=True, by=owner)
    rule = Rule.objects.get(code="RES-002")
    rule.severity = "low"
    change_rule(rule, by=ada)
    take_back_override(shop, "RES-001", by=owner, seen=1)
    here, everywhere = catalog_of_version(1, shop), catalog_of_version(1)
    assert here is not None
    assert everywhere is not None
    first = {rule.code: rule for rule in here.rules}
    assert (first["RES-001"].enabled, first["RES-002"].severity) == (False, "high")
    assert next(rule for rule in everywhere.rules if rule.code == "RES-001").enabled


def test_the_database_itself_wants_a_reason_and_one_row_each(workspace):
    with pytest.raises(IntegrityError, match="an_override_has_a_reason"), transaction.atomic():
        RuleOverride.objects.create(workspace=workspace, code="RES-001", off=True, reason="")
    RuleOverride.objects.create(workspace=workspace, code="RES-001", off=True, reason="x")
    with pytest.raises(IntegrityError, match=r"a_workspace_changes_a_rule_once|UNIQUE"), transaction.atomic():
        RuleOverride.objects.create(workspace=workspace, code="RES-001", off=True, reason="x")


# --- Pages -------------------------------------------------------------------------------------


def address(name, code="HOP-001"):
    return reverse(f"rules:{name}", args=["acme", code])


def test_a_lead_changes_a_rule_and_everybody_sees_what_and_why(owner_client, viewer_client, shop):
    page = owner_client.get(address("override")).content.decode()
    assert "as the catalog has it, 5" in page
    body = {"severity": "low", "param-critical_from": "3", "reason": "Small <b>team</b>", "seen": "0"}
    assert owner_client.post(address("override"), body)["Location"] == address("rule")
    html = viewer_client.get(address("rule")).content.decode()
    assert "otherwise here" in html
    assert "Small &lt;b&gt;team&lt;/b&gt;" in html
    assert "Olivia Owner" in html
    assert "<code>low</code>" in html
    listed = viewer_client.get(reverse("rules:rule_list", args=["acme"]), {"state": "otherwise here"})
    assert listed.content.decode().count('data-label="Code"') == 1
    seen = viewer_client.get(address("override")).content.decode()
    assert "Severity low, critical from 3" in seen
    assert "Keep for this workspace" not in seen
    assert owner_client.post(address("take_back_override"), {"seen": "1", "reason": "Grown"}).status_code == 302
    assert "otherwise here" not in viewer_client.get(address("rule")).content.decode()
    assert "Grown" in viewer_client.get(address("override")).content.decode()


def test_what_will_not_do_is_shown_with_what_was_typed(owner_client, workspace):
    body = {"severity": "hihg", "param-critical_from": "lots", "reason": "Mine", "seen": "0"}
    response = owner_client.post(address("override"), body)
    html = response.content.decode()
    assert response.status_code == 422
    assert "critical_from is a number, as in 5." in html
    assert "Mine" in html
    assert owner_client.post(address("override"), {**body, "param-critical_from": ""}).status_code == 422
    form = owner_client.post(address("override"), {**body, "param-critical_from": "", "reason": ""}).context["form"]
    assert set(form.errors) == {"severity", "reason"}
    assert form.errors["severity"] == ['at 1: "hihg" is no severity; did you mean "high"?']
    assert set(owner_client.post(address("override"), {**body, "reason": ""}).context["form"].errors) == {
        "param-critical_from",
        "reason",
    }
    assert not RuleOverride.objects.exists()


def test_whoever_was_slower_sees_both_and_can_save_again(owner_client, workspace, owner):
    override(workspace, "HOP-001", off=True, reason="Theirs", by=owner)
    response = owner_client.post(address("override"), {"severity": "low", "reason": "Mine", "seen": "0"})
    html = response.content.decode()
    assert response.status_code == 409
    assert "Theirs" in html
    assert "Mine" in html
    assert 'name="seen" value="1"' in html
    owner_client.post(address("override"), {"severity": "low", "reason": "Mine", "seen": "1"})
    assert kept(workspace, "HOP-001").severity == "low"


def test_taking_back_what_somebody_has_changed_meanwhile_takes_nothing_back(owner_client, workspace, owner):
    override(workspace, "HOP-001", off=True, by=owner)
    for body in ({"seen": "9"}, {}):
        response = owner_client.post(address("take_back_override"), body, follow=True)
        assert response.status_code == 200
    assert kept(workspace, "HOP-001").off
