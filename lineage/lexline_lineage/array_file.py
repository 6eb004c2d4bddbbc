"""A file of raw arrays that is mapped into memory, not read: opening it costs the same at any size, and processes that
have it open share one copy.

``MAGIC``, the SHA-256 of the header and of all that follows it, the header's length, the header (JSON: format, key,
size, what the writer says, and each array's type, place and length), then the arrays, each at a multiple of 64 bytes.
Guaranteed: a reader sees a whole file or none; a file that is cut short, of another format or of another key is
refused. Flipped bytes of an array are found only by who asks for it, because that means reading all of them.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
import struct
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from lexline_lineage.writing import replacing

__all__ = ["FORMAT", "ArrayFile", "DamagedError", "read_arrays", "write_arrays"]

FORMAT = 2
"""The version of this layout and of what ``snapshot`` puts into it; an older or newer one is not read."""
MAGIC = b"LEXLINE\n"
_START = struct.Struct("<8s32s32sQ")
_ALIGNED = 64
_LARGEST_HEADER = 1 << 28


class DamagedError(Exception):
    """The file is not what was asked for; the message says why, in lower case without a full stop."""


@dataclass(frozen=True, slots=True)
class ArrayFile:
    """What a file holds: ``said`` is the writer's own data, each array is mapped from the file. Writing into an array
    never reaches the file."""

    said: Mapping[str, Any]
    arrays: Mapping[str, NDArray[Any]]


def write_arrays(path: Path, key: str, said: Mapping[str, Any], arrays: Mapping[str, NDArray[Any]]) -> None:
    """Write a file, all or nothing. Raises ``OSError``."""
    places: dict[str, tuple[str, int, int]] = {}
    offset = 0
    for name, array in arrays.items():
        places[name] = (array.dtype.str, offset, len(array))
        offset += _padded(array.nbytes)
    header = {"format": FORMAT, "order": sys.byteorder, "key": key, "said": said, "arrays": places, "size": offset}
    text = json.dumps(header, ensure_ascii=True, separators=(",", ":")).encode("ascii")
    digest = hashlib.sha256()
    with replacing(path) as part, part.open("wb") as stream:
        stream.write(bytes(_START.size))
        _write(stream, digest, text, _padded(_START.size + len(text)) - _START.size)
        for array in arrays.values():
            _write(stream, digest, np.ascontiguousarray(array).view(np.uint8).data, _padded(array.nbytes))
        stream.seek(0)
        stream.write(_START.pack(MAGIC, hashlib.sha256(text).digest(), digest.digest(), len(text)))
        stream.flush()
        os.fsync(stream.fileno())


def read_arrays(path: Path, key: str, *, verify: bool = False) -> ArrayFile:
    """Open a file; ``verify`` reads all of it and compares its digest. Raises ``DamagedError``, and ``OSError`` where
    there is none."""
    with path.open("rb") as stream:
        status = os.fstat(stream.fileno())
        if hasattr(os, "geteuid") and status.st_uid != os.geteuid():
            raise DamagedError("it belongs to another user")
        if status.st_size < _START.size:
            raise DamagedError("it is cut short")
        mapped = mmap.mmap(stream.fileno(), 0, access=mmap.ACCESS_COPY)
    magic, of_header, of_all, length = _START.unpack_from(mapped)
    if magic != MAGIC:
        raise DamagedError("it is no snapshot")
    if length > min(_LARGEST_HEADER, status.st_size - _START.size):
        raise DamagedError("it is cut short")
    text = mapped[_START.size : _START.size + length]
    if hashlib.sha256(text).digest() != of_header:
        raise DamagedError("its header is damaged")
    header = json.loads(text)
    if header["format"] != FORMAT or header["order"] != sys.byteorder:
        raise DamagedError("it was written by another version, or on another machine")
    if header["key"] != key:
        raise DamagedError("it is of other facts")
    begin = _padded(_START.size + length)
    if status.st_size != begin + header["size"]:
        raise DamagedError("it is cut short")
    if verify and hashlib.sha256(memoryview(mapped)[_START.size :]).digest() != of_all:
        raise DamagedError("its content is damaged")
    arrays = {name: _array(mapped, begin, *place) for name, place in header["arrays"].items()}
    return ArrayFile(header["said"], arrays)


def _array(mapped: mmap.mmap, begin: int, dtype: str, offset: int, count: int) -> NDArray[Any]:
    return np.frombuffer(mapped, dtype, count, begin + offset) if count else np.zeros(0, dtype)


def _padded(size: int) -> int:
    return -(-size // _ALIGNED) * _ALIGNED


def _write(stream: BinaryIO, digest: Any, content: bytes | memoryview, size: int) -> None:
    for part in (content, bytes(size - len(content))):
        stream.write(part)
        digest.update(part)
