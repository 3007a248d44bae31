"""The model files and word lists: where they are, whether they are whole, and each read once."""

from __future__ import annotations

import hashlib
import json
from functools import cache, lru_cache, partial
from operator import methodcaller
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from analysis.language import features
from analysis.language.lexicon import lemma
from analysis.language.network import Network, Vectors
from analysis.language.rescoring import Clues

if TYPE_CHECKING:
    from collections.abc import Callable

#: The folder of the model files, and the file in it that holds their checksums.
MODELS = SHIPPED = Path(__file__).resolve().parent / "models"
CHECKSUMS = "SHA256.json"
_PACKAGE = Path(__file__).resolve().parent.parent


class ModelError(RuntimeError):
    """A model file or word list that is missing or not the one that was shipped."""


def data_file(name: str) -> Path:
    """Find a file of ``data/``: in the package when installed, beside it in a checkout."""
    for folder in (_PACKAGE / "data", _PACKAGE.parent / "data"):
        if (folder / name).is_file():
            return folder / name
    raise ModelError(f"data/{name} is missing from {_PACKAGE}; install dateline again")


def read_list(name: str) -> list[str]:
    """Read the lines of a word list of ``data/``, without blank lines and comments."""
    lines = data_file(name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.strip() and not line.startswith("#")]


def checksums() -> dict[str, str]:
    """Read the SHA-256 that each model file must have."""
    path = MODELS / CHECKSUMS
    return json.loads(path.read_bytes()) if path.exists() else {}


def model_bytes(name: str) -> bytes:
    """Read a model file and check it against its checksum."""
    path = MODELS / name
    try:
        data = path.read_bytes()
        expected = checksums()[name]
    except (OSError, KeyError) as error:
        raise ModelError(f"{path} cannot be read ({error}); install dateline again") from None
    if (got := hashlib.sha256(data).hexdigest()) != expected:
        raise ModelError(f"{path} has the SHA-256 {got}, expected {expected}; install dateline again")
    return data


@cache
def lexicon() -> features.Lexicon:
    """Load what is known of English forms at its first use."""
    return features.Lexicon(load_pairs("classes"), load_pairs("usage"), Vectors.from_bytes(model_bytes("vectors.npz")))


@cache
def reader(kind: str) -> features.Reader:
    """Load the networks of a kind, ``breaks`` or ``tokens``, as many as there are, and what reads words for them."""
    parts, names = _KINDS[kind]
    known = checksums()
    networks = {name: Network.from_bytes(model_bytes(f"{name}.npz")) for name in names if f"{name}.npz" in known}
    return features.Reader(parts, lexicon(), networks)


_KINDS = {
    "breaks": (features.BREAK_PARTS, ("breaks",)),
    "tokens": (features.TOKEN_PARTS, ("tags", "names")),
}


@cache
def load_json(name: str) -> Any:
    """Load a JSON file of the models at its first use, and keep it."""
    return json.loads(model_bytes(f"{name}.json"))


@cache
def load_pairs(name: str) -> dict[str, str]:
    """Load a file of tab-separated lines at its first use: all but the last cell to the last cell."""
    text = model_bytes(f"{name}.tsv").decode()
    return dict(map(methodcaller("rsplit", "\t", 1), text.removesuffix("\n").split("\n")))


@cache
def lemmatiser() -> Callable[[str, str, str], str]:
    """Load what gives the lemma of a form, its Penn tag and its universal tag, and remembers it from text to text."""
    return lru_cache(maxsize=_REMEMBERED)(partial(lemma, lemmas=load_pairs("lemmas"), classes=load_pairs("classes")))


_REMEMBERED = 1 << 15


@cache
def tags_agree() -> np.ndarray:
    """Say whether a Penn tag (row) and a universal tag (column) go together, in the order of the labels of ``tags``."""
    heads, known = reader("tokens").networks["tags"].heads, load_pairs("pairs")
    upos = heads["upos"].labels
    return np.array([[two in known.get(one, "").split("|") for two in upos] for one in heads["xpos"].labels])


@cache
def clues() -> Clues:
    """Load what tells tags apart that the network of tags is in doubt of, at its first use."""
    return Clues.from_bytes(model_bytes("clues.npz"))


@cache
def stop_words() -> frozenset[str]:
    """Read the stop words at their first use."""
    return frozenset(read_list("stopwords.txt"))


# Training


def use(folder: Path) -> None:
    """Load models from another folder from now on, and forget those that have been loaded."""
    global MODELS  # noqa: PLW0603 - training and scoring run alone in their process
    MODELS = folder
    for load in (load_json, load_pairs, lemmatiser, tags_agree, clues, lexicon, reader):
        load.cache_clear()


def write_model(name: str, data: bytes) -> str:
    """Write a model file, note its checksum, and give it; who reads meanwhile has the files whole, old or new."""
    known = checksums() | {name: hashlib.sha256(data).hexdigest()}
    _write_whole(MODELS / name, data)
    _write_whole(MODELS / CHECKSUMS, (json.dumps(known, indent=2, sort_keys=True) + "\n").encode())
    use(MODELS)
    return known[name]


def _write_whole(path: Path, data: bytes) -> None:
    aside = path.with_name(f"{path.name}.new")
    aside.write_bytes(data)
    aside.replace(path)
