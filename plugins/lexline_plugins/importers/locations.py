"""Addresses of files, tables and artefacts in one form, so that two systems that mean one place write one text.

In: a URI or path as some system wrote it. Out: a text to compare and to build ids from. It holds no password, token or
signature, even where the system wrote one into the address.
"""

from __future__ import annotations

import re
import string
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import unquote

__all__ = ["Locations", "escape", "has_scheme", "logged_model", "normalise", "run_id"]

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]+):(.*)", re.DOTALL)
_DRIVE = re.compile(r"[A-Za-z]:[\\/]")
_AZURE_HOST = re.compile(r"([a-z0-9-]+)\.(?:blob|dfs)\.core\.windows\.net")
_SECRET = re.compile(r"(?:^|&)(?:sig|signature|token|access_token|awsaccesskeyid|x-amz-|x-goog-)", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
_UNCLEAN = re.compile(r"[\x00-\x20\x7f-\x9f%/]")
_LOGGED_MODEL = re.compile(r"/[^/]+/models/(m-[0-9A-Za-z-]+)/artifacts(?:/|$)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")

_SAME_SCHEME = {"s3a": "s3", "s3n": "s3", "abfs": "abfss", "wasb": "abfss", "wasbs": "abfss"}
_DEFAULT_PORT = {"http": ":80", "https": ":443", "postgres": ":5432", "postgresql": ":5432", "mysql": ":3306"}
_PATH_ONLY = {"file", "dbfs", "mlflow-artifacts"}


@dataclass(frozen=True, slots=True)
class Locations:
    """Pairs of prefixes that name the same place; an address that begins with the first is told by the second."""

    pairs: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Locations:
        """Pairs as somebody wrote them; a longer prefix goes before a shorter one."""
        prepared = {normalise(prefix): normalise(place) for prefix, place in pairs}
        return cls(tuple(sorted(prepared.items(), key=lambda pair: (-len(pair[0]), pair[0]))))

    def canonical(self, location: str) -> str:
        """The one address of a location. A prefix ends where a part of a path ends, or where it says so itself by a
        ``:`` (``remote:``), and is replaced once."""
        plain = normalise(location)
        for prefix, place in self.pairs:
            rest = plain.removeprefix(prefix) if plain.startswith(prefix) else None
            if rest == "" or (rest and rest[0] == "/"):
                return place + rest
            if rest and prefix.endswith(":"):
                return f"{place}/{rest}"
        return plain


def normalise(location: str) -> str:
    """One form for the many ways to write an address: scheme and host in lower case, no default port, no trailing
    slash, percent-encoding decoded once. Paths keep their case."""
    text = location.strip()
    if text.startswith("/") or _DRIVE.match(text):
        return "file:///" + text.replace("\\", "/").strip("/")
    match = _SCHEME.fullmatch(text)
    if match is None:
        return _decoded(text.rstrip("/"))
    scheme, rest = match.group(1).lower(), match.group(2)
    scheme = _SAME_SCHEME.get(scheme, scheme)
    if not rest.startswith("//") or rest.startswith("///"):
        return _without_authority(scheme, rest)
    host, slash, path = rest[2:].partition("/")
    host, path = _host(scheme, host), _without_secrets(path)
    azure = _AZURE_HOST.fullmatch(host)
    if scheme in ("http", "https") and azure is not None:
        container, slash, path = path.partition("/")
        scheme, host = "abfss", f"{container}@{azure.group(1)}.dfs.core.windows.net"
    return _trimmed(f"{scheme}://{host}{slash}{_decoded(path)}")


def has_scheme(location: str) -> bool:
    """True for an address that says of which system it is (``s3://…``), not only a name."""
    return "://" in location or location.startswith("file:")


def run_id(text: str) -> str | None:
    """The UUID of a run as text with dashes, whichever way it was written; ``None`` where it is no UUID."""
    bare = text.strip().replace("-", "")
    return str(uuid.UUID(hex=bare)) if _HEX.fullmatch(bare) else None


def logged_model(location: str) -> str:
    """The id of the logged model of MLflow that an address ends in (``…/1/models/m-0a/artifacts``): the server made it
    for this model alone, under whatever address it is reached. Empty where there is none."""
    match = _LOGGED_MODEL.search(location)
    return match.group(1) if match is not None else ""


def escape(part: str, keep: str = "") -> str:
    """A name as one part of an id: what would end the part, or can't be seen, is percent-encoded, but what is in
    ``keep``."""
    return _UNCLEAN.sub(
        lambda found: found.group() if found.group() in keep else f"%{ord(found.group()):02X}", part.strip()
    )


def _without_authority(scheme: str, rest: str) -> str:
    path = _decoded(rest.strip("/"))
    if scheme == "file":
        return "file:///" + path
    if scheme in _PATH_ONLY:
        return f"{scheme}:/{path}".rstrip("/")
    return f"{scheme}:{_decoded(rest)}".rstrip("/")


def _host(scheme: str, host: str) -> str:
    user, at, name = host.rpartition("@")
    name = name.lower()
    port = _DEFAULT_PORT.get(scheme)
    if port is not None:
        name = name.removesuffix(port)
    if scheme != "abfss":
        return name
    azure = _AZURE_HOST.fullmatch(name)  # before the @ stands the container, not a person
    return user + at + (f"{azure.group(1)}.dfs.core.windows.net" if azure is not None else name)


def _without_secrets(path: str) -> str:
    body, mark, query = path.partition("?")
    return body if mark and _SECRET.search(query) else path


def _trimmed(address: str) -> str:
    """Without the slashes and spaces at its end, in whichever order they stand there."""
    return address.rstrip("/" + string.whitespace)


def _decoded(path: str) -> str:
    decoded = unquote(path, errors="replace")
    return path if "\ufffd" in decoded or _CONTROL.search(decoded) else decoded
