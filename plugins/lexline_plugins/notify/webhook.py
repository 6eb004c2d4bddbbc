"""Posts a notice as a CloudEvent (1.0, JSON, structured mode), signed with HMAC-SHA256 and tried again a few times.

``docs/notifiers.md`` says how a receiver checks the signature; ``is_signed`` does it.
"""

from __future__ import annotations

import hashlib
import hmac
import http.client
import ipaddress
import json
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from lexline.hookspecs import Notice, SettingError
from lexline_plugins.notify.options import number_of, refuse_others, secret_of, text_of

__all__ = ["SIGNATURE", "TIMESTAMP", "event_of", "is_signed", "post", "settings_of", "signature_of"]

TIMESTAMP = "Lexline-Timestamp"
SIGNATURE = "Lexline-Signature"
TYPE = "lexline.reassessment.due.v1"
TOLERANCE = 300
"""How many seconds a timestamp may be off."""
MOST = 10
"""How often one notice is tried at most, whatever the settings say."""
LONGEST = 60.0
"""Seconds that are waited at most between two tries."""
AGAIN = (408, 425, 429, 500, 502, 503, 504)


def event_of(notice: Notice, source: str, at: datetime) -> dict[str, object]:
    """The CloudEvent of a notice. Its id is the same for the same item on the same day."""
    return {
        "specversion": "1.0",
        "id": f"{notice.id}.{notice.on}",
        "source": source,
        "type": TYPE,
        "subject": notice.elements[0] if len(notice.elements) == 1 else notice.id,
        "time": at.astimezone(UTC).replace(microsecond=0).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "data": {
            "item": notice.id,
            "cause": notice.cause,
            "title": notice.title,
            "remedy": notice.remedy,
            "owner": notice.owner,
            "elements": list(notice.elements),
            "on": str(notice.on),
            "due": None if notice.due is None else str(notice.due),
        },
    }


def signature_of(secret: str, timestamp: str, body: bytes) -> str:
    """``v1=`` and HMAC-SHA256, in hexadecimal, of the timestamp, a full stop and the body."""
    key = secret.encode("utf-8", "surrogateescape")
    return "v1=" + hmac.new(key, timestamp.encode("ascii", "replace") + b"." + body, hashlib.sha256).hexdigest()


def is_signed(secret: str, timestamp: str, signature: str, body: bytes, now: float, tolerance: int = TOLERANCE) -> bool:
    """Whether who has the secret signed the body, at most ``tolerance`` seconds ago."""
    if not (timestamp.isascii() and timestamp.isdecimal()) or abs(now - int(timestamp[:15])) > tolerance:
        return False
    given = signature.encode("utf-8", "replace")
    return hmac.compare_digest(signature_of(secret, timestamp, body).encode("ascii"), given)


@dataclass(frozen=True, slots=True)
class Target:
    """Where to post, and how often and how long it is tried (seconds). ``secret`` names an environment variable."""

    url: str
    secret: str
    source: str
    attempts: int
    timeout: float
    backoff: float


def settings_of(settings: Mapping[str, object]) -> Target:
    """What the settings say. Raises ``SettingError`` for one that can't be used."""
    refuse_others(settings, "url", "secret", "source", "attempts", "timeout", "backoff")
    return Target(
        _url_of(settings),
        text_of(settings, "secret"),
        text_of(settings, "source", "lexline"),
        int(number_of(settings, "attempts", 4, 1, MOST)),
        number_of(settings, "timeout", 10, 0.05, LONGEST),
        number_of(settings, "backoff", 1, 0, LONGEST),
    )


def post(notice: Notice, settings: Mapping[str, object]) -> None:
    """Post a notice to the ``url`` of the settings. Raises ``OSError`` where it was not taken after all tries."""
    to = settings_of(settings)
    secret = secret_of(settings, "secret")
    body = json.dumps(event_of(notice, to.source, datetime.now(UTC)), ensure_ascii=True).encode("ascii")
    why = ""
    for attempt in range(1, to.attempts + 1):
        asked, why, again = _try(to.url, secret, body, to.timeout)
        if not why:
            return
        if not again or attempt == to.attempts:
            break
        time.sleep(min(LONGEST, max(asked, to.backoff * 2 ** (attempt - 1))))
    host = urllib.parse.urlsplit(to.url).hostname
    raise OSError(f"{host} did not take it ({why}{f', tried {attempt} times' if attempt > 1 else ''})")


def _url_of(settings: Mapping[str, object]) -> str:
    url = text_of(settings, "url")
    try:
        parts = urllib.parse.urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise SettingError("url", "it is no address") from None
    if not host or parts.scheme not in ("https", "http") or parts.username or parts.password:
        raise SettingError("url", "it has to be an https address, without a name or password in it")
    if parts.scheme == "http" and not _is_here(host):
        raise SettingError("url", "it has to be an https address, unless it is on this machine")
    return url


def _is_here(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Whoever answers somewhere else gets no signed body there."""

    def redirect_request(self, *_: object, **__: object) -> None:
        return None


def _try(url: str, secret: str, body: bytes, timeout: float) -> tuple[float, str, bool]:
    """Seconds after which the receiver asks to be asked again, why it was not taken (empty: it was), and whether to try
    again."""
    timestamp = str(int(time.time()))
    headers = {
        "Content-Type": "application/cloudevents+json; charset=UTF-8",
        TIMESTAMP: timestamp,
        SIGNATURE: signature_of(secret, timestamp, body),
    }
    request = urllib.request.Request(url, data=body, headers=headers, method="POST")  # noqa: S310  # _url_of
    here = _is_here(urllib.parse.urlsplit(url).hostname or "")
    opener = urllib.request.build_opener(_NoRedirect, *([urllib.request.ProxyHandler({})] if here else []))
    try:
        with opener.open(request, timeout=timeout):
            return 0.0, "", False
    except urllib.error.HTTPError as answer:
        with answer:
            asked = answer.headers.get("Retry-After", "")
            seconds = float(asked) if asked.isascii() and asked.isdecimal() and len(asked) < 6 else 0.0
            return seconds, f"status {answer.code}", answer.code in AGAIN
    except TimeoutError:
        return 0.0, "no answer in time", True
    except (OSError, http.client.HTTPException) as error:
        reason = getattr(error, "reason", error)
        return 0.0, "no answer in time" if isinstance(reason, TimeoutError) else "it can't be reached", True
