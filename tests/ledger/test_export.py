"""An exported ledger shows, without a database, whatever was done to it; a signature shows who gave it out."""

from __future__ import annotations

import base64
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_public_key,
)
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ledger_entries import ENTRIES
from lexline.app.cli.commands import run
from lexline.diagnostics import LexlineError
from lexline.ledger.chain import Head, Link, head_of, linked
from lexline.ledger.export_file import Header, verify_file, write_export
from lexline.ledger.record import Checkpoint, body_of
from lexline.ledger.signing import PAYLOAD_TYPE, Signer, signed_head
from lexline.store import open_store

LINKS = linked(Head(), 1_790_000_000_000_000, [(entry.kind, body_of(entry, str)) for entry in ENTRIES])
HEAD = head_of(LINKS)


def written(
    path: Path, links: list[Link] = LINKS, head: Head = HEAD, envelope: dict[str, object] | None = None
) -> Path:
    write_export(path, Header(sequence=head.sequence, digest=head.digest, envelope=envelope), links)
    return path


def keys(folder: Path, name: str = "key") -> tuple[Path, Path]:
    """A new pair of keys: private and public."""
    key = Ed25519PrivateKey.generate()
    private, public = folder / f"{name}.pem", folder / f"{name}.pub"
    private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return private, public


@pytest.mark.parametrize("count", [0, 1, len(LINKS)])
def test_what_was_exported_is_whole(count: int, tmp_path: Path) -> None:
    head = head_of(LINKS[:count])
    found = verify_file(written(tmp_path / "l.jsonl", LINKS[:count], head), [head])
    assert (found.header.head, found.faults) == (head, ())


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_lines_changed_removed_or_moved_are_found(tmp_path: Path, data: st.DataObject) -> None:
    path = written(tmp_path / "l.jsonl")
    header, *lines = path.read_text("ascii").splitlines()
    order = data.draw(st.lists(st.integers(0, len(lines) - 1), max_size=len(lines) + 1))
    other = [lines[at] for at in order]
    path.write_text("\n".join([header, *other]) + "\n", "ascii")
    assert bool(verify_file(path).faults) is (other != lines)
    at = data.draw(st.integers(0, len(lines) - 1))
    entry = json.loads(lines[at])
    field = data.draw(st.sampled_from([*entry]))
    value = data.draw(st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()))
    assume(value != entry[field])
    lines[at] = json.dumps({**entry, field: value})
    path.write_text("\n".join([header, *lines]) + "\n", "ascii")
    assert verify_file(path).faults


@given(st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_bytes_changed_or_cut_off_are_found(tmp_path: Path, data: st.DataObject) -> None:
    path = written(tmp_path / "l.jsonl")
    content = path.read_bytes()
    begin = content.index(b"\n") + 1
    at = data.draw(st.integers(begin, len(content) - 1))
    path.write_bytes(content[:at])
    assert bool(verify_file(path).faults) is (at < len(content) - 1)
    other = content[:at] + data.draw(st.binary(min_size=1, max_size=3)) + content[at + 1 :]
    path.write_bytes(other)
    try:
        unchanged = [*map(json.loads, other.splitlines())] == [*map(json.loads, content.splitlines())]
    except ValueError:
        unchanged = False
    assert bool(verify_file(path).faults) is not unchanged


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "nodes: {}", '{"form": "lexline-ledger-export/2"}', "\udc80", "[" * 100_000, '{"form": 1}']
)
def test_a_file_that_is_no_export(text: str, tmp_path: Path) -> None:
    path = tmp_path / "l.jsonl"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(LexlineError) as caught:
        verify_file(path)
    assert caught.value.diagnostics[0].code == "LX523"


def test_a_signature_can_be_checked_by_other_means(tmp_path: Path) -> None:
    private, _ = keys(tmp_path)
    envelope = Signer(private).envelope(HEAD)
    payload = base64.b64decode(envelope["payload"])
    said = json.loads(payload)
    assert (said["form"], said["sequence"], said["digest"]) == ("lexline-ledger/1", HEAD.sequence, HEAD.digest)
    (signature,) = envelope["signatures"]
    signed = f"DSSEv1 {len(PAYLOAD_TYPE)} {PAYLOAD_TYPE} {len(payload)} ".encode() + payload
    public = load_pem_public_key((tmp_path / "key.pub").read_bytes())
    assert isinstance(public, Ed25519PublicKey)
    public.verify(base64.b64decode(signature["sig"]), signed)


def of_another_key(envelope: dict[str, object], folder: Path) -> object:
    return Signer(keys(folder, "other")[0]).envelope(HEAD)


