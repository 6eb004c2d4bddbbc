"""What the built-in notifiers send, to receivers on this machine."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from datetime import date
from email import message_from_bytes, policy

import pytest

from lexline.hookspecs import Notice, SettingError
from lexline.plugin_manager import load_plugins
from lexline_plugins.notify import webhook
from receivers import Received, mail_receiver, web_receiver

NOTICE = Notice(
    id="2c7c94b751de",
    cause="when",
    title="uk-gdpr/DPIA of credit: what it names has changed\nBcc: everyone@example.org",
    remedy="record a new assessment (dpia)",
    owner="dpo@bank.example",
    elements=("model:credit",),
    on=date(2026, 9, 3),
    due=date(2026, 10, 3),
)
SECRET = "a key that nobody sees"  # noqa: S105  # of the tests alone


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WEBHOOK_SECRET", SECRET)
    monkeypatch.setenv("MAIL_PASSWORD", SECRET)
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")


@pytest.fixture
def waited(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The seconds that were waited for, which nobody waits."""
    waits: list[float] = []
    monkeypatch.setattr(webhook, "time", _Clock(waits))
    return waits


class _Clock:
    def __init__(self, waits: list[float]) -> None:
        self.sleep = waits.append
        self.time = time.time


def notify(name: str, settings: Mapping[str, object]) -> None:
    load_plugins(hooks=("lexline_notifiers",)).notifier(name).notify(NOTICE, settings)


def post(received: Received, **more: object) -> None:
    notify("webhook", {"url": f"http://127.0.0.1:{received.port}/hook/token", "secret": "WEBHOOK_SECRET", **more})


def test_a_cloud_event_that_a_receiver_can_verify(waited: list[float]) -> None:
    with web_receiver([202]) as received:
        post(received, source="northfield/lexline")
    ((headers, body),) = received.requests
    assert headers["content-type"] == "application/cloudevents+json; charset=UTF-8"
    event = json.loads(body)
    assert {key: event[key] for key in ("specversion", "id", "source", "type", "subject", "datacontenttype")} == {
        "specversion": "1.0",
        "id": "2c7c94b751de.2026-09-03",
        "source": "northfield/lexline",
        "type": "lexline.reassessment.due.v1",
        "subject": "model:credit",
        "datacontenttype": "application/json",
    }
    assert event["data"]["due"] == "2026-10-03"
    stamp, signed, now = headers["lexline-timestamp"], headers["lexline-signature"], time.time()
    assert webhook.is_signed(SECRET, stamp, signed, body, now)
    for secret, at, said, text, when in (
        ("another", stamp, signed, body, now),
        (SECRET, str(int(stamp) + 1), signed, body, now),
        (SECRET, stamp, signed[:-1] + ("0" if signed[-1] != "0" else "1"), body, now),
        (SECRET, stamp, "", body, now),
        (SECRET, stamp, signed, body + b" ", now),
        (SECRET, stamp, signed, body, now + 301),
        (SECRET, "soon", signed, body, now),
    ):
        assert not webhook.is_signed(secret, at, said, text, when)
    assert not waited


def test_it_is_tried_again_with_longer_and_longer_waits(waited: list[float]) -> None:
    with web_receiver([503, 500, 200]) as received:
        post(received, backoff=2)
    assert len(received.requests) == 3
    assert len({body for _, body in received.requests}) == 1
    assert waited == [2, 4]


@pytest.mark.parametrize(
    ("answers", "settings", "tries"),
    [([503], {}, 4), ([503], {"attempts": 2}, 2), ([503], {"attempts": 10}, 10), ([400], {}, 1), ([302], {}, 1)],
)
def test_never_more_often_than_said(
    answers: list[int], settings: dict[str, object], tries: int, waited: list[float]
) -> None:
    with (
        web_receiver(answers, headers={"Location": "http://127.0.0.1:1/", "Retry-After": "7"}) as received,
        pytest.raises(OSError, match=f"status {answers[0]}") as refused,
    ):
        post(received, **settings)
    assert len(received.requests) == tries
    assert len(waited) == tries - 1
    assert all(7 <= seconds <= webhook.LONGEST for seconds in waited)
    assert SECRET not in str(refused.value)
    assert "token" not in str(refused.value)


