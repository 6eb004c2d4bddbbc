"""Sends a notice as a mail: the standard library's SMTP, over TLS unless the server is on this machine."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Mapping
from email.message import EmailMessage

from lexline.hookspecs import Notice, SettingError
from lexline_plugins.notify.options import number_of, refuse_others, secret_of, text_of
from lexline_plugins.reporters.wording import inline, printable

__all__ = ["message_of", "send"]

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


def send(notice: Notice, settings: Mapping[str, object]) -> None:
    """Send a notice by the settings ``host``, ``port``, ``from``, ``to``, ``user`` and ``password`` (an environment
    variable). Raises ``OSError`` where the server doesn't take it."""
    refuse_others(settings, "host", "port", "from", "to", "user", "password", "timeout")
    host = text_of(settings, "host")
    port = int(number_of(settings, "port", 587, 1, 65_535))
    timeout = number_of(settings, "timeout", 20, 0.05, 120)
    user = text_of(settings, "user") if "user" in settings else ""
    password = secret_of(settings, "password") if user else ""
    try:
        message = message_of(notice, text_of(settings, "from"), text_of(settings, "to"))
    except ValueError:
        raise SettingError("to", "`from` and `to` have to be addresses of mail") from None
    try:
        with smtplib.SMTP(host, port, timeout=timeout) as server:
            if host not in HERE:
                server.starttls(context=ssl.create_default_context())
            if user:
                server.login(user, password)
            server.send_message(message)
    except smtplib.SMTPException as error:
        raise OSError(f"{host} did not take it ({type(error).__name__})") from None


def _line(text: str) -> str:
    return printable(inline(text)).strip()
