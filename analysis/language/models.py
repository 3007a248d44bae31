"""The models of a folder: each file checked against its SHA-256 and loaded once, at first use."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache, partial
from operator import methodcaller
from typing import TYPE_CHECKING

import numpy as np

from analysis.language import features
from analysis.language.lemmas import lemma
from analysis.language.network import Network, WordVectors
from analysis.language.referring import THING_IDS
from analysis.language.rescoring import Rescorer
from analysis.language.scorer import scorers_from_bytes
from analysis.language.syntax import Parser
from analysis.language.tagger import Tagger
from analysis.language.tokenise import TokenLists
from analysis.resources import MODELS, Folder, once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from analysis.language.features import FeatureTemplate
    from analysis.language.scorer import Scorer

__all__ = ["Models", "default_models"]

#: Lemmas that are cached from text to text.
_CACHE_SIZE = 1 << 15


@dataclass(frozen=True)
class Models:
    """The models that annotation uses.

    Each part is loaded when it is first used and kept; threads may share it. A missing or altered file raises
    :class:`analysis.resources.ResourceError` when the part that it holds is first used.

    Attributes
    ----------
    folder
        The folder of the model files.
    """

    folder: Folder

    @classmethod
    def in_folder(cls, path: Path) -> Models:
        """Return the models of a folder."""
        return cls(Folder(path))

    @once
    def token_lists(self) -> TokenLists:
        """The lists of the tokeniser."""
        return TokenLists(**json.loads(self.folder.read_bytes("tokens.json")))

    @once
    def classes(self) -> dict[str, str]:
        """The possible Penn tags of forms in lower case, separated by bars."""
        return self._mapping("classes.tsv")

    @once
    def lexicon(self) -> features.Lexicon:
        """What features look up: classes, usage and word vectors."""
        vectors = WordVectors.from_bytes(self.folder.read_bytes("vectors.npz"))
        return features.Lexicon(self.classes, self._mapping("usage.tsv"), vectors)

    @once
    def gazetteer(self) -> dict[str, str]:
        """Known names by their first word, as :func:`analysis.language.gazetteer.tag` takes them."""
        return self._mapping("gazetteer.tsv")

    @once
    def lemmatise(self) -> Callable[[str, str, str], str]:
        """The function from a form, its Penn tag and its universal tag to its lemma, with a cache."""
        lemmas = self._mapping("lemmas.tsv")
        return lru_cache(maxsize=_CACHE_SIZE)(partial(lemma, lemmas=lemmas, classes=self.classes))

    @once
    def tag_pairs(self) -> NDArray[np.bool_]:
        """Whether a Penn tag (row) and a universal tag (column) occur together, in the order of the tagger's labels."""
        pairs = self._mapping("pairs.tsv")
        xpos, upos = self.tags.labels("xpos"), self.tags.labels("upos")
        return np.array([[two in pairs.get(one, "").split("|") for two in upos] for one in xpos])

    @once
    def rescorer(self) -> Rescorer:
        """The log-linear model that re-scores uncertain tags."""
        return Rescorer.from_bytes(self.folder.read_bytes("clues.npz"))

    @once
    def breaks(self) -> Tagger:
        """The tagger of sentence breaks."""
        return self._tagger("breaks.npz", features.BREAK_TEMPLATES)

    @once
    def tags(self) -> Tagger:
        """The tagger of Penn tags and universal tags."""
        return self._tagger("tags.npz", features.TOKEN_TEMPLATES)

    @once
    def names(self) -> Tagger:
        """The tagger of names."""
        return self._tagger("names.npz", features.TOKEN_TEMPLATES)

    @once
    def antecedents(self) -> dict[str, Scorer]:
        """The networks that score what ``pronouns`` and ``descriptions`` may refer to."""
        return scorers_from_bytes(self.folder.read_bytes("antecedents.npz"))

    @once
    def noun_things(self) -> dict[str, int]:
        """What kind of thing nouns stand for, a number of ``THING_IDS``, by lemma."""
        return {noun: THING_IDS[thing] for noun, thing in self._mapping("nouns.tsv").items()}

    @once
    def parser(self) -> Parser:
        """The parser."""
        return Parser(self._tagger("syntax.npz", features.TOKEN_TEMPLATES))

    def _tagger(self, name: str, templates: Sequence[FeatureTemplate]) -> Tagger:
        return Tagger(Network.from_bytes(self.folder.read_bytes(name)), templates, self.lexicon)

    def _mapping(self, name: str) -> dict[str, str]:
        """Read a file of lines of cells separated by tabs, as a mapping from all but the last cell to the last.

        Equal values are one object: there are few, of a hundred thousand lines.
        """
        lines = self.folder.read_bytes(name).decode().removesuffix("\n").split("\n")
        values: dict[str, str] = {}
        return {key: values.setdefault(value, value) for key, value in map(methodcaller("rsplit", "\t", 1), lines)}


_DEFAULT = Models.in_folder(MODELS)


def default_models() -> Models:
    """Return the models that are shipped with the package: the same object each time."""
    return _DEFAULT
