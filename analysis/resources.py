"""Where data, models, notebooks and the lock lie, each file checked against its SHA-256 and loaded once per process."""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import json
import sys
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from threading import RLock
from types import ModuleType
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = [
    "CHECKSUMS",
    "MODELS",
    "PACKAGE",
    "PROJECT",
    "Folder",
    "ResourceError",
    "data",
    "once",
    "only_modules_of",
    "shipped",
]

#: The folder of the package, and the one that holds it: in a checkout, the project's.
PACKAGE = Path(__file__).resolve().parent
PROJECT = PACKAGE.parent
#: The folder of the model files.
MODELS = PACKAGE / "language" / "models"
#: The file of a folder that holds the SHA-256 of the others.
CHECKSUMS = "SHA256.json"

_Value = TypeVar("_Value")


class ResourceError(RuntimeError):
    """A shipped file that is missing, or not the one that was shipped; its message is one line."""


def shipped(name: str) -> Path:
    """Return where a shipped file or folder lies: inside an installed package, else beside it in a checkout.

    Raises
    ------
    ResourceError
        If it is in neither place.
    """
    for path in (PACKAGE / name, PROJECT / name):
        if path.exists():
            return path
    raise ResourceError(f"{name} is missing from {PACKAGE}; install dateline again")


_LOADING = RLock()


@contextlib.contextmanager
def only_modules_of(package: str, *within: str) -> Iterator[None]:
    """Import modules of a package, and of packages within it, without all that these load by themselves.

    What was imported is kept only by who imported it: afterwards the package is imported as if nothing had been.

    Examples
    --------
    >>> with only_modules_of("wsgiref"):
    ...     from wsgiref.util import guess_scheme
    >>> guess_scheme({}), "wsgiref.util" in sys.modules
    ('http', False)
    """
    with _LOADING:
        if package in sys.modules:
            yield
            return
        try:
            for name in (package, *within):
                # Those within are found by the path of the one above, which is then in place.
                spec = importlib.util.find_spec(name)
                sys.modules[name] = module = ModuleType(name)
                module.__path__ = list(spec.submodule_search_locations or ()) if spec else []
            yield
        finally:
            for name in [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]:
                del sys.modules[name]


class once(cached_property[_Value]):  # noqa: N801 - used as a decorator, as its base is
    """A property that is computed at its first use and kept, once even if several threads ask for it together."""

    def __init__(self, function: Callable[[Any], _Value]) -> None:
        super().__init__(function)
        self._lock = RLock()

    def __get__(self, instance: Any, owner: type | None = None) -> Any:
        """Return the value."""
        if instance is None:
            return self
        with self._lock:
            return super().__get__(instance, owner)


@dataclass(frozen=True)
class Folder:
    """A folder of shipped files whose SHA-256 stand in its ``SHA256.json``.

    Attributes
    ----------
    path
        The folder.
    """

    path: Path

    @once
    def checksums(self) -> dict[str, str]:
        """The SHA-256 that each file must have, by its name."""
        try:
            return dict(json.loads((self.path / CHECKSUMS).read_bytes()))
        except (OSError, ValueError) as error:
            raise ResourceError(f"{self.path / CHECKSUMS} cannot be read ({error}); install dateline again") from None

    def read_bytes(self, name: str) -> bytes:
        """Read a file and check it.

        Raises
        ------
        ResourceError
            If it is missing, or its SHA-256 is not the recorded one.
        """
        path = self.path / name
        if name not in self.checksums:
            raise ResourceError(f"{path} has no SHA-256 in {CHECKSUMS}; it has those of {', '.join(self.checksums)}")
        try:
            content = path.read_bytes()
        except OSError as error:
            raise ResourceError(f"{path} cannot be read ({error.strerror}); install dateline again") from None
        if (found := hashlib.sha256(content).hexdigest()) != self.checksums[name]:
            expected = self.checksums[name]
            raise ResourceError(f"{path} has the SHA-256 {found}, expected {expected}; install dateline again")
        return content

    def read_lines(self, name: str) -> list[str]:
        """Read the lines of a text file, without blank lines and comments (lines that begin with ``#``)."""
        lines = self.read_bytes(name).decode().splitlines()
        return [line for line in lines if line.strip() and not line.startswith("#")]

    def read_word_lists(self, name: str) -> dict[str, list[str]]:
        """Read a file whose lines are the name of a list, a tab, and its words separated by spaces.

        Examples
        --------
        >>> data().read_word_lists("months.txt")["September"]
        ['Sep', 'Sept']
        """
        cells = (line.partition("\t") for line in self.read_lines(name))
        return {list_: words.split() for list_, _, words in cells}

    def abbreviable_pattern(self, name: str) -> str:
        """Return a regular expression for the names of a file of names, a tab, and their abbreviations.

        An abbreviation may have a full stop.

        Examples
        --------
        >>> import re
        >>> re.findall(data().abbreviable_pattern("months.txt"), "Sept. or June")
        ['Sept.', 'June']
        """
        lists = self.read_word_lists(name)
        abbreviations = [abbreviation for own in lists.values() for abbreviation in own]
        return rf"(?:{'|'.join(lists)}|(?:{'|'.join(abbreviations)})\b\.?)"


@cache
def data() -> Folder:
    """Return the folder of word lists, lexicons and gazetteers."""
    return Folder(shipped("data"))
