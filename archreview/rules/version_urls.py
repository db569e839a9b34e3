"""Pages under /admin/catalog/ about versions, newer releases and files, for staff with the right."""

from django.urls import path

from archreview.rules.views import packs, releases, versions

app_name = "versions"

urlpatterns = [
    path("versions/", versions.version_list, name="version_list"),
    path("versions/<int:number>/", versions.version, name="version"),
    path("versions/<int:number>/go-back/", versions.go_back, name="go_back"),
    path("releases/", releases.release_list, name="releases"),
    path("releases/<str:kind>/<str:key>/", releases.decide, name="decide"),
    path("rules-file/", packs.load, name="load"),
    path("rules-file/download/", packs.download, name="download"),
]