CHANGES: list[Callable[[dict[str, object], Path], object]] = [
    of_another_key,
    lambda envelope, _: {**envelope, "payload": base64.b64encode(b"{}").decode()},
    lambda envelope, _: {**envelope, "payloadType": "text/plain"},
    lambda envelope, _: {**envelope, "signatures": []},
    lambda envelope, _: {**envelope, "signatures": [{"keyid": "k", "sig": "AA=="}]},
    lambda envelope, _: {**envelope, "signatures": 3},
    lambda envelope, _: {**envelope, "payload": None},
    lambda _, __: {},
]


@pytest.mark.parametrize("change", CHANGES, ids=range(len(CHANGES)))
def test_what_the_key_did_not_sign(
    change: Callable[[dict[str, object], Path], dict[str, object]], tmp_path: Path
) -> None:
    private, public = keys(tmp_path)
    envelope = Signer(private).envelope(HEAD)
    assert signed_head(json.loads(json.dumps(envelope)), public) == HEAD
    assert signed_head(change(json.loads(json.dumps(envelope)), tmp_path), public) is None


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first project with a store whose ledger has an entry of each kind, entered."""
    monkeypatch.chdir(tmp_path)
    assert run(["init", "."]) == 0
    named = Path("lexline.yaml").read_text("utf-8").replace("facts: facts", "store: lexline.db")
    Path("lexline.yaml").write_text(named, "utf-8")
    with open_store("lexline.db") as store:
        store.append(ENTRIES)
    return tmp_path


def said(capsys: pytest.CaptureFixture[str], *command: str) -> tuple[int, str]:
    capsys.readouterr()
    status = run(["ledger", *command])
    return status, "".join(capsys.readouterr())


def test_the_commands(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    keys(project)
    keys(project, "other")
    assert said(capsys, "export", "l.jsonl")[0] == 0
    assert "Jo Marsh" not in Path("l.jsonl").read_text("utf-8")
    status, text = said(capsys, "verify", "--file", "l.jsonl")
    assert status == 0
    assert "7 entries, whole" in text
    assert said(capsys, "verify") == (0, text)
    status, text = said(capsys, "verify", "--file", "l.jsonl", "--key", "key.pub")
    assert (status, text) == (1, "the export is not signed\n")
    assert said(capsys, "export", "s.jsonl", "--sign", "key.pem")[0] == 0
    assert said(capsys, "verify", "--file", "s.jsonl", "--key", "key.pub")[0] == 0
    assert "nobody looked at the signature" in said(capsys, "verify", "--file", "s.jsonl")[1]
    status, text = said(capsys, "verify", "--file", "s.jsonl", "--key", "other.pub")
    assert (status, text) == (1, "the signature is not one of this key\n")
    with open_store("lexline.db") as store:
        entry = store.entries()[-1].entry
    assert isinstance(entry, Checkpoint)
    assert (entry.sequence, entry.key) == (7, Signer(project / "key.pem").key)


def test_a_ledger_written_anew_does_not_fit_what_was_signed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    private, _ = keys(project)
    envelope = Signer(private).envelope(HEAD)
    forged = linked(Head(), 1, [(link.kind, link.body) for link in LINKS])
    written(project / "l.jsonl", forged, head_of(forged), envelope)
    assert said(capsys, "verify", "--file", "l.jsonl")[0] == 0
    status, text = said(capsys, "verify", "--file", "l.jsonl", "--key", "key.pub")
    assert status == 1
    assert f"entry 7, {HEAD.digest}, was signed as the last" in text
    assert said(capsys, "verify", "--file", "l.jsonl", "--head", f"7:{HEAD.digest}")[0] == 1


def test_keys_that_can_not_be_used(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    keys(project)
    rsa = generate_private_key(65537, 1024)  # noqa: S505  # it signs nothing
    private = rsa.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public = rsa.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    Path("rsa.pem").write_bytes(private)
    Path("rsa.pub").write_bytes(public)
    assert said(capsys, "export", "l.jsonl", "--sign", "key.pem")[0] == 0
    for name in ("key.pub", "rsa.pem", "lexline.yaml"):
        status, text = said(capsys, "export", "m.jsonl", "--sign", name)
        assert (status, "LX524" in text) == (2, True)
    for name in ("key.pem", "rsa.pub", "lexline.yaml"):
        status, text = said(capsys, "verify", "--file", "l.jsonl", "--key", name)
        assert (status, "LX524" in text) == (2, True)
    assert said(capsys, "export", "m.jsonl", "--sign", "no.pem")[0] == 2
    assert not Path("m.jsonl").exists()
    assert said(capsys, "verify", "--key", "key.pub")[0] == 2
    monkeypatch.setitem(sys.modules, "securesystemslib.signer", None)
    for command in (["export", "m.jsonl", "--sign", "key.pem"], ["verify", "--file", "l.jsonl", "--key", "key.pub"]):
        status, text = said(capsys, *command)
        assert status == 2
        assert "lexline[sign]" in text
