"""Writing of model files and their checksums."""

from __future__ import annotations

import hashlib
import json
import sys
from typing import TYPE_CHECKING

from analysis.resources import CHECKSUMS

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["write_model"]


def write_model(folder: Path, name: str, content: bytes) -> None:
    """Write a model file and its SHA-256 into a folder, and print its size.

    Whoever reads the folder meanwhile finds each file complete, old or new.
    """
    path = folder / CHECKSUMS
    checksums = json.loads(path.read_bytes()) if path.exists() else {}
    checksums[name] = hashlib.sha256(content).hexdigest()
    _replace(folder / name, content)
    _replace(path, (json.dumps(checksums, indent=2, sort_keys=True) + "\n").encode())
    sys.stdout.write(f"{name}: {len(content) / 1e6:.2f} MB, sha256 {checksums[name]}\n")
    sys.stdout.flush()


def _replace(path: Path, content: bytes) -> None:
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_bytes(content)
    temporary.replace(path)
