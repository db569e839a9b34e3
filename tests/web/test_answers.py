from typing import Any

from django.contrib.messages import get_messages
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from archreview.web.answers import announce, redirect_whole_page, wants_partial
from archreview.web.lists import chosen, order_of, page_of
from archreview.web.proxies import client_address

HTMX = {"HTTP_HX_REQUEST": "true"}


def asked(path: str = "/", **environ: Any) -> Any:
    request: Any = RequestFactory().get(path, **environ)
    request.htmx = HtmxDetails(request)
    return request


def test_it_gives_the_part_to_htmx_and_the_page_to_everybody_else():
    assert wants_partial(asked(**HTMX))
    assert not wants_partial(asked())


def test_it_gives_the_page_to_a_boosted_link_and_to_the_history():
    assert not wants_partial(asked(**HTMX, HTTP_HX_BOOSTED="true"))
    assert not wants_partial(asked(**HTMX, HTTP_HX_HISTORY_RESTORE_REQUEST="true"))


def test_it_leads_elsewhere_with_and_without_htmx():
    plain = redirect_whole_page(asked(), "/there/")
    assert (plain.status_code, plain["Location"]) == (303, "/there/")
    htmx = redirect_whole_page(asked(**HTMX), "/there/")
    assert (htmx.status_code, htmx["HX-Redirect"]) == (204, "/there/")


def test_it_announces_what_changed():
    response = announce(redirect_whole_page(asked(**HTMX), "/"), "Verdict: async")
    assert response["HX-Trigger"] == '{"announce": {"text": "Verdict: async"}}'


def test_it_shows_the_nearest_page_of_a_list():
    items = list(range(120))
    assert page_of(asked("/?page=2"), items).object_list == items[50:100]
    assert page_of(asked("/?page=99"), items).number == 3
    assert page_of(asked("/?page=first"), items).number == 1


def test_it_takes_only_known_filters_and_orders_from_the_url():
    request = asked("/?severity=low&severity=high&severity=loud&sort=hack")
    assert chosen(request, "severity", ["high", "low"]) == ["high", "low"]
    assert order_of(request, {"name": "name"}, default="name") == ("name", "name")
    assert order_of(asked("/?sort=-name"), {"name": 1, "-name": 2}, default="name") == ("-name", 2)


def toggled(path: str) -> str:
    return Template("{% toggled 'severity' 'high' %}").render(Context({"request": asked(path)}))


def test_a_chip_adds_its_value_and_takes_it_away_and_goes_to_the_first_page():
    assert toggled("/?q=cart&page=3") == "?q=cart&amp;severity=high"
    assert toggled("/?severity=low&severity=high") == "?severity=low"


def test_it_leaves_pages_out_of_a_long_list():
    template = Template("{% for n in paginator|elided_pages:9 %}{{ n }} {% endfor %}")
    assert template.render(Context({"paginator": Paginator(range(900), 50)})) == "1 … 7 8 9 10 11 … 18 "


def test_it_believes_the_forwarded_address_only_of_its_own_proxies(settings):
    request = asked(REMOTE_ADDR="10.0.0.9", HTTP_X_FORWARDED_FOR="1.1.1.1, 2.2.2.2, 3.3.3.3")
    settings.PROXIES = 0
    assert client_address(request) == "10.0.0.9"
    settings.PROXIES = 1
    assert client_address(request) == "3.3.3.3"
    settings.PROXIES = 2
    assert client_address(request) == "2.2.2.2"
    settings.PROXIES = 4
    assert client_address(request) == "10.0.0.9"


def test_it_says_once_what_happened(owner_client):
    response = owner_client.post("/w/acme/settings/", {"name": "Acme two", "description": ""})
    assert [str(message) for message in get_messages(response.wsgi_request)] == ["Saved."]
    assert "Saved." in owner_client.get("/w/acme/settings/").content.decode()
    assert "Saved." not in owner_client.get("/w/acme/settings/").content.decode()
