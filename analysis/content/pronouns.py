"""Whom *he* or *she* may stand for as a source, where coreference has one of several persons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content import sources
from analysis.language.persons import forename_gender
from analysis.language.referring import FEMALE, MALE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.content.attribution import Span, Words
    from analysis.content.trees import Trees

__all__ = ["GENDERS", "Pronouns"]

_SUBJECTS = frozenset(["nsubj", "nsubj:pass"])
_PERSON, _PRONOUN = "person", "PRON"
#: The gender of whom a pronoun stands for.
GENDERS = {"he": MALE, "she": FEMALE}


class Pronouns:
    """Tells which pronouns of one article leave open whom they stand for.

    Parameters
    ----------
    words
        The words of the article.
    trees
        Their trees.
    named
        The named mentions of the article.
    sentences
        For each word the span of its sentence.
    """

    def __init__(self, words: Words, trees: Trees, named: Sequence[sources.Named], sentences: Sequence[Span]) -> None:
        self._lemmas, self._upos, self._trees = words.columns["lemma"], words.columns["upos"], trees
        self._named, self._sentences = named, sentences

    def others(self, word: int, name: str) -> list[str]:
        """Return the persons but one for whom *he* or *she* may stand: the subjects of the sentence before.

        There are none where the pronoun is no subject of persons, or that one is a subject there or named since; a
        pronoun does not name: in *“I am uneasy,” he said*, *I* is whoever *he* is.
        """
        gender = GENDERS.get(self._lemmas[word], 0)
        low, _ = self._sentences[word]
        if not gender or not low:
            return []
        before = list(sources.names_in(self._named, *self._sentences[low - 1]))
        subjects = [each for each in before if self._is_subject(each)][::-1]
        while subjects and not subjects[-1].label and len(subjects) > 1:  # *Ann Lee said that | she*
            subjects.pop()
        since = (each for each in sources.names_in(self._named, low, word) if self._upos[each.start] != _PRONOUN)
        if any(each.name == name for each in (*subjects, *since)):
            return []
        persons = (each.name for each in subjects if each.label == _PERSON)
        return [each for each in persons if forename_gender(tuple(each.lower().split())) in (0, gender)]

    def _is_subject(self, name: sources.Named) -> bool:
        """Return whether a name, or the title that it belongs to, is the subject of a verb."""
        words = (self._trees.head(at) if self._trees.relation(at) == "flat" else at for at in range(*name[:2]))
        return any(self._trees.relation(at) in _SUBJECTS for at in words)
