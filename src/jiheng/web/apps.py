"""Room web: 界面."""

from django.apps import AppConfig


class Web(AppConfig):
    name = "jiheng.web"
    label = "web"
    verbose_name = "界面"

    def ready(self) -> None:
        from django.contrib.auth.signals import user_logged_in

        from jiheng.web.middleware import mark_used

        user_logged_in.connect(lambda sender, request, **given: mark_used(request), weak=False)
