"""Pages under /w/<workspace>/."""

from django.urls import path

import archreview.web.converters  # noqa: F401 -- registers <id:...>
from archreview.reviews.views import drafting, edges, flows, home, lists, maps, services

app_name = "reviews"

urlpatterns = [
    path("", home.home, name="home"),
    path("edges/<id:edge>/", edges.edge, name="edge"),
    path("edges/<id:edge>/answer/", edges.edge_answer, name="edge_answer"),
    path("edges/<id:edge>/decide/", drafting.edge_decide, name="edge_decide"),
    path("edges/<id:edge>/card/", maps.edge_card, name="edge_card"),
    path("flows/<id:flow>/", flows.flow, name="flow"),
    path("flows/<id:flow>/decide/", drafting.flow_decide, name="flow_decide"),
    path("services/<id:service>/", services.service, name="service"),
    path("services/<id:service>/card/", maps.service_card, name="service_card"),
    path("map/", maps.map_page, name="map"),
    path("findings/", lists.findings, name="findings"),
    path("findings/decide/", drafting.findings_decide, name="findings_decide"),
    path("findings/accept/", drafting.waive, name="waive"),
    path("decisions/<int:number>/anew/", drafting.decision_anew, name="decision_anew"),
    path("questions/", lists.questions, name="questions"),
    path("questions/answer/", lists.question_answer, name="question_answer"),
    path("example/", home.example, name="example"),
]
