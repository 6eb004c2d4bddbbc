"""Which files make a project: what ``lexline.yaml`` names, before any of it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from lexline.diagnostics import LexlineError
from lexline.settings import Settings

__all__ = ["Files", "policy_paths"]

ENDINGS = (".policy", ".policy.md")


@dataclass(frozen=True, slots=True)
class Files:
    """Which files make a project; every path is resolved. ``vocabulary`` None is the built-in one; ``at`` is the
    revision of the store, or the day of one, whose facts count (the newest where None), ``ledger`` the number of the
    last entry of its ledger that counts; ``snapshot``: its graph may be kept."""

    vocabulary: Path | None = None
    extend: tuple[Path, ...] = ()
    packs: tuple[str | Path, ...] = ()
    policies: tuple[Path, ...] = ()
    portfolio: tuple[Path, ...] = ()
    facts: Path | None = None
    store: str | None = None
    at: str | None = None
    ledger: int | None = None
    identity: Path | None = None
    waivers: Path | None = None
    parameters: Mapping[str, object] | None = None
    blocked_plugins: tuple[str, ...] = ()
    snapshot: bool = True
    settings: Settings | None = None
    """where they are named, for messages"""

    @classmethod
    def of(cls, settings: Settings) -> Files:
        """The files that ``lexline.yaml`` names."""
        named = settings.file
        return cls(
            vocabulary=settings.path(named.vocabulary) if named.vocabulary else None,
            extend=tuple(settings.path(p) for p in named.extend),
            packs=tuple(settings.path(p) if "/" in p else p for p in named.packs),
            policies=_named(settings, "policies", named.policies),
            portfolio=_named(settings, "portfolio", named.portfolio),
            facts=settings.path(named.facts) if named.facts else None,
            store=settings.store(),
            identity=settings.path(named.identity) if named.identity else None,
            waivers=settings.path(named.waivers) if named.waivers else None,
            parameters=named.parameters,
            blocked_plugins=tuple(named.blocked_plugins),
            settings=settings,
            snapshot=named.snapshot,
        )

    def require(self, section: str, paths: Iterable[Path]) -> None:
        """Raises ``LexlineError`` for all ``paths`` that a setting names and that are not there. Of other paths their
        reader says so."""
        absent = self.settings.absent(section) if self.settings is not None else {}
        if found := [absent[path] for path in paths if path in absent]:
            raise LexlineError(tuple(found))


def _named(settings: Settings, section: str, texts: Iterable[str]) -> tuple[Path, ...]:
    """The files of some paths and patterns; a pattern that no file matches stays as it is, and is not there."""
    parts = [settings.matches(text, section, at) or (settings.path(text),) for at, text in enumerate(texts)]
    return tuple(path for part in parts for path in part)


def policy_paths(paths: Iterable[Path]) -> Iterator[Path]:
    """The policy files that paths name; of a folder, all that lie in it at any depth, sorted."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.name.endswith(ENDINGS) and p.is_file())
        else:
            yield path