def test_no_answer_in_time(waited: list[float]) -> None:
    with web_receiver([200], silent=0.5) as received, pytest.raises(OSError, match="no answer in time"):
        post(received, timeout=0.1, attempts=2)
    assert len(received.requests) == 2


def test_nobody_there(waited: list[float]) -> None:
    with web_receiver([200]) as received:
        pass
    with pytest.raises(OSError, match="it can't be reached, tried 4 times"):
        post(received)


@pytest.mark.parametrize(
    ("settings", "setting"),
    [
        ({"secret": "WEBHOOK_SECRET"}, "url"),
        ({"url": "http://example.org/", "secret": "WEBHOOK_SECRET"}, "url"),
        ({"url": "https://me:pw@example.org/", "secret": "WEBHOOK_SECRET"}, "url"),
        ({"url": "https://[", "secret": "WEBHOOK_SECRET"}, "url"),
        ({"url": "file:///etc/passwd", "secret": "WEBHOOK_SECRET"}, "url"),
        ({"url": "https://example.org/"}, "secret"),
        ({"url": "https://example.org/", "secret": "NOT_SET_ANYWHERE"}, "secret"),
        ({"url": "https://example.org/", "secret": "WEBHOOK_SECRET", "attempts": 11}, "attempts"),
        ({"url": "https://example.org/", "secret": "WEBHOOK_SECRET", "attempts": "many"}, "attempts"),
        ({"url": "https://example.org/", "secret": "WEBHOOK_SECRET", "timeout": True}, "timeout"),
        ({"url": "https://example.org/", "secret": "WEBHOOK_SECRET", "retries": 1}, "retries"),
    ],
)
def test_settings_that_cannot_be_used(settings: dict[str, object], setting: str) -> None:
    with pytest.raises(SettingError) as refused:
        notify("webhook", settings)
    assert refused.value.setting == setting
    assert SECRET not in str(refused.value)


# ---- mail ----------------------------------------------------------------------------------------------------------


def mail(received: Received, **more: object) -> None:
    settings = {"host": "127.0.0.1", "port": received.port, "from": "lexline@bank.example", "to": "dpo@bank.example"}
    notify("mail", {**settings, **more})


def test_a_mail_says_what_is_due() -> None:
    with mail_receiver() as received:
        mail(received)
    ((_, body),) = received.requests
    message = message_from_bytes(body, policy=policy.default)
    assert message["To"] == "dpo@bank.example"
    assert message["Bcc"] is None
    assert message["Subject"].startswith("To assess again: uk-gdpr/DPIA of credit")
    text = message.get_content()
    assert "Due: by 2026-10-03" in text
    assert "To settle it: record a new assessment (dpia)" in text


def test_a_mail_that_nobody_takes() -> None:
    with mail_receiver(refused=True) as received, pytest.raises(OSError, match=r"127\.0\.0\.1 did not take it"):
        mail(received)
    with pytest.raises(OSError, match=r".+"):
        mail(received)


@pytest.mark.parametrize(
    ("more", "setting"),
    [
        ({"to": "dpo@bank.example\nBcc: x@y.z"}, "to"),
        ({"user": "u", "password": "NOT_SET_ANYWHERE"}, "password"),
        ({"port": 0}, "port"),
        ({"cc": "x"}, "cc"),
    ],
)
def test_mail_settings_that_cannot_be_used(more: dict[str, object], setting: str) -> None:
    with pytest.raises(SettingError) as refused:
        mail(Received(25), **more)
    assert refused.value.setting == setting
