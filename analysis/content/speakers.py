"""Speakers: with whom *he*, *it*, *the agency* or a surname goes on, where coreference leaves that open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content.pronouns import GENDERS
from analysis.content.sources import kind_of_noun
from analysis.language.persons import forename_gender

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from analysis.content.sources import Named, Source

__all__ = ["Speakers"]

#: *He* goes on with one of so many speakers before, *the agency* with one of so many, and *the ministry* with one of so
#: many if its source has that word.
_NEAR, _NEXT, _FAR = 2, 3, 6
_PERSON, _OFFICIAL, _ORGANIZATION = "person", "official", "organization"
_ONE_PERSON = frozenset([_PERSON, _OFFICIAL])
_PRONOUNS = {"he": _ONE_PERSON, "she": _ONE_PERSON, "it": frozenset([_ORGANIZATION])}
_OTHERS = {"he": "she", "she": "he"}
#: Nouns that go on with a firm, and with another organization, and words by which those are told.
_FIRMS = frozenset("airline automaker bank carmaker company firm".split())
_AGENCIES = frozenset("agency organisation organization".split())
_PUBLIC = frozenset(
    "administration agency army association authority bureau center centers centre commission commissioner council"
    " court department fund government institute ministry nations office organisation organization police programme"
    " program service union university".split()
)


class Speakers:
    """Names the speakers of one article, in the order in which they speak.

    Parameters
    ----------
    named
        The named mentions of the article.
    """

    def __init__(self, named: Sequence[Named]) -> None:
        self._organizations = {each.name for each in named if each.label == _ORGANIZATION}
        self._spoken: list[tuple[list[str], Source]] = []
        self._public: set[str] = set()

    def add(
        self, words: str, who: Source, *, unnamed: str, before: Iterable[str] = (), others: Sequence[str] = ()
    ) -> Source:
        """Return who speaks.

        Parameters
        ----------
        words
            The words of the source.
        who
            Whom they stand for by themselves.
        unnamed
            The words that stand for a name where nothing tells it.
        before
            The organizations that their sentence names before them.
        others
            Persons for whom they may stand rather; then they stand for the one of these who spoke last, or for no one.

        Examples
        --------
        >>> from analysis.content.sources import Source
        >>> speakers = Speakers([])
        >>> _ = speakers.add("The governor of Warab, Anthony Bol", Source("Anthony Bol", "person"), unnamed="")
        >>> speakers.add("The governor", Source("", "official"), unnamed="The governor").name
        'Anthony Bol'
        """
        own = words.lower().split()
        found: Source | None = who
        if others:
            found = next((last for _, last in self._spoken[-1:] if {last.name} == set(others)), None)
        elif not who.name:
            found = self._find(own, [name for name in before if name in self._organizations])
        found = found or who._replace(name=unnamed)
        self._spoken.append((own, found))
        if not _PUBLIC.isdisjoint(own):
            self._public.add(found.name)  # *the union Usdaw*
        return found

    def _find(self, words: Sequence[str], before: Sequence[str]) -> Source | None:
        """Return the speaker before with whom a source without a name goes on, or None."""
        spoken = [(said, who) for said, who in self._spoken[::-1] if who.name]
        if not words or not spoken:
            return None
        near = [who for _, who in spoken]
        kinds = _PRONOUNS.get(words[0])
        if len(words) == 1:
            surnames = (who for who in near if who.kind == _PERSON and who.name.lower().split()[-1:] == words)
            going_on = (
                who
                for who in near[:_NEAR]
                if kinds and who.kind in kinds and self._is_known(who) and not self._is_of_other(who, words[0])
            )
            return next(surnames, None) or next(going_on, None)
        article, noun, *rest = words
        if article != "the" or rest:
            return None
        same = next((who for said, who in spoken[:_FAR] if _heads(noun, said) and len(said) > len(words)), None)
        firms = [who for who in near[:_NEXT] if who.kind == _ORGANIZATION and self._is_known(who)]
        if same or noun not in _FIRMS | _AGENCIES:
            return same
        firms = [firms[0]._replace(name=name) for name in before[::-1] if firms] or firms
        return next((who for who in firms if self._is_public(who.name) == (noun in _AGENCIES)), None)

    def _is_public(self, name: str) -> bool:
        """Return whether the name of an organization, or what it was called, says that it is no firm."""
        return name in self._public or not _PUBLIC.isdisjoint(name.lower().split())

    def _is_of_other(self, who: Source, pronoun: str) -> bool:
        """Return whether a speaker has a forename of the other gender than *he* or *she*, or was the other before."""
        other = _OTHERS.get(pronoun, "")
        gender = forename_gender(tuple(who.name.lower().split())) if who.kind == _PERSON else 0
        was_other = any(last.name == who.name and said == [other] for said, last in self._spoken)
        return bool(other) and (was_other or gender == GENDERS[other])

    def _is_known(self, who: Source) -> bool:
        """Return whether a speaker is a person, or an organization with a name."""
        return who.kind != _ORGANIZATION or who.name in self._organizations


def _heads(noun: str, words: Sequence[str]) -> bool:
    """Return whether a noun is among words, and not before one for a person (*a government official*)."""
    following = words[words.index(noun) + 1 :][:1] if noun in words else []
    return noun in words and not any(kind_of_noun(each, "NN", "NOUN") == _OFFICIAL for each in following)
