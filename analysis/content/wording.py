"""What the words of an act itself say of it: its auxiliaries, adverbs, tense and negation."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

from analysis import resources

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from analysis.content.trees import Trees

__all__ = [
    "CONDITIONS",
    "DEMANDED",
    "DENIED",
    "HAPPENED",
    "HYPOTHETICAL",
    "INVERTED",
    "OFFERED",
    "ONGOING",
    "PLANNED",
    "POSSIBLE",
    "WITHOUT",
    "Wording",
    "contexts",
]

HAPPENED, ONGOING, PLANNED, OFFERED, POSSIBLE = "happened", "ongoing", "planned", "offered", "possible"
DEMANDED, DENIED, HYPOTHETICAL = "demanded", "denied", "hypothetical"
CONDITIONS = frozenset("if unless until lest whether once".split())
WITHOUT = frozenset("without instead rather against".split())
#: Auxiliaries that begin a condition before their subject (*had he known*).
INVERTED = frozenset("had were should".split())
#: Verbs of telling someone something.
_INFORMING = frozenset("tell inform assure remind notify".split())
_NEGATIONS = frozenset("not n't never no nor neither hardly scarcely nobody nothing none cannot".split())
#: Without one of these, nothing is negated.
_NEGATING = WITHOUT | _NEGATIONS | {"nowhere"}
_ONLY = frozenset("only just merely".split())
#: What is told in these is no demand; a present may be a subjunctive (*asked that they leave*).
_TOLD_OF, _OBLIGING = frozenset(["VBD", "VBZ", "MD"]), frozenset(["should", "must", "ought", "may", "can"])


@cache
def contexts() -> dict[tuple[str, str], str]:
    """Return what words say of the act that depends on them, by the kind of word and its lemma."""
    found: dict[tuple[str, str], str] = {}
    for modality, words in resources.data().read_word_lists("event_contexts.tsv").items():
        for word in words:
            lemma, _, kind = word.partition("/")
            found[kind or "verb", lemma] = modality
    return found


class Wording:
    """Reads what the words of the acts of an article say of them.

    Parameters
    ----------
    trees
        The trees of its sentences.
    forms, lemmas
        Each word and its lemma, in lower case.
    xpos, upos
        The tags of each word.
    """

    def __init__(
        self, trees: Trees, *, forms: Sequence[str], lemmas: Sequence[str], xpos: Sequence[str], upos: Sequence[str]
    ) -> None:
        self._trees, self._forms, self._lemmas = trees, forms, lemmas
        self._xpos, self._upos = xpos, upos

    def is_simple_present(self, verb: int) -> bool:
        """Return whether a verb is in the present, neither progressive nor perfect."""
        auxiliaries = self._trees.children(verb, {"aux", "aux:pass"})
        is_simple = all(self._lemmas[at] in ("be", "do", "can") and self._forms[at] != "being" for at in auxiliaries)
        forms = [self._xpos[at] for at in (verb, *auxiliaries)]
        is_simple = is_simple and self._xpos[verb] != "VBG"
        return is_simple and ("can" in [self._forms[at] for at in auxiliaries] or not {"VBZ", "VBP"}.isdisjoint(forms))

    def is_past(self, verb: int) -> bool:
        """Return whether a verb is finite and in the past or the perfect."""
        auxiliaries = self._trees.children(verb, {"aux", "aux:pass", "cop"})
        if auxiliaries and self._lemmas[auxiliaries[0]] == "have":
            return True
        return "VBD" in [self._xpos[at] for at in (*auxiliaries[:1], *[verb] * (not auxiliaries))]

    def is_told_of(self, verb: int) -> bool:
        """Return whether a verb is finite, and neither *should* nor *must* says that it is to be done."""
        first = min([verb, *self._trees.children(verb, {"aux", "aux:pass", "cop"})])
        if self._xpos[first] == "VBP" and first != verb:  # *told us that they are ill*, as against *that they be kept*
            return True
        return self._xpos[first] in _TOLD_OF and self._lemmas[first] not in _OBLIGING

    def is_inverted(self, verb: int) -> bool:
        """Return whether a clause begins with its auxiliary, as a condition may (*had he known*)."""
        auxiliaries, subjects = self._trees.children(verb, {"aux"}), self._trees.children(verb, {"nsubj", "nsubj:pass"})
        is_first = bool(auxiliaries and subjects) and auxiliaries[0] < subjects[0]
        return is_first and self._forms[auxiliaries[0]] in INVERTED

    def is_informed(self, noun: int) -> bool:
        """Return whether a noun is whom a verb tells something."""
        verb = self._trees.head(noun) if noun >= 0 else -1
        is_told = verb >= 0 and self._trees.relation(noun) in ("obj", "iobj") and self._lemmas[verb] in _INFORMING
        return is_told and not self.is_negated(verb)

    def is_hedged(self, verb: int) -> bool:
        """Return whether an adverb says that it is not sure (*allegedly*)."""
        return any(("adv", self._lemmas[at]) in contexts() for at in self._trees.children(verb, {"advmod"}))

    def modality(self, verb: int, *, is_title: bool) -> str:
        """Return the modality that the auxiliaries, adverbs and tense of a verb give it."""
        trees, said_by = self._trees, contexts()
        auxiliaries = [self._lemmas[at] for at in trees.children(verb, {"aux"})]
        said = next((said_by["aux", lemma] for lemma in auxiliaries if ("aux", lemma) in said_by), "")
        told = trees.child(verb, "nsubj:outer")  # *our advice is that they wait*
        if not said and told >= 0:
            said = said_by.get(("noun", self._lemmas[told]), "")
        if not said and self.is_hedged(verb):
            said = POSSIBLE
        if not said and self.is_inverted(verb) and trees.children(verb, {"parataxis"}):
            said = HYPOTHETICAL
        if said:
            return self._with_auxiliaries(verb, said, auxiliaries)
        forms = [self._xpos[at] for at in trees.children(verb, {"aux", "aux:pass", "cop"})]
        tag = self._xpos[verb]
        if tag == "VB":
            return self._bare_form(verb, "do" in auxiliaries, is_past="VBD" in forms, is_title=is_title)
        if tag == "VBG" and not forms:
            return self._bare_participle(verb, is_title=is_title)
        if forms[:1] == ["VB"] and trees.relation(verb) == "ccomp":  # *it is vital that he be freed*
            return DEMANDED
        is_present = tag in ("VBZ", "VBP") or (tag == "VBN" and forms[:1] in (["VBZ"], ["VBP"]))
        is_present = is_present and "have" not in auxiliaries and not is_title
        if is_present and any(self._lemmas[at] == "to" for at in trees.children(verb, {"mark"})):  # *is to be built*
            return PLANNED
        return ONGOING if is_present or (tag == "VBG" and "VBD" not in forms) else HAPPENED

    def _with_auxiliaries(self, verb: int, said: str, auxiliaries: Collection[str]) -> str:
        """Return the modality of a verb of which an auxiliary, among others, says something."""
        if said in (DEMANDED, HYPOTHETICAL) and "have" in auxiliaries:  # *should have left*, *must have left*
            return POSSIBLE if "must" in auxiliaries else HYPOTHETICAL
        # *said that he would go*: what lies ahead of a time in the past
        outer = self._trees.head(verb) if self._trees.relation(verb) == "conj" else verb
        is_told = self.mark(outer) == "that" and self.is_informed(self._trees.head(outer))
        is_content = is_told or self._trees.relation(outer) == "ccomp"
        return PLANNED if said == HYPOTHETICAL and is_content else said

    def is_regretted(self, verb: int) -> bool:
        """Return whether someone should not have done what was done (*should never have been charged*)."""
        auxiliaries = {self._lemmas[at] for at in self._trees.children(verb, {"aux"})}
        return (
            "have" in auxiliaries
            and not _OBLIGING.isdisjoint(auxiliaries - {"must", "may", "can"})
            and self.is_negated(verb)
        )

    def unable(self, verb: int) -> str:
        """Return the modality of what someone could not do (*could not reach them*), or an empty string.

        *It cannot have been him* is a guess.
        """
        auxiliaries = self._trees.children(verb, {"aux"})
        if "have" in [self._lemmas[at] for at in auxiliaries]:
            return ""
        tense = {"could": HAPPENED, "can": ONGOING, "ca": ONGOING}
        return next((tense[self._forms[at]] for at in auxiliaries if self._forms[at] in tense), "")

    def _bare_participle(self, verb: int, *, is_title: bool) -> str:
        """Return the modality of a verb in -ing without an auxiliary: that of the verb that it depends on."""
        if self._trees.relation(verb) in ("ccomp", "csubj"):  # *removing it would be wrong*
            return POSSIBLE
        is_root = self._trees.relation(verb) == "root"
        outer = next((at for at in self.above(verb) if self._upos[at] == "VERB"), -1)
        return ONGOING if is_root or outer < 0 else self.modality(outer, is_title=is_title)

    def _bare_form(self, verb: int, has_do: bool, *, is_past: bool, is_title: bool) -> str:  # noqa: FBT001
        """Return the modality of a verb in its base form."""
        near = self._lemmas[max(0, verb - 2) : verb]
        is_root = self._trees.relation(verb) == "root"
        is_bare = not self._trees.children(verb, {"nsubj", "nsubj:pass"})
        if has_do:  # *do not shoot*, beside *they do not shoot* and *said that they did not*
            is_asked = is_bare and self._trees.relation(verb) in ("root", "ccomp", "parataxis")
            return HAPPENED if is_past else DEMANDED if is_asked else ONGOING
        if self._trees.child(verb, "mark") >= 0 or "to" in near:
            return PLANNED if is_title or is_root else POSSIBLE
        return DEMANDED if is_root and is_bare else HAPPENED

    def above(self, word: int) -> Iterator[int]:
        """Yield the words that a word depends on, from the nearest on."""
        while (word := self._trees.head(word)) >= 0:
            yield word

    def mark(self, word: int) -> str:
        """Return the word that begins a clause (*that*, *after*), or an empty string."""
        mark = self._trees.child(word, "mark")
        if mark < 0 and self._xpos[word] == "VBG":
            mark = self._trees.child(word, "case")
        return self._lemmas[mark] if mark >= 0 else ""

    def _is_inverted_by_no(self, verb: int) -> bool:
        """Return whether *no* stands before an auxiliary and its subject (*at no time did it rain*)."""
        children = self._trees.children
        auxiliary, subject = self._trees.child(verb, "aux"), self._trees.child(verb, "nsubj")
        nouns = [noun for noun in children(verb, {"obl"}) if noun < auxiliary < subject]
        return any(self._lemmas[at] == "no" for noun in nouns for at in children(noun, {"det"}))

    @cached_property
    def _above_negating(self) -> set[int]:
        """The words that one of ``_NEGATING`` depends on, directly or by a word between."""
        heads = {self._trees.head(at) for at, lemma in enumerate(self._lemmas) if lemma in _NEGATING} - {-1}
        return heads.union(map(self._trees.head, heads))

    def is_negated(self, word: int) -> bool:
        """Return whether a word, its subject or its object is negated."""
        if word not in self._above_negating:
            return False
        if self.mark(word) in WITHOUT:
            return True
        is_instead = "rather" in [self._lemmas[at] for at in self._trees.children(word, {"cc"})]
        if is_instead or self._is_inverted_by_no(word):
            return True
        near = self._trees.children(word, {"advmod", "det", "cc:preconj", "cc", "nsubj", "nsubj:pass", "obj"})
        for at in near:
            below = [self._lemmas[other] for other in self._trees.children(at, {"det", "advmod", "cc:preconj"})]
            is_participant = self._trees.relation(at) in ("nsubj", "nsubj:pass", "obj", "advmod")
            is_only = not _ONLY.isdisjoint([*below, *(self._lemmas[other] for other in near)])
            if self._lemmas[at] in _NEGATIONS and not is_only:
                return True
            if is_participant and not {"no", "neither", "nowhere"}.isdisjoint(below):
                return True
        return False
