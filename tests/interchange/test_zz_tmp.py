from hypothesis import settings
settings.register_profile("deep", max_examples=2500, deadline=None)
settings.load_profile("deep")
from tests.interchange.test_decision_logs import given, logs, st, LAYOUTS, read, taken_over, write_log, essence, normal
@given(logs(), st.sampled_from(sorted(LAYOUTS)))
def test_a(log, layout):
    back = taken_over(read(write_log(log, layout=layout, title="Decisions")))
    assert sorted(map(essence, back)) == sorted(essence(normal(decision)) for decision in log)
@given(logs(), st.sampled_from(sorted(LAYOUTS)))
def test_b(log, layout):
    files = write_log(log, layout=layout, title="Decisions")
    assert write_log(taken_over(read(files)), layout=layout, title="Decisions") == files
