from archreview.engine.model import Architecture, Channel, Edge, Flow, Service, Step, System, Team
from archreview.interchange.prefixes import with_prefix


def test_it_puts_the_prefix_before_every_id_and_every_mention_and_keeps_the_names():
    before = Architecture(
        teams=(Team("web"),),
        systems=(System("shop", "Shop"),),
        services=(Service("cart", "Cart", team="web", system="shop"), Service("mailer")),
        channels=(Channel("orders", "Orders"),),
        edges=(Edge("cart-mailer", "cart", "mailer", channel="orders"), Edge("again", "cart", "mailer")),
        flows=(Flow("buy", "cart", (Step("again", then=(Step(parallel=(Step("cart-mailer"),)),)),)),),
    )
    after = with_prefix(before, prefix="one.")
    assert after.teams == (Team("one.web", "web"),)
    assert after.systems == (System("one.shop", "Shop"),)
    assert after.services == (
        Service("one.cart", "Cart", team="one.web", system="one.shop"),
        Service("one.mailer", "mailer"),
    )
    assert after.channels == (Channel("one.orders", "Orders"),)
    assert [(edge.id, edge.source, edge.target, edge.channel) for edge in after.edges] == [
        ("one.cart-mailer", "one.cart", "one.mailer", "one.orders"),
        ("one.again", "one.cart", "one.mailer", None),
    ]
    assert [step.edge for step in after.flows[0].walk()] == ["one.again", None, "one.cart-mailer"]
    assert after.flows[0].entry == "one.cart"
