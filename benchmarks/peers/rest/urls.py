"""Where the views are."""

from django.urls import include, path

from benchmarks.peers.rest import views

urlpatterns = [
    path("peer/trivial", views.Trivial.as_view()),
    path("peer/messages/<slug:slug>", views.Messages.as_view()),
    path("", include("config.urls")),
]
"""The chat takes every address that nobody else has, so these come first."""
