"""Where each app's pages live."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path

from archreview.web.styleguide import styleguide
from archreview.web.views import health

urlpatterns = [
    path("admin/catalog/", include("archreview.rules.desk_urls")),
    path("admin/catalog/", include("archreview.rules.version_urls")),
    path("admin/", admin.site.urls),
    path("health/", login_not_required(health), name="health"),
    path("styleguide/", styleguide, name="styleguide"),
    path("", include("archreview.workspaces.urls")),
    path("w/<slug:workspace>/", include("archreview.jobs.urls")),
    path("w/<slug:workspace>/", include("archreview.registry.urls")),
    path("w/<slug:workspace>/", include("archreview.rules.urls")),
    path("w/<slug:workspace>/", include("archreview.decisions.urls")),
    path("w/<slug:workspace>/", include("archreview.reviews.urls")),
]

handler400 = "archreview.web.errors.bad_request"
handler403 = "archreview.web.errors.permission_denied"
handler404 = "archreview.web.errors.page_not_found"
handler500 = "archreview.web.errors.server_error"
