"""Compiled policies that were kept are the same as compiled ones, and are compiled again where anything differs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from choices import ByChance
from generated_cases import generate
from lexline.compiled_files import KEPT, compiled_once
from lexline.diagnostics import Diagnostic, Label, Severity, Source, Span
from lexline.lang.compile import compile_policies
from lexline.lang.encoded import Compiled, decoded, encoded
from lexline.lang.parse import parse
from probes import probe_signatures

TEXT = 'rule OWNED "Every model has an owner"\n  for model\n  require owner is known\n  explain "{model.owner} — né"\n'
POLICY = Source("house.policy", TEXT)


def compiled(sources: list[Source], **more: object) -> Compiled:
    """What compiling gives; what is wrong stands among the warnings."""
    case = generate(ByChance(0))
    words = more.get("words", case.vocabulary)
    files = [file for file, _ in map(parse, sources) if file is not None]
    return compile_policies(files, words, checks=probe_signatures(words))  # type: ignore[arg-type]


@given(st.integers(0, 2**48))
def test_a_program_is_the_same_after_it_was_written_and_read(seed: int) -> None:
    case = generate(ByChance(seed))
    sources = [Source(f"policy{at}.policy", policy.text) for at, policy in enumerate(case.policies)]
    once = compiled(sources, words=case.vocabulary)
    again = decoded(encoded(once, sources), sources)
    assert again == once
    assert repr(again) == repr(once)  # 1 and 1.0 are equal


def test_warnings_are_kept_with_their_places() -> None:
    program, _ = compiled([POLICY])
    label = Label(Span(POLICY, 5, 10), "this")
    warning = Diagnostic("LX112", "it is large", (label,), "split it", Severity.WARNING)
    assert decoded(encoded((program, (warning,)), [POLICY]), [POLICY]) == (program, (warning,))


@pytest.mark.parametrize(
    "content", [b"", b"[", b"7", b'["os.system","id"]', b'["Program"]', b'["tuple",7,7]', b"[" * 9999]
)
def test_what_is_no_program_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="it holds no program"):
        decoded(content, [])


class Compiler:
    """Compiles one policy, and counts how often."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.count = folder, 0

    def __call__(self, *rests_on: str, source: Source = POLICY) -> Compiled:
        def compile_() -> Compiled:
            self.count += 1
            return compiled([source])

        return compiled_once(self.folder, [source], rests_on, compile_)


@pytest.fixture
def compiler(tmp_path: Path) -> Compiler:
    return Compiler(tmp_path / "policies")


def test_equal_input_is_compiled_once_and_any_other_again(compiler: Compiler) -> None:
    assert compiler("words") == compiler("words")
    assert compiler.count == 1
    compiler("words", "more")
    compiler("wordsmore")
    compiler("words", source=Source("other.policy", TEXT))
    compiler("words", source=Source("house.policy", TEXT.replace("owner is known", "owner is missing")))
    assert compiler.count == 5


DAMAGES: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut short": lambda content: content[:-9],
    "flipped": lambda content: content.replace(b"OWNED", b"OWNEE"),
    "foreign": lambda _: b"\x80\x04" * 100,
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_compiled_again_and_replaced(compiler: Compiler, damage: str) -> None:
    whole = compiler()
    (kept,) = compiler.folder.iterdir()
    content = kept.read_bytes()
    kept.write_bytes(DAMAGES[damage](content))
    assert compiler() == whole
    assert compiler.count == 2
    assert kept.read_bytes() == content


def test_a_file_of_another_key_is_not_used(compiler: Compiler) -> None:
    compiler("one")
    (one,) = compiler.folder.iterdir()
    compiler("two")
    (two,) = set(compiler.folder.iterdir()) - {one}
    two.write_bytes(one.read_bytes())
    compiler("two")
    assert compiler.count == 3


def test_the_last_used_are_kept(compiler: Compiler) -> None:
    for number in range(KEPT + 4):
        compiler(str(number))
    assert len(list(compiler.folder.iterdir())) == KEPT
