"""Pages under /w/<workspace>/."""

from django.urls import URLPattern, path

import archreview.web.converters  # noqa: F401 - registers the converter `id`
from archreview.registry.views import entries, files, lists, steps

app_name = "registry"


def pages_of(kind: str, plural: str) -> list[URLPattern]:
    """The list of a kind, with the pages to register, edit and delete one."""
    one = f"{plural}/<id:{kind}>"
    return [
        path(f"{plural}/", lists.entry_list, {"kind": kind}, name=f"{kind}_list"),
        path(f"{plural}/new/", entries.entry_new, {"kind": kind}, name=f"{kind}_new"),
        path(f"{one}/edit/", entries.entry_edit, {"kind": kind}, name=f"{kind}_edit"),
        path(f"{one}/delete/", entries.entry_delete, {"kind": kind}, name=f"{kind}_delete"),
    ]


# The pages of a service, an edge and a flow show an analysis: they belong to the reviews.
urlpatterns = [
    *pages_of("service", "services"),
    *pages_of("channel", "channels"),
    *pages_of("edge", "edges"),
    *pages_of("flow", "flows"),
    *pages_of("team", "teams"),
    *pages_of("system", "systems"),
    path("channels/<id:channel>/", entries.channel, name="channel"),
    path("teams/<id:team>/", entries.team, name="team"),
    path("systems/<id:system>/", entries.system, name="system"),
    path("edges/<id:edge>/confirm/", entries.edge_confirm, name="edge_confirm"),
    path("flows/<id:flow>/steps/", steps.flow_steps, name="flow_steps"),
    path("import/", files.import_, name="import"),
    path("import/<int:preview>/", files.import_preview, name="import_preview"),
    path("export/architecture.yaml", files.export, name="export"),
]
