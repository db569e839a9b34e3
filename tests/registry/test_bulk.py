"""Many rows by one statement: keys that nobody else gets, rows in place of others, tables read as one."""

import pytest
from django.db.models import Model

from archreview.registry.actions.bulk import insert, read, reserve
from archreview.registry.models import Edge, Flow, Service, System

pytestmark = pytest.mark.django_db

COLUMNS = ("id", "workspace_id", "slug", "name", "description", "version")


def test_reserved_keys_are_free_and_stay_free(workspace):
    there = System.objects.create(workspace=workspace, slug="shop", name="Shop")

    keys = reserve({System: 2, Service: 1, Edge: 0})

    assert len(set(keys[System]) - {there.pk}) == 2
    assert len(keys[Service]) == 1
    assert list(keys[Edge]) == []
    insert(System, COLUMNS, [(key, workspace.pk, f"s{key}", "S", "", 1) for key in keys[System]])
    assert System.objects.create(workspace=workspace, slug="next", name="Next").pk not in {there.pk, *keys[System]}
    assert set(reserve({System: 5})[System]).isdisjoint(System.objects.values_list("pk", flat=True))


def test_a_row_takes_the_place_of_another_in_the_named_columns_only(workspace):
    there = System.objects.create(workspace=workspace, slug="shop", name="Shop", description="sells")
    (key,) = reserve({System: 1})[System]
    rows = [(there.pk, workspace.pk, "shop", "Store", "", 1), (key, workspace.pk, "bank", "Bank", "", 1)]

    insert(System, COLUMNS, rows, over=["name"])

    stored = System.objects.order_by("pk").values_list("slug", "name", "description", "version")
    assert list(stored) == [("shop", "Store", "sells", 2), ("bank", "Bank", "", 1)]


def test_tables_are_read_as_one_with_every_value_in_its_column(shop, other_workspace):
    columns: dict[type[Model], tuple[str, ...]] = {
        Edge: ("slug", "source_id", "timeout_ms", "idempotent", "retries", "channel_id"),
        Service: ("id", "slug", "entry_point", "links"),
        Flow: ("user_facing", "name"),
    }

    rows = read(columns, workspace=shop.pk)

    for table in (Edge, Flow):
        stored = table._default_manager.filter(workspace=shop).values_list(*columns[table])
        assert sorted(rows[table], key=str) == sorted(stored, key=str)
    assert {row[1]: row[3] for row in rows[Service]}.keys() == {one.slug for one in shop.services.all()}
    assert not any(read(columns, workspace=other_workspace.pk).values())
