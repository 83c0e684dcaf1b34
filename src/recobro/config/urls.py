from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("recobro.api.urls")),
    path("", include("recobro.web.urls")),
]

handler400 = "recobro.web.views.errors.not_understood"
handler403 = "recobro.web.views.errors.forbidden"
handler404 = "recobro.web.views.errors.not_found"
handler500 = "recobro.web.views.errors.failed"
