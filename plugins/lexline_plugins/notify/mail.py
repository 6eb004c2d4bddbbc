"""Sends a notice as a mail: the standard library's SMTP, over TLS unless the server is on this machine."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import EmailMessage

from lexline.hookspecs import Notice, SettingError
from lexline_plugins.notify.options import number_of, refuse_others, secret_of, text_of
from lexline_plugins.reporters.wording import inline, printable

__all__ = ["message_of", "send", "settings_of"]

HERE = ("localhost", "127.0.0.1", "::1")


def message_of(notice: Notice, sender: str, receiver: str) -> EmailMessage:
    """The mail of a notice: what it says on one line each, for people."""
    message = EmailMessage()
    message["From"], message["To"] = sender, receiver
    message["Subject"] = _line(f"To assess again: {notice.title}")[:200]
    due = "at once" if notice.due is None else f"by {notice.due}"
    lines = [
        notice.title,
        "",
        f"Due: {due}",
        f"Owner: {notice.owner or 'nobody is named'}",
        *(f"About: {element}" for element in notice.elements),
        f"To settle it: {notice.remedy}",
        f"Item: {notice.id}",
    ]
    message.set_content("\n".join(map(_line, lines)) + "\n")
    return message


@dataclass(frozen=True, slots=True)
class Route:
    """The server, how long it is waited for (seconds), and between whom. ``user`` is empty for none."""

    host: str
    port: int
    timeout: float
    user: str
    sender: str
    receiver: str


def settings_of(settings: Mapping[str, object]) -> Route:
    """What the settings say. Raises ``SettingError`` for one that can't be used."""
    refuse_others(settings, "host", "port", "from", "to", "user", "password", "timeout")
    if "user" in settings:
        text_of(settings, "password")
    return Route(
        text_of(settings, "host"),
        int(number_of(settings, "port", 587, 1, 65_535)),
        number_of(settings, "timeout", 20, 0.05, 120),
        text_of(settings, "user") if "user" in settings else "",
        _address(settings, "from"),
        _address(settings, "to"),
    )


def _address(settings: Mapping[str, object], name: str) -> str:
    address = text_of(settings, name)
    try:
        EmailMessage()["To"] = address
        is_one = "@" in address
    except ValueError:
        is_one = False
    if not is_one:
        raise SettingError(name, "it has to be an address of mail")
    return address


def send(notice: Notice, settings: Mapping[str, object]) -> None:
    """Send a notice by the settings ``host``, ``port``, ``from``, ``to``, ``user`` and ``password`` (an environment
    variable). Raises ``OSError`` where the server doesn't take it."""
    route = settings_of(settings)
    password = secret_of(settings, "password") if route.user else ""
    message = message_of(notice, route.sender, route.receiver)
    try:
        with smtplib.SMTP(route.host, route.port, timeout=route.timeout) as server:
            if route.host not in HERE:
                server.starttls(context=ssl.create_default_context())
            if route.user:
                server.login(route.user, password)
            server.send_message(message)
    except smtplib.SMTPException as error:
        raise OSError(f"{route.host} did not take it ({type(error).__name__})") from None


def _line(text: str) -> str:
    return printable(inline(text)).strip()
