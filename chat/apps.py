"""The wiring of the chat."""

from typing import Any

from allauth.account.signals import password_changed, password_set
from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db.models.signals import post_migrate


class ChatConfig(AppConfig):
    name = "chat"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from chat import bus
        from chat.realtime.worker import hear

        post_migrate.connect(_make_installation, sender=self)
        user_logged_out.connect(_end_session)
        for began in (user_logged_in, password_changed, password_set):
            began.connect(_begin_session)
        bus.listen(hear)


def _make_installation(**_: Any) -> None:
    from chat.services.installation import ensure_installation

    ensure_installation()


def _begin_session(*, request: Any, user: Any, **_: Any) -> None:
    """Signing in anywhere, and a new password, begin a session that is listed."""
    from chat.services.sessions import begin_session

    if not request.session.session_key:
        request.session.save()
    agent, address = request.META.get("HTTP_USER_AGENT", ""), request.META.get("REMOTE_ADDR", "")
    begin_session(person=user, session_key=request.session.session_key, user_agent=agent, address=address)


def _end_session(*, request: Any, user: Any, **_: Any) -> None:
    """Signing out anywhere, the admin included, closes the sockets of that session."""
    from chat.services.sessions import end_session

    if user is not None and request.session.session_key:
        end_session(person=user, session_key=request.session.session_key)
