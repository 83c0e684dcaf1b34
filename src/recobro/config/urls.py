from django.urls import include, path

urlpatterns = [path("", include("recobro.web.urls"))]

handler403 = "recobro.web.views.errors.forbidden"
handler404 = "recobro.web.views.errors.not_found"
handler500 = "recobro.web.views.errors.failed"
