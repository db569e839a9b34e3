"""Pages under /w/<workspace>/."""

from django.urls import path

import archreview.web.converters  # noqa: F401 -- registers <id:...>
from archreview.reviews.views import (
    ballots,
    edges,
    flows,
    home,
    lists,
    maps,
    minutes,
    outcomes,
    room,
    services,
    sessions,
    snapshots,
)

app_name = "reviews"

urlpatterns = [
    path("", home.home, name="home"),
    path("edges/<id:edge>/", edges.edge, name="edge"),
    path("edges/<id:edge>/answer/", edges.edge_answer, name="edge_answer"),
    path("edges/<id:edge>/decide/", edges.edge_decide, name="edge_decide"),
    path("edges/<id:edge>/card/", maps.edge_card, name="edge_card"),
    path("flows/<id:flow>/", flows.flow, name="flow"),
    path("services/<id:service>/", services.service, name="service"),
    path("services/<id:service>/card/", maps.service_card, name="service_card"),
    path("map/", maps.map_page, name="map"),
    path("findings/", lists.findings, name="findings"),
    path("questions/", lists.questions, name="questions"),
    path("questions/answer/", lists.question_answer, name="question_answer"),
    path("example/", home.example, name="example"),
    path("sessions/", sessions.session_list, name="session_list"),
    path("sessions/new/", sessions.session_new, name="session_new"),
    path("sessions/<int:session>/", room.session, name="session"),
    path("sessions/<int:session>/agenda/", sessions.session_agenda, name="session_agenda"),
    path("sessions/<int:session>/state/", sessions.session_state, name="session_state"),
    path("sessions/<int:session>/calendar/", sessions.session_calendar, name="session_calendar"),
    path("sessions/<int:session>/ahead/", room.session_ahead, name="session_ahead"),
    path("sessions/<int:session>/live/", room.live, name="session_live"),
    path("sessions/<int:session>/join/", room.join_session, name="session_join"),
    path("sessions/<int:session>/leave/", room.leave_session, name="session_leave"),
    path("sessions/<int:session>/here/", room.report_here, name="session_here"),
    path("sessions/<int:session>/move/", room.move, name="session_move"),
    path("sessions/<int:session>/items/<int:item>/vote/", ballots.cast_vote, name="session_vote"),
    path("sessions/<int:session>/items/<int:item>/reveal/", ballots.reveal_votes, name="session_reveal"),
    path("sessions/<int:session>/items/<int:item>/again/", ballots.ask_again, name="session_again"),
    path("sessions/<int:session>/items/<int:item>/settle/", ballots.settle_question, name="session_settle"),
    path("sessions/<int:session>/items/<int:item>/outcome/", outcomes.conclude, name="session_outcome"),
    path("sessions/<int:session>/items/<int:item>/decide/", outcomes.decide, name="session_decide"),
    path("sessions/<int:session>/minutes/", minutes.minutes, name="minutes"),
    path("sessions/<int:session>/minutes/markdown/", minutes.minutes_markdown, name="minutes_markdown"),
    path("sessions/<int:session>/minutes/pdf/", minutes.minutes_pdf, name="minutes_pdf"),
    path("actions/", sessions.action_list, name="action_list"),
    path("actions/<int:action>/done/", sessions.action_done, name="action_done"),
    path("snapshots/", snapshots.snapshot_list, name="snapshot_list"),
    path("snapshots/compare/", snapshots.snapshot_compare, name="snapshot_compare"),
    path("snapshots/<int:snapshot>/", snapshots.snapshot, name="snapshot"),
    path("snapshots/<int:snapshot>/model/", snapshots.snapshot_model, name="snapshot_model"),
]
