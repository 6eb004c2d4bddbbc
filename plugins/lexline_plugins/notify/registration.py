"""The notifiers that come with the product, behind the same door as anyone's."""

from __future__ import annotations

from collections.abc import Mapping

from lexline.hookspecs import Notice, Notifier, hookimpl

__all__ = ["lexline_notifiers"]


@hookimpl
def lexline_notifiers() -> list[Notifier]:
    """Notifiers for machines and for people. Each is imported when it is used."""
    return [
        Notifier("webhook", "Posts a signed CloudEvent.", _webhook, _check_webhook),
        Notifier("mail", "Sends a mail.", _mail, _check_mail),
    ]


def _webhook(notice: Notice, settings: Mapping[str, object]) -> None:
    from lexline_plugins.notify.webhook import post

    post(notice, settings)


def _mail(notice: Notice, settings: Mapping[str, object]) -> None:
    from lexline_plugins.notify.mail import send

    send(notice, settings)


def _check_webhook(settings: Mapping[str, object]) -> None:
    from lexline_plugins.notify.webhook import settings_of

    settings_of(settings)


def _check_mail(settings: Mapping[str, object]) -> None:
    from lexline_plugins.notify.mail import settings_of

    settings_of(settings)
