"""The waterfall of a flow: bars to scale, unknowns open, the limit and the budget in sight."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archreview.drawing import Family, Waterfall, WaterfallRow, draw_waterfall, waterfall_table
from archreview.drawing.timing import in_order_only, tick_of
from tests.drawing.reading import SVG, classes_of, read, titles_of, words_of


def row(edge: str, start: float, own: float | None, total: float | None = None, **fields: object) -> WaterfallRow:
    return WaterfallRow(
        depth=fields.pop("depth", 0),  # type: ignore[arg-type]
        edge=edge,
        label=edge.title(),
        family=fields.pop("family", Family.SYNCHRONOUS),  # type: ignore[arg-type]
        start_ms=start,
        own_ms=own,
        total_ms=total if total is not None else own or 0.0,
        **fields,  # type: ignore[arg-type]
    )


CHECKOUT = Waterfall(
    title="Check out",
    entry="Cart",
    entry_ms=50,
    total_ms=450,
    budget_ms=400,
    rows=(
        row("stock", 50, 100, 300, number=1, href="/edges/stock/"),
        row("price", 150, 200, number=2, depth=1),
        row("pay", 350, 100, number=3, over=True),
    ),
)


def bars(svg: str, look: str = "d-own") -> list[tuple[float, float]]:
    return [
        (float(bar.get("x") or 0), float(bar.get("width") or 0))
        for bar in read(svg).iter(f"{SVG}rect")
        if look in (bar.get("class") or "").split()
    ]


milliseconds = st.floats(0, 1e7) | st.sampled_from([0.001, 1e9])


@given(
    rows=st.lists(
        st.tuples(milliseconds, st.none() | milliseconds, milliseconds, st.sampled_from(Family), st.integers(0, 30)),
        max_size=12,
    ),
    total=milliseconds,
    budget=st.none() | milliseconds,
    entry=st.none() | milliseconds,
    standalone=st.booleans(),
)
def test_whatever_the_numbers_are_it_is_a_picture_with_everything_inside(
    rows: list[tuple[float, float | None, float, Family, int]],
    total: float,
    budget: float | None,
    entry: float | None,
    standalone: bool,
) -> None:
    waterfall = Waterfall(
        title="Any",
        rows=tuple(
            row(f"e{nth}", start, own, (own or 0) + more, family=family, depth=depth, parallel=nth % 3 or None)
            for nth, (start, own, more, family, depth) in enumerate(rows)
        ),
        total_ms=total,
        budget_ms=budget,
        entry="Entry",
        entry_ms=entry,
    )
    root = read(draw_waterfall(waterfall, standalone=standalone))
    _, _, width, height = (float(part) for part in (root.get("viewBox") or "").split())
    for bar in root.iter(f"{SVG}rect"):
        left, top = float(bar.get("x") or 0), float(bar.get("y") or 0)
        assert left >= 0 and left + float(bar.get("width") or 0) <= width + 0.2
        assert top >= 0 and top + float(bar.get("height") or 0) <= height
    for word in root.iter(f"{SVG}text"):
        assert 0 <= float(word.get("x") or 0) <= width


def test_bars_are_to_scale_and_start_where_the_call_starts() -> None:
    entry, stock, price = bars(draw_waterfall(CHECKOUT))
    scale = price[1] / 200
    assert entry[1] == pytest.approx(50 * scale, abs=0.2)
    assert stock[1] == pytest.approx(100 * scale, abs=0.2)
    assert price[0] - stock[0] == pytest.approx(100 * scale, abs=0.2)


def test_waiting_is_a_lighter_bar_behind() -> None:
    waits = bars(draw_waterfall(CHECKOUT), "d-wait")
    owns = bars(draw_waterfall(CHECKOUT))
    assert [wait[1] / own[1] for wait, own in zip(waits, owns[:2], strict=True)] == [
        pytest.approx(9, rel=0.02),
        pytest.approx(3, rel=0.02),
    ]


def test_the_first_call_over_the_limit_is_marked_and_its_number_filled() -> None:
    root = read(draw_waterfall(CHECKOUT))
    assert {"d-limit", "d-own-over", "d-over-bead"} <= classes_of(root)
    assert {"1", "2", "3"} <= set(words_of(root))
    within = replace(CHECKOUT, rows=CHECKOUT.rows[:2])
    assert not {"d-limit", "d-own-over", "d-over-bead"} & classes_of(read(draw_waterfall(within)))


def test_the_budget_has_its_line_and_an_overrun_is_told() -> None:
    root = read(draw_waterfall(CHECKOUT))
    assert "budget 400 ms" in words_of(root)
    assert "d-over-total" in classes_of(root)
    assert "400" not in words_of(root), "the ruler leaves the place to the budget"
    assert "d-budget" not in classes_of(read(draw_waterfall(replace(CHECKOUT, budget_ms=None))))


def test_an_unknown_latency_is_an_open_bar_with_a_question_mark() -> None:
    unknown = replace(CHECKOUT, complete=False, rows=(row("stock", 50, None, number=1),))
    root = read(draw_waterfall(unknown))
    assert "d-hatch" in classes_of(root)
    assert words_of(root).count("?") >= 2, "on the bar and among the figures"
    assert "≥ 450 ms" in words_of(root)


def test_asynchronous_steps_are_dashed_and_background_steps_quieter() -> None:
    steps = (row("publish", 50, 8, family=Family.ASYNCHRONOUS), row("mail", 58, 400, depth=1, background=True))
    found = classes_of(read(draw_waterfall(replace(CHECKOUT, rows=steps))))
    assert {"d-own-async", "d-own-background", "d-quiet-word"} <= found


def test_a_bracket_holds_together_what_runs_side_by_side() -> None:
    steps = (
        row("a", 50, 100, parallel=1),
        row("b", 50, 100, 200, parallel=1),
        row("below-b", 150, 100, depth=1),
        row("after", 250, 10),
    )
    brackets = [
        path.get("d") or ""
        for path in read(draw_waterfall(replace(CHECKOUT, rows=steps))).iter(f"{SVG}path")
        if path.get("class") == "d-bracket"
    ]
    assert len(brackets) == 1
    top, bottom = 80.0, 80.0 + 2 * 30 + 18
    assert f" {top:g}H" in brackets[0] and f"V{bottom:g}H" in brackets[0]


def test_the_arithmetic_is_on_each_bar() -> None:
    titles = titles_of(read(draw_waterfall(CHECKOUT)))
    assert any(
        "starts at 50 ms, own time 100 ms + 200 ms waiting for what it calls = 300 ms; call 1 in sequence" in title
        for title in titles
    )
    assert "Said by the caller" in titles_of(
        read(draw_waterfall(replace(CHECKOUT, rows=(row("a", 0, 1, title="Said by the caller"),))))
    )


def test_the_table_says_the_same() -> None:
    table = waterfall_table(CHECKOUT)
    assert table.rows == (
        ("Cart", "", "entry", "0 ms", "50 ms", "450 ms", ""),
        ("Stock", "1", "synchronous", "50 ms", "100 ms", "300 ms", ""),
        ("· Price", "2", "synchronous", "150 ms", "200 ms", "200 ms", ""),
        ("Pay", "3", "synchronous", "350 ms", "100 ms", "100 ms", "over the limit"),
        ("Total, an estimate", "", "", "", "", "450 ms", "over the budget of 400 ms"),
    )
    assert len(table.hrefs) == len(table.rows)


def test_without_any_latency_the_order_is_shown_and_no_time() -> None:
    steps = (
        row("first", 0, None, number=1),
        row("nested", 0, None, number=2, depth=1),
        row("publish", 0, None, family=Family.ASYNCHRONOUS),
        row("mail", 0, None, depth=1, background=True),
        row("beside-a", 0, None, number=3, over=True, parallel=1),
        row("beside-b", 0, None, number=3, over=True, parallel=1),
    )
    unknown = Waterfall(title="Unknown", rows=steps, total_ms=0, complete=False, entry="Cart")
    assert [moved.start_ms for moved in in_order_only(unknown).rows] == [1, 2, 3, 4, 4, 4]
    root = read(draw_waterfall(unknown))
    assert any(word.startswith("no latency is known") for word in words_of(root))
    assert not any(" ms" in word for word in words_of(root))
    assert not any("starts at" in title for title in titles_of(root))


def test_the_ruler_is_in_round_steps() -> None:
    assert [tick_of(longest) for longest in (1, 7, 450, 1270, 4000, 60_000)] == [0.2, 1, 100, 200, 500, 10_000]
