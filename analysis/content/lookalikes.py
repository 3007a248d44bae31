"""Words that look as if they told what someone says, and do not: *recalled cars*, *a town called Dorna*."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content import sources, stance
from analysis.content.asides import SUBORDINATING
from analysis.content.complements import FINITE

if TYPE_CHECKING:
    from analysis.content.attribution import Span, Words
    from analysis.content.trees import Trees

__all__ = ["Lookalikes"]

#: Verbs whose participle gives a name to a noun before it.
_NAMING = frozenset("call dub identify know name term title".split())
#: Verbs of saying whose past tense may follow an adjective that stands for persons (*the injured said*).
_SAYING = frozenset(["say", "tell"])
#: Who would think so in a phrase such as *you would think*.
_ANYONE, _SUPPOSING = frozenset(["you", "one", "anyone"]), frozenset(["would", "might", "may", "could"])
_CONDITIONS = frozenset(["if", "unless"])
_PAST = frozenset(["VBD", "VBN"])
#: Penn tags of words after which a participle before a noun modifies that.
_BEFORE_ATTRIBUTE = frozenset(["DT", "IN", "JJ", "POS", "PRP$"])
_OBJECTS = frozenset(["obj", "iobj"])
#: Who does so with an offer or a threat makes none any more.
_GIVING_UP = frozenset("abandon cancel drop rescind retract reverse scrap shelve withdraw".split())
#: Who gives or wants no thing (*promised no money*) neither gives nor wants it; who orders things buys them.
_GIVING = frozenset("promise offer pledge propose demand request order threaten plan want".split())
_BUYING = frozenset(["order"])
#: Who charges someone with nothing names a price.
_ARTICLES = frozenset(["a", "an", "no", "some"])
_CHARGE, _CHARGED = "charge", frozenset(["with", "of"])
#: Who calls so says nothing yet.
_CALL, _BY_PHONE = "call", (["by", "phone"], ["by", "telephone"])
#: Who is reported to someone is accused, and nothing is told.
_REPORT, _SOMEONE = "report", frozenset(["PRON", "PROPN"])
#: What a disaster claims.
_CLAIM, _TOLL = "claim", frozenset(["life", "victim"])
_OF_CLAUSES = frozenset(["VERB", "AUX"])
#: Who describes a thing, or cites a document, says nothing yet.
_CITE, _REFERRING, _DOCUMENT = "cite", frozenset(["cite", "describe"]), "document"
_DEFINITE = frozenset(["the", "this", "these"])
_NOUNS = frozenset(["NOUN", "PROPN"])
_NUMBER, _RELATIVE, _RELATIVE_CLAUSE = "CD", "WDT", "acl:relcl"


class Lookalikes:
    """Tells cues from participles and relative clauses of one article.

    Parameters
    ----------
    words
        The words of the article.
    trees
        Their trees.
    """

    def __init__(self, words: Words, trees: Trees) -> None:
        self._lemmas, self._xpos, self._upos = (words.columns[name] for name in ("lemma", "xpos", "upos"))
        self._trees = trees

    def is_one(self, cue: Span, content: Span, source: Span | None, *, is_quoted: bool) -> bool:
        """Return whether what is found only looks like a claim.

        Parameters
        ----------
        cue, content, source
            The cue, the first piece of the content, and the source, as spans of words.
        is_quoted
            Whether words of the content stand in quotation marks.
        """
        if source and (content[0] <= source[0] < content[1] or self._is_clause(source[0])):
            return True
        verbs = [at for at in range(*cue) if self._upos[at] == "VERB"]
        if not verbs or any(map(self._is_given_up, range(*cue))):
            return any(self._is_given(at) or self._is_given_up(at) for at in range(*cue))
        if source and self._lemmas[source[0]] in _ANYONE and self._is_supposed(verbs[0]):
            return True
        if all(map(self._trees.is_attribute, verbs)) or (self._is_condition(verbs[0]) and not is_quoted):
            return True
        is_participle = all(self._is_attribute(at, source) for at in verbs)
        if not is_quoted and self._is_of_clause_above(verbs[0], content):
            return True
        is_other = self._is_name(verbs[0]) or self._is_relative(cue, content) or self._is_of_things(verbs[-1], content)
        is_other = is_other or self._is_addressee(cue, verbs[-1], content) or self._is_reported(verbs[-1], content)
        return not is_quoted and (is_participle or is_other)

    def _is_clause(self, word: int) -> bool:
        """Return whether a word is a finite verb, with which no noun phrase begins."""
        return self._upos[word] == "VERB" and self._xpos[word] in FINITE

    def _is_condition(self, verb: int) -> bool:
        """Return whether a verb tells of a condition (*if the court says that he lied*)."""
        return any(self._lemmas[at] in _CONDITIONS for at in self._trees.children(verb, {"mark"}))

    def _is_supposed(self, verb: int) -> bool:
        """Return whether a verb tells what anyone would do (*you would think*)."""
        return any(self._lemmas[at] in _SUPPOSING for at in self._trees.children(verb, {"aux"}))

    def _is_addressee(self, cue: Span, verb: int, content: Span) -> bool:
        """Return whether a content is only whom something is told (*the fire was reported to | the police*)."""
        is_passive = self._trees.child(verb, "aux:pass") >= 0 and self._xpos[verb] == "VBN"
        is_to = content[0] == cue[1] and self._lemmas[cue[1] - 1] == "to" and self._xpos[cue[1]] not in ("VB", "TO")
        return is_passive and is_to and not any(self._upos[at] in _OF_CLAUSES for at in range(*content))

    def _is_reported(self, verb: int, content: Span) -> bool:
        """Return whether someone is reported (*reported him to the police*), and not something."""
        is_someone = self._lemmas[verb] == _REPORT and self._upos[content[0]] in _SOMEONE and content[0] == verb + 1
        tags = self._xpos[slice(*content)]
        return is_someone and "to" in self._lemmas[slice(*content)] and FINITE.isdisjoint(tags)

    def _is_given(self, noun: int) -> bool:
        """Return whether a noun names what someone is given (*gives the bank the permission “to lend”*)."""
        if self._trees.relation(noun) != "obj" or self._lemmas[noun] in stance.cues_of():
            return False
        return any(at < noun for at in self._trees.children(self._trees.head(noun), _OBJECTS))

    def _is_given_up(self, noun: int) -> bool:
        """Return whether a noun names what someone takes back (*withdrew a proposal to sell the port*)."""
        if self._upos[noun] != "NOUN" or self._trees.relation(noun) not in ("obj", "nsubj:pass"):
            return False
        return self._lemmas[self._trees.head(noun)] in _GIVING_UP

    def _is_attribute(self, verb: int, source: Span | None) -> bool:
        """Return whether a verb stands as a participle before a noun (*149 confirmed orders*), whatever its tree."""
        is_before_noun = self._xpos[verb] in _PAST and self._upos[verb + 1 : verb + 2] == ["NOUN"]
        if not verb or not is_before_noun or self._lemmas[verb] in _SAYING:
            return False
        before = self._xpos[verb - 1]
        is_counted = before == _NUMBER and (self._upos[verb - 2] == "VERB" or (source or (0, 0))[1] == verb)
        return is_counted or (before in _BEFORE_ATTRIBUTE and self._trees.subject(verb) < 0)

    def _is_name(self, verb: int) -> bool:
        """Return whether a verb gives a name to the noun before it (*a town called Dorna*)."""
        is_name = self._lemmas[verb] in _NAMING and self._xpos[verb] in _PAST and self._trees.relation(verb) == "acl"
        is_followed = self._upos[verb + 1 : verb + 2] == ["ADP"]  # *called for*, *known as*
        return is_name and not is_followed and self._trees.agent(verb) < 0

    def _is_of_clause_above(self, verb: int, content: Span) -> bool:
        """Return whether a content is of the clause that a verb depends on (*after it was told, | it dipped*)."""
        relation = self._trees.relation(verb)
        is_clause = relation == "advcl" and self._lemmas[self._trees.clause(verb)[0]] in SUBORDINATING
        if content[0] < verb or self._xpos[verb] != "VBN" or not (is_clause or relation == "acl"):
            return False
        above = set(self._trees.above(verb))
        heads = {self._trees.head(at) for at in range(*content)}
        return bool(above & (heads | set(range(*content)))) and not any(
            verb in self._trees.above(at) for at in range(*content)
        )

    def _is_of_things(self, verb: int, content: Span) -> bool:
        """Return whether a verb tells that someone gives none of a thing, or buys things (*ordered 30 airliners*)."""
        words = range(*content)
        if content[0] > verb and self._lemmas[verb] == _CHARGE:  # *charges a fee*
            return self._lemmas[content[0]] in _ARTICLES and _CHARGED.isdisjoint(self._lemmas[slice(*content)])
        if self._lemmas[verb] == _CALL and any(
            self._lemmas[at : at + 2] in _BY_PHONE for at in range(content[0], content[1] + 1)
        ):
            return True
        if content[0] > verb and self._lemmas[verb] in _REFERRING:
            return self._is_bare_thing(verb, content)
        if (
            content[0] <= verb
            or any(self._upos[at] in _OF_CLAUSES for at in words)
            or "to" in self._lemmas[slice(*content)]
        ):
            return False
        head = next((at for at in words if self._trees.head(at) == verb), -1)
        is_counted = head >= 0 and (self._trees.child(head, "nummod") >= 0 or self._xpos[head] == _NUMBER)
        is_none = self._lemmas[verb] in _GIVING and self._lemmas[content[0]] == "no"
        is_toll = self._lemmas[verb] == _CLAIM and not _TOLL.isdisjoint(self._lemmas[slice(*content)])
        return is_none or is_toll or (self._lemmas[verb] in _BUYING and is_counted and self._trees.agent(verb) < 0)

    def _is_bare_thing(self, verb: int, content: Span) -> bool:
        """Return whether a content only names what is described, or a document that is cited, and says no more."""
        words = range(*content)
        head = next((at for at in words if self._trees.head(at) == verb and self._upos[at] in _NOUNS), -1)
        says = any(self._xpos[at] in FINITE for at in words) or "as" in self._lemmas[slice(*content)]
        if head < 0 or says or self._trees.relation(head) not in _OBJECTS:
            return False
        if self._lemmas[verb] == _CITE:
            is_of = self._lemmas[head + 1 : head + 2] == ["of"]
            return sources.kind_of_noun(self._lemmas[head], "NN", "NOUN") == _DOCUMENT and not is_of
        return self._lemmas[content[0]] in _DEFINITE or self._trees.child(head, "nmod:poss") >= 0

    def _is_relative(self, cue: Span, content: Span) -> bool:
        """Return whether a content after its cue is a relative clause of a noun (*told in a book that he wrote*).

        After the object of the cue, the parser may take what is told for one (*told him that it rains*).
        """
        start, end = content
        clause = next((at for at in range(start, end) if not start <= self._trees.head(at) < end), start)
        is_clause = self._xpos[start] == _RELATIVE and self._trees.relation(clause) == _RELATIVE_CLAUSE
        noun = self._trees.head(clause)
        is_object = noun >= 0 and cue[0] <= self._trees.head(noun) < cue[1] and self._trees.relation(noun) in _OBJECTS
        return is_clause and not is_object and cue[1] <= start
