"""A line over snapshots: higher is higher, later is further right, and the table says the same."""

from hypothesis import given
from hypothesis import strategies as st

from archreview.drawing import Trend, draw_trend, trend_table
from tests.drawing.reading import read

VALUES = st.lists(st.one_of(st.none(), st.integers(0, 10_000)), min_size=1, max_size=40)


def spots(trend):
    line = next((each for each in read(draw_trend(trend)).iter() if each.tag.endswith("path")), None)
    if line is None:
        return []
    return [tuple(map(float, pair.strip("ML").split(","))) for pair in line.attrib["d"].split()]


@given(VALUES)
def test_a_higher_number_stands_higher_and_a_later_one_further_right(values):
    trend = Trend("Findings", tuple((f"day {day}", value) for day, value in enumerate(values)))
    known = [value for value in values if value is not None]
    drawn = spots(trend)

    assert len(drawn) == (len(known) if len(known) > 1 else 0)
    assert [x for x, _ in drawn] == sorted(x for x, _ in drawn)
    for (_, y), (_, later_y), value, later in zip(drawn, drawn[1:], known, known[1:], strict=False):
        # Rounded to a tenth on paper.
        assert (y - later_y) * (later - value) >= -0.2


@given(VALUES)
def test_the_table_has_every_value_the_latest_first(values):
    trend = Trend("Findings", tuple((f"day {day}", value) for day, value in enumerate(values)))

    table = trend_table([trend])

    assert [row[0] for row in table.rows] == [f"day {day}" for day in reversed(range(len(values)))]
    assert table.rows[0][1] == ("unknown" if values[-1] is None else f"{values[-1]:,}")


def test_a_title_cannot_leave_its_place():
    assert "<script>" not in draw_trend(Trend("<script>alert(1)</script>", (("now", 1),)))
