"""Packs: policies with the register of provisions that they cite, ready to be used.

In: the names or folders that a project gives, and the folders that plug-ins bring. Out: ``Pack``s. Guaranteed: every
provision that a pack's rule cites is in its register; a rule that rests on a provision whose text nobody has verified
warns at most, and every report marks it.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lexline.data_problems import as_diagnostics, as_error
from lexline.diagnostics import Diagnostic, Label, LexlineError
from lexline.lang.suggest import nearest
from lexline.lang.typed import Program, Rule
from lexline.registers import NotEncodable, Register, RegisterEntry
from lexline.report import Provision
from lexline.settings import Settings
from lexline_lineage.documents import Document
from lexline_lineage.problems import LineageError, Problem
from lexline_lineage.reading import read_document

__all__ = ["Pack", "check_packs", "find_packs", "register_of"]

PACK = "pack.yaml"
REGISTER = "register.yaml"
VOCABULARY = "vocabulary.yaml"
ENDINGS = (".policy", ".policy.md")

Content = TypeVar("Content", bound=BaseModel)


class PackFile(BaseModel):
    """The content of ``pack.yaml``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    title: str
    version: str
    authority: str
    jurisdiction: str
    status: Literal["draft", "reviewed", "withdrawn"]
    reviewed_on: date
    review_due: date
    provisions: tuple[RegisterEntry, ...] = ()
    registers: tuple[str, ...] = ()
    not_encodable: dict[str, NotEncodable] = Field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack that was read: ``policies`` are its files, ``vocabulary`` what it adds to the vocabulary, ``covers`` its
    own provisions, and ``cites`` those of the other registers that its rules may cite."""

    folder: Path
    content: PackFile
    policies: tuple[Path, ...]
    vocabulary: Path | None
    covers: tuple[RegisterEntry, ...]
    cites: tuple[RegisterEntry, ...] = ()

    @property
    def id(self) -> str:
        """Its id: what a project names, and what its policies are called."""
        return self.content.id

    def name_of(self, path: Path) -> str:
        """What a file of the pack is called in messages, on whichever machine."""
        return f"{self.id}/{path.relative_to(self.folder).as_posix()}"

    @property
    def provisions(self) -> Mapping[str, Provision]:
        """All that its rules may cite, by id."""
        return {
            entry.id: Provision(entry.id, entry.instrument, entry.provision, entry.title, entry.confidence == "high")
            for entry in (*self.cites, *self.covers)
        }


def find_packs(
    wanted: Sequence[str | Path], offered: Iterable[Path], settings: Settings | None = None
) -> tuple[Pack, ...]:
    """The packs that a project names, by their id (of those that plug-ins offer) or by their folder. Raises
    ``LexlineError``, with the place in the ``settings``."""
    folders = {folder.name: folder for folder in offered}
    packs: list[Pack] = []
    for index, name in enumerate(wanted):
        with settings.blamed("packs", index) if settings is not None else nullcontext():
            packs.append(_read(_folder(name, folders), folders))
    twice = {pack.id for pack in packs if sum(other.id == pack.id for other in packs) > 1}
    if twice:
        raise LexlineError((Diagnostic("LX320", f"the pack `{min(twice)}` is named twice", (), "name it once"),))
    return tuple(packs)


def _folder(name: str | Path, folders: Mapping[str, Path]) -> Path:
    if isinstance(name, Path):
        if os.path.isfile(name / PACK):  # noqa: PTH113  # no path is too long for it
            return name
        message, advice = f"there is no pack in `{name}`", f"a pack is a folder with a {PACK}; see docs/packs.md"
    elif name in folders:
        return folders[name]
    else:
        near = nearest(name, folders)
        known = ", ".join(f"`{other}`" for other in sorted(folders))
        message = f"there is no pack `{name}`"
        advice = f"did you mean `{near}`?" if near else f"there are {known}; write `./{name}` for a folder of yours"
    raise LexlineError((Diagnostic("LX314", message, (), advice),))


def _read(folder: Path, folders: Mapping[str, Path]) -> Pack:
    document, content = _file(folder / PACK, PackFile)
    covers = (*content.provisions, *_register(folder))
    cites: list[RegisterEntry] = []
    for index, name in enumerate(content.registers):
        if name not in folders:
            message, help_ = f"there is no pack `{name}` whose register could be cited", nearest(name, folders)
            advice = f"did you mean `{help_}`?" if help_ else "name a pack that `lexline plugins` lists"
            raise as_error(LineageError([document.problem("LX320", message, "registers", index, help=advice)]))
        cites += _register(folders[name])
    strange = [id_ for id_ in content.not_encodable if id_ not in {entry.id for entry in covers}]
    if strange:
        message = f"`not_encodable` names `{strange[0]}`, which the register of the pack doesn't have"
        raise as_error(LineageError([document.problem("LX320", message, "not_encodable", strange[0])]))
    policies = tuple(sorted(p for p in folder.rglob("*") if p.name.endswith(ENDINGS) and p.is_file()))
    vocabulary = folder / VOCABULARY
    return Pack(folder, content, policies, vocabulary if vocabulary.is_file() else None, covers, tuple(cites))


def _register(folder: Path) -> tuple[RegisterEntry, ...]:
    """The entries of the register file of a pack; none where it has no such file."""
    path = folder / REGISTER
    return _file(path, Register)[1].entries if path.is_file() else ()


def _file(path: Path, form: type[Content]) -> tuple[Document, Content]:
    """A file of a pack and what it says. Raises ``LexlineError``."""
    try:
        document = read_document(path)
        return document, form.model_validate(document.data)
    except LineageError as error:
        raise as_error(error) from None
    except ValidationError as error:
        raise LexlineError(as_diagnostics(_mistakes(document, error))) from None


def _mistakes(document: Document, error: ValidationError) -> Iterator[Problem]:
    for item in error.errors():
        name = ".".join(str(part) for part in item["loc"]) or Path(document.file).name
        said = (
            "is missing" if item["type"] == "missing" else f"can't be used: {item['msg'][:1].lower()}{item['msg'][1:]}"
        )
        if item["type"] == "extra_forbidden":
            said = "is nothing that a pack has"
        yield document.problem("LX320", f"`{name}` {said}", *item["loc"], help="see docs/packs.md")


def register_of(packs: Iterable[Pack]) -> dict[str, Provision]:
    """The provisions of all packs, by id."""
    return {id_: provision for pack in packs for id_, provision in pack.provisions.items()}


def check_packs(packs: Sequence[Pack], program: Program) -> None:
    """Raise ``LexlineError`` for a rule of a pack that cites what its register doesn't have, or that blocks on what
    nobody has verified."""
    found: list[Diagnostic] = []
    for pack in packs:
        for key, rule in program.rules.items():
            found += _mistakes_of_rule(pack, key[1], rule) if key[0] == pack.id else ()
    if found:
        raise LexlineError(tuple(found))


def _mistakes_of_rule(pack: Pack, name: str, rule: Rule) -> Iterator[Diagnostic]:
    register = pack.provisions
    for citation in rule.citations:
        provision = register.get(citation.provision)
        if provision is None:
            near = nearest(citation.provision, register)
            message = f"the register of the pack `{pack.id}` has no provision `{citation.provision}`"
            advice = f"did you mean `{near}`?" if near else f"add it to `{PACK}` or `{REGISTER}`"
            yield Diagnostic("LX321", message, (Label(citation.span),), advice)
        elif not provision.verified and "block" in (rule.enforcement, rule.if_unknown):
            message = f"`{name}` blocks, but nobody has verified the text of `{provision.id}`"
            advice = "write `enforcement warn` and `if unknown warn`, or verify the text and say so in the register"
            yield Diagnostic("LX322", message, (Label(citation.span),), advice)
