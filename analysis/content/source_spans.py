"""Which words of a sentence name the source of an attribution: the network's, mended by the tree of the sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.content import sources
from analysis.content.asides import CLOCK, SUBORDINATING
from analysis.content.complements import FINITE
from analysis.content.source_extents import SourceExtents

if TYPE_CHECKING:
    from collections.abc import Sequence

    from analysis.content.attribution import Attribution, Span, Words
    from analysis.content.stance import Cue
    from analysis.content.trees import Trees

_DASHES = frozenset("- – — --".split())
__all__ = ["SourceSpans"]

#: Penn tags of words that begin no source.
_NO_SOURCE = frozenset(["IN", "TO", "WDT", "WP"])
#: Penn tags of words that are no source alone, and of words that end none.
_NO_LONE = frozenset(["DT", "IN", "TO", "CC", "PRP$", "JJ"])
_NO_END = _NO_LONE | {"WDT", "WP"}
#: Marks that end no source.
_NO_END_MARKS = frozenset([",", "(", "-", "--", "–", "—"])
_OF = frozenset(["of", "by"])
_RELATIVE = frozenset(["who", "which"])
#: States of mind whose cue in the passive has no source as its subject (*is expected to*), and cues in the passive that
#: have one (*was quoted as saying*).
_HELD = frozenset(["believe", "expect"])
_NO_PASSIVE = frozenset(["quote", "commit", "prepare"])
#: Universal tags of words that end no source before a date, and begin none after it; Penn tags of prepositions.
_BEFORE, _AFTER = frozenset(["DET", "VERB"]), frozenset(["PART", "PUNCT"])
_PREPOSITIONS = frozenset(["IN", "TO"])
_WHEN = frozenset("after amid as before during following while when".split())
#: Relations of a subject and of an auxiliary to their verb.
_OWN = frozenset(["nsubj", "nsubj:pass", "aux", "aux:pass"])
#: Who does so with praise or criticism is the one who is praised or criticized.
_RECEIVING = frozenset("attract draw earn face gain garner get incur invite meet prompt provoke receive win".split())
_WITH = frozenset(["with"])
#: What others say of someone, and verbs and the relation to them by which it is one's own (*filed a complaint that*).
_OTHERS = frozenset("accusation allegation charge complaint criticism rumor rumour speculation suspicion".split())
_LIGHT = frozenset("air bring express file have level lodge make publish raise repeat submit voice".split())
_OF_LIGHT = frozenset(["obj"])
_QUOTING, _REACH_AS = frozenset(["quote", "cite"]), 12
_DAYS = frozenset(["today", "yesterday", "tonight", "tomorrow"])
#: Relations of nouns that are not the subject.
_OBJECTS = frozenset(["obj", "iobj", "obl", "nmod"])
_NOUNS = frozenset(["NOUN", "PROPN"])
#: Relations of a clause to the noun that it describes, and words of one about who is not to be named.
_OF_NOUN, _ANONYMOUS = frozenset(["acl", "acl:relcl"]), frozenset(["anonymity", "anonymously"])
_NAMES, _NEGATING = frozenset(["name", "identify"]), frozenset(["not", "n't", "decline", "refuse"])
#: Universal tags of words between a subject and its verb, and of the heads of subjects.
_BEFORE_CUE, _SUBJECT_TAGS = frozenset(["ADV", "AUX", "PART"]), frozenset(["NOUN", "PROPN", "PRON"])
_POST_TAGS = frozenset(["ADJ", "ADP", "DET", "NOUN", "PART", "PROPN"])
_POSSESSOR, _APPOSITION, _RELATIVE_CLAUSE = "nmod:poss", "appos", "acl:relcl"


class SourceSpans:
    """Completes the sources of the attributions of one article.

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
        self._lemmas = words.columns["lemma"]
        self._xpos, self._upos = words.columns["xpos"], words.columns["upos"]
        self._trees, self._named, self._sentences = trees, named, sentences
        self._extents = SourceExtents(words, trees, named, sentences)
        self._first: dict[str, Span] = {}

    def complete(self, attribution: Attribution, told: Cue | None) -> Attribution:
        """Return an attribution with its whole source: a noun phrase, or else the subject of its cue, if it has one.

        ``told`` is what the cue tells, or None if there is no cue.
        """
        cue, source = attribution.cue, self._mended(self._within_sentence(attribution.source), attribution)
        if source and ((cue and self._is_elsewhere(source, cue, attribution.content)) or self._is_when(source)):
            source = None
        is_oblique = attribution.source is not None and self._xpos[attribution.source[0]] == "IN"
        is_received = cue is not None and self.is_received(cue, source)
        attribution = attribution._replace(source=None if is_received else source)
        if cue is None or told is None or is_received:
            return attribution
        verb = next((at for at in range(*cue) if self._upos[at] == "VERB"), -1)
        undergoer = self._undergoer(told, verb)
        if undergoer >= 0 and (source is None or source[0] <= undergoer < source[1]):
            agent = self._trees.agent(verb)
            source = self._trees.noun_phrase(agent, without=cue) if agent >= 0 else None
        elif self._is_asked(verb, told) or self._is_told_of(attribution):
            source = None
        elif (
            source is None
            or (is_oblique and source[1] == cue[0] and verb >= 0 and self._trees.relation(verb) == "acl")
            or (self._xpos[source[0]] in _NO_SOURCE and self._lemmas[source[0]] not in _RELATIVE)
            or self._is_within_subject(attribution, verb)
            or self._is_object(attribution, verb)
            or self._is_of_sentence_before(attribution, verb)
            or self._is_in_dateline(attribution, verb)
            or self._document_before(attribution, verb) >= 0
        ):
            subject = max(self._document_before(attribution, verb), self._subject_of_cue(attribution, verb))
            is_carried = source is None or source[1] <= self._sentences[cue[0]][0]
            if subject < 0 and is_carried and attribution.content[-1][1] <= cue[0] and verb >= 0:
                subject = self._trees.object_after(verb)  # *“Why?” asked Ann Lee*
            if subject >= 0:
                source = self._trees.noun_phrase(subject, without=cue)
        elif self._is_complement(source, cue):
            source = None
        elif verb < 0 or not source[0] <= verb < source[1]:
            source = self._extents.whole(self._subject_beside(attribution, verb) or source, attribution)
        return attribution._replace(source=self._trimmed(self._to_name(self._from_name(source, attribution))))

    def _undergoer(self, told: Cue, verb: int) -> int:
        """Return the subject of a cue in the passive that is no source, or −1."""
        undergoer = self._trees.undergoer(verb) if verb >= 0 and self._is_told(told, verb) else -1
        if undergoer < 0 and verb >= 0 and self._xpos[verb] == "VBN":  # *it has been reported that*
            undergoer = self._trees.child(verb, "expl")
        return undergoer

    def _subject_of_cue(self, attribution: Attribution, verb: int) -> int:
        """Return the head of the subject of the verb of a cue, or of another word of a cue without a verb, or −1.

        Where that is a thing, or later, the noun before a participle speaks (*in response to critics saying that*).
        """
        words = [verb] if verb >= 0 else range(*(attribution.cue or (0, 0)))
        subject = next((found for at in words if (found := self._subject(attribution, at)) >= 0), -1)
        before = verb - 1
        if subject < 0 or self._xpos[verb] != "VBG":
            return subject
        if self._upos[before] not in _NOUNS:
            return subject
        is_other = self._is_thing(subject) or subject > verb
        return before if is_other and not self._is_thing(before) else subject

    def _document_before(self, attribution: Attribution, verb: int) -> int:
        """Return the document before a participle that says something else than the source of the verb before, or −1.

        In *Oslo says it is safe, despite posts on a site claiming that it burns*, the posts say so.
        """
        source = attribution.source
        if source is None or verb < 1 or self._xpos[verb] != "VBG" or self._upos[verb - 1] not in _NOUNS:
            return -1
        noun = verb - 1
        while self._trees.relation(noun) in ("nmod", "compound") and source[1] < self._trees.head(noun) < verb:
            noun = self._trees.head(noun)
        kind = sources.kind_of_noun(self._lemmas[noun], self._xpos[noun], self._upos[noun])
        is_apart = any(self._xpos[at] in FINITE for at in range(source[1], noun))
        return noun if kind == "document" and is_apart and source[1] <= noun else -1

    def _main_subject(self, verb: int) -> int:
        """Return the subject of a sentence before a participle that the tree has in a relative clause, or −1.

        In *Oslo will not buy the ship in which two men died, saying it is old*, Oslo says so.
        """
        if self._trees.relation(self._trees.head(verb)) != _RELATIVE_CLAUSE:
            return -1
        root = [*self._trees.above(verb)][-1]
        subject = self._trees.child(root, "nsubj")
        return subject if 0 <= subject < root < self._trees.head(verb) else -1

    def _subject_beside(self, attribution: Attribution, verb: int) -> Span | None:
        """Return the noun phrase right before a cue that is the subject of its verb, unless the source has its head."""
        cue, source = attribution.cue, attribution.source
        subject = self._trees.child(verb, "nsubj") if verb >= 0 else -1
        is_day = source is not None and all(self._lemmas[at] in _DAYS for at in range(*source))
        if cue is None or source is None or not 0 <= subject < cue[0] or source[0] <= subject < source[1]:
            return None
        phrase = self._trees.noun_phrase(subject, without=cue)
        is_beside = is_day or all(self._upos[at] in _BEFORE_CUE for at in range(phrase[1], cue[0]))
        is_other = all(end <= phrase[0] or phrase[1] <= start for start, end in attribution.content)
        is_noun = self._upos[subject] in _SUBJECT_TAGS and self._xpos[subject] not in _NO_SOURCE
        return phrase if is_beside and is_other and is_noun else None

    def _to_name(self, source: Span | None) -> Span | None:
        """End the description of a person with the name (*President | Ann Lee*, *said the mayor | , Ann Lee.*)."""
        if source is not None and self._lemmas[source[0]] == "outside":
            return self._after_place(source)
        if source is None or any(name.label == "person" for name in sources.names_in(self._named, *source)):
            return source
        start, end = source
        is_parted = self._lemmas[end : end + 1] == [","]
        after = end + is_parted
        name = next((each for each in sources.names_in(self._named, after, after + 1) if each.label == "person"), None)
        if name is None or name.start != after or self._upos[end - 1] not in _NOUNS:
            return source
        head = self._extents.head(source)
        is_post = self._upos[head] == "NOUN" or self._lemmas[head] in sources.POSTS
        is_closed = name.end >= len(self._upos) or self._upos[name.end] == "PUNCT"
        return (start, name.end) if not is_parted or (is_post and is_closed) else source

    def first(self, words: Span) -> Span:
        """Return the words for a source without a name that first stand for it, asked for in the order of the article.

        *The statement* is that of *a statement from Lima*, and *the official* who spoke before *on condition of …*.
        """
        own = self._unnamed(words)
        key, head = " ".join(self._lemmas[slice(*own)]).lower(), self._extents.head(own)
        first = self._first.get(key, own)
        keys = [key, f"the {self._lemmas[head]}"] if head >= 0 and self._upos[head] == "NOUN" else [key]
        self._first.update(dict.fromkeys(keys, first))
        return first

    def _unnamed(self, words: Span) -> Span:
        """Return the words for a source without a clause that says that it is not to be named."""
        clauses = (at for at in range(*words) if self._trees.relation(at) in _OF_NOUN and at > words[0])
        for start, end in map(self._trees.clause, clauses):
            own = set(self._lemmas[start:end])
            if words[0] < start and (own & _ANONYMOUS or (own & _NAMES and own & _NEGATING)):
                return words[0], start - (self._upos[start - 1] == "PUNCT")
        return words

    def _is_elsewhere(self, source: Span, cue: Span, content: Sequence[Span]) -> bool:
        """Return whether a source stands in a sentence after that of the cue and of all content."""
        _, end = self._sentences[cue[0]]
        return source[0] >= end and all(high <= end for _, high in content)

    def _is_asked(self, verb: int, told: Cue) -> bool:
        """Return whether the subject of the clause above is one who is told or asked (*asked why, Ann Lee wept*)."""
        if verb < 0 or self._xpos[verb] != "VBN" or self._trees.relation(verb) != "advcl":
            return False
        return told.is_speech and self._is_told(told, verb) and not self._trees.children(verb, _OWN)

    def _quoted(self, cue: Span, content: Sequence[Span]) -> int:
        """Return who is quoted by someone else as saying something, or −1 (*the agency quoted Ann Lee as saying*)."""
        verbs = (each for at in range(*cue) for each in (at, self._trees.head(at)) if each >= 0)
        verb = next((at for at in verbs if self._upos[at] == "VERB" and self._lemmas[at] in _QUOTING), -1)
        quoted = self._trees.child(verb, "obj") if verb >= 0 else -1
        is_as = quoted > verb and "as" in self._lemmas[quoted : max(cue[1], quoted + _REACH_AS)]
        is_noun = self._upos[quoted] in _NOUNS and not any(low <= quoted < high for low, high in content)
        return quoted if is_as and is_noun else -1

    def _is_told_of(self, attribution: Attribution) -> bool:
        """Return whether the cue is a noun for what others say of the source (*she left amid | charges that*)."""
        cue, source = attribution.cue, attribution.source
        noun = next((at for at in range(*(cue or (0, 0))) if self._upos[at] == "NOUN"), -1)
        if noun < 0 or source is None or any(self._upos[at] == "VERB" for at in range(*(cue or (0, 0)))):
            return False
        head = self._extents.head(source)
        if head < 0 or self._trees.relation(head) not in _OWN or self._lemmas[noun] not in _OTHERS:
            return False
        verb = self._trees.head(head)
        return verb != noun and (self._trees.relation(noun) not in _OF_LIGHT or self._lemmas[verb] not in _LIGHT)

    def _from_name(self, source: Span | None, attribution: Attribution) -> Span | None:
        """Begin what ends an apposition before the cue with the name of the person (*Ann Lee, | the envoy, said*)."""
        cue = attribution.cue
        if source is None or cue is None or not 0 <= cue[0] - source[1] <= 1:
            return source
        low, _ = self._sentences[source[0]]
        low = max([low, *(end for _, end in attribution.content if low < end <= source[0])])
        low = next((at for at in range(low, source[0]) if self._upos[at] != "PUNCT"), source[0])
        is_person = any(
            name.label == "person" and name.start == low and self._lemmas[name.end] == ","
            for name in sources.names_in(self._named, low, source[0])
        )
        is_post = (
            self._lemmas[source[0] - 1] == ","
            and all(self._upos[at] in _POST_TAGS for at in range(low, source[0] - 1))
            and any(self._lemmas[at] in sources.POSTS for at in range(low, source[0] - 1))
            and any(
                name.label == "person" and name.start == source[0] for name in sources.names_in(self._named, *source)
            )
        )
        return (low, source[1]) if is_person or is_post else source

    def _trimmed(self, source: Span | None) -> Span | None:
        """Return a source without dates, prepositions and the beginning of a bracket or a clause at its ends."""
        if source is None:
            return None
        start, end = source
        dash = next((at for at in range(start, end) if self._xpos[at] == ":" and self._lemmas[at] in _DASHES), -1)
        before = self._upos[self._sentences[start][0] : max(dash, 0)]
        if 0 <= dash < end - 1 and "PROPN" in before and "VERB" not in before:
            start = dash + 1  # *OSLO, May 6 (Reuters) - | Rebels*
        if "(" in (words := self._lemmas[start:end]) and ")" not in words:
            end = start + words.index("(")
        dates = [(each.start, each.end) for each in sources.names_in(self._named, start, end) if each.label == "date"]
        dates += [(at, at + 1) for at in range(start, end) if self._lemmas[at] in _DAYS]
        for low, high in sorted(dates, reverse=True):
            last = low - (low > start and self._xpos[low - 1] == "IN")
            if high == end and last > start and self._upos[last - 1] not in _BEFORE and self._upos[high - 1] != "NUM":
                end = last
            elif low == start and high < end and self._upos[high] not in _AFTER:
                start = high
        while end > start and (self._upos[end - 1] == "PUNCT" and self._lemmas[end - 1] != ")"):
            end -= 1
        end = self._before_clause(start, end)
        if self._xpos[start] in _PREPOSITIONS and "," in (words := self._lemmas[start:end]):
            comma = start + words.index(",")
            start = max(
                [start, *(comma + 1 for each in sources.names_in(self._named, comma, end) if each.label == "person")]
            )
        while start < end - 1 and self._xpos[start] in _PREPOSITIONS:
            start += 1
        return (start, end) if end > start else source

    def _after_place(self, source: Span) -> Span:
        """Return who is named between a place and the next verb (*outside court, | the aide, Bo Lund, | said*)."""
        start = next((at + 1 for at in range(*source) if self._lemmas[at] == ","), source[1] + 1)
        _, high = self._sentences[source[0]]
        verb = next((at for at in range(start, high) if self._upos[at] == "VERB"), high)
        persons = (each.end for each in sources.names_in(self._named, start, verb) if each.label == "person")
        end = next(persons, -1)
        return (start, end) if end >= 0 else source

    def _before_clause(self, start: int, end: int) -> int:
        """Return where a source ends without a clause after it (*the suit, | filed*, *Ann Lee, | after a talk*)."""
        if end > start + 2 and self._xpos[end - 1] == "VBN" and self._lemmas[end - 2] == ",":
            return end - 2
        persons = [each.end for each in sources.names_in(self._named, start, end) if each.label == "person"]
        commas = (at for at in range(start + 1, end - 1) if self._lemmas[at] == "," and self._lemmas[at + 1] in _WHEN)
        return next((at for at in commas if persons and min(persons) <= at), end)

    def _within_sentence(self, source: Span | None) -> Span | None:
        """Return the words of a source in its last sentence, without marks and words that begin or end none."""
        if source is None:
            return None
        low, _ = self._sentences[source[1] - 1]
        start, end = max(low, source[0]), source[1]
        start += start == low and start + 1 < end and bool(CLOCK.fullmatch(self._lemmas[start]))
        if self._xpos[start] == "IN":  # *on Monday, Ann Lee*
            start = next((at for at in range(start, end) if self._lemmas[at] == ","), start)
        while start < end - 1 and (self._upos[start] == "PUNCT" or self._xpos[start] == "IN"):
            start += 1
        if self._lemmas[start] in _RELATIVE:
            return start, start + 1
        while end > start and (
            self._xpos[end - 1] in (_NO_END if end > start + 1 else _NO_LONE)
            or self._lemmas[end - 1] in _NO_END_MARKS
            or (self._lemmas[end - 1] == ")" and "(" not in self._lemmas[start:end])
        ):
            end -= 1
        return (start, end) if end > start else None

    def _mended(self, source: Span | None, attribution: Attribution) -> Span | None:
        """Return a source that is neither who quotes another nor the noun of a relative clause before the cue."""
        cue = attribution.cue
        if cue is not None and (quoted := self._quoted(cue, attribution.content)) >= 0:
            return self._trees.noun_phrase(quoted)
        if source is None or cue is None or source[1] >= cue[0]:
            return source
        if self._lemmas[source[1]] == "which" and self._is_of_person(source[1] - 1):
            return source[1], source[1] + 1
        first = source[0] - 1  # *Oslo, which Lima | accuses of theft, | denied*
        if first > 1 and self._lemmas[first] == "which" and self._lemmas[first - 1] == ",":
            noun = first - 2 if "," in self._lemmas[source[1] : cue[0]] else -1
            return self._trees.noun_phrase(noun, without=(first - 1, cue[0])) if noun >= 0 else source
        is_participle = self._xpos[cue[0]] == "VBG" and self._lemmas[cue[0] - 1] == ","
        main = self._main_subject(cue[0]) if is_participle else -1
        return self._trees.noun_phrase(main) if 0 <= main < source[0] else source

    def _is_within_subject(self, attribution: Attribution, verb: int) -> bool:
        """Return whether the source is part of a clause that modifies the subject of a verb.

        What stands between a mark and the cue is a source of its own (*the museum, Ann Lee said, closed*).
        """
        cue, source = attribution.cue, attribution.source
        subject = self._subject(attribution, verb) if verb >= 0 else -1
        if subject < 0 or source is None or cue is None:
            return False
        if self._begins_clause(source, cue):
            return False
        (low, high), (start, end) = self._trees.clause(subject), self._trees.noun_phrase(subject)
        return low <= source[0] and source[1] <= high + 1 and (source[0] >= end or source[1] <= start)

    def _is_object(self, attribution: Attribution, verb: int) -> bool:
        """Return whether the source before the cue is an object, and the cue has a subject elsewhere in its sentence.

        In *the mayor praised the firm and cited its growth*, the firm is no source.
        """
        cue, source = attribution.cue, attribution.source
        if verb < 0 or cue is None or source is None or source[1] > cue[0] or self._begins_clause(source, cue):
            return False
        if self._quoted(cue, attribution.content) >= 0:
            return False
        subject = self._subject(attribution, verb)
        head = self._extents.head(source)
        while head >= 0 and self._trees.relation(head) == _APPOSITION:  # *praised the firm, the largest in Oslo*
            head = self._trees.head(head)
        return (
            head >= 0
            and self._trees.relation(head) in _OBJECTS
            and not source[0] <= subject < source[1]
            and subject >= self._sentences[verb][0]
        )

    def _is_of_sentence_before(self, attribution: Attribution, verb: int) -> bool:
        """Return whether the source stands before the sentence of a cue that has a name for its subject there.

        Or, after all of its content, a noun (*rain fell, say farmers*).
        """
        source = attribution.source
        if source is None or verb < 0 or source[1] > (start := self._sentences[verb][0]):
            return False
        subject = self._subject(attribution, verb)
        if start <= attribution.content[-1][0] < attribution.content[-1][1] <= verb:
            subject = max(subject, self._trees.object_after(verb))
            return subject > verb and self._upos[subject] in _NOUNS
        return start <= subject and self._upos[subject] == "PROPN"

    def _is_complement(self, source: Span | None, cue: Span) -> bool:
        """Return whether the words before a cue belong to a preposition (*samples taken by Oslo and Lima show*)."""
        if source is None or not 0 < source[0] < source[1] <= cue[0] or self._xpos[cue[0]] not in FINITE:
            return False
        return self._lemmas[source[0] - 1] in _OF and self._trees.relation(source[0] - 1) == "case"

    def is_received(self, cue: Span, source: Span | None) -> bool:
        """Return whether the subject of a cue is the one of whom its noun is told (*the law drew criticism*)."""
        verb = next((at for at in range(*cue) if self._upos[at] == "VERB"), -1)
        if verb < 0 or self._lemmas[verb] not in _RECEIVING or (source is not None and source[0] > verb):
            return False
        is_passive = any(self._trees.relation(at) == "aux:pass" for at in range(*cue))
        return not is_passive and any(self._upos[at] == "NOUN" for at in range(verb + 1, cue[1]))

    def _is_in_dateline(self, attribution: Attribution, verb: int) -> bool:
        """Return whether the source begins a sentence before a dash that the subject follows (*OSLO – | The bank*)."""
        source = attribution.source
        if source is None or verb < 0 or source[0] != self._sentences[verb][0]:
            return False
        return ":" in self._xpos[source[1] : max(0, self._subject(attribution, verb))]

    def _begins_clause(self, source: Span, cue: Span) -> bool:
        """Return whether a source stands between a mark, or the conjunction of its clause, and the cue."""
        if source[1] != cue[0] or not source[0] or self._upos[source[0] - 1] == "PUNCT":
            return source[1] == cue[0]
        is_finite = self._xpos[cue[0]] in FINITE
        return self._lemmas[source[0] - 1] in (SUBORDINATING if is_finite else _WITH)  # *with farmers | fearing*

    def _is_thing(self, noun: int) -> bool:
        """Return whether a noun stands for no one who speaks, and for no document."""
        return sources.kind_of_noun(self._lemmas[noun], self._xpos[noun], self._upos[noun]) == "unknown"

    def _is_of_person(self, word: int) -> bool:
        return any(name.label == "person" for name in sources.names_in(self._named, word, word + 1))

    def _is_when(self, source: Span) -> bool:
        """Return whether a source is nothing but a time (*the same day*)."""
        nouns = [at for at in range(*source) if self._upos[at] in _NOUNS]
        return bool(nouns) and all(map(self._extents.is_time, nouns))

    def antecedent(self, word: int) -> int:
        """Return the noun that *who*, *which* or *that* stands for, which is no time, or −1.

        That before the time, or before the clause with it (*a report made by the bank on that day, which said*).
        """
        noun = self._trees.antecedent(word)
        if noun >= 0 and self._lemmas[word] == "which" and self._is_of_person(noun):  # *a letter to Ann Lee which said*
            return next((at for at in self._trees.above(noun) if self._upos[at] == "NOUN"), -1)
        if noun < 0 or not self._extents.is_time(noun):
            return noun
        low, _ = self._sentences[noun]
        before = [at for at in range(low, noun) if self._upos[at] in _NOUNS and not self._extents.is_time(at)]
        if not before or self._lemmas[word] == "who":
            return before[-1] if before else -1
        chain = [before[-1], *self._trees.above(before[-1])]
        return next((self._trees.head(at) for at in chain if self._trees.relation(at) == "acl"), before[-1])

    def _subject(self, attribution: Attribution, word: int) -> int:
        """Return the head of the subject or the possessor of a word of the cue, or −1 where cue or content hold it."""
        subject = self._trees.subject(word)
        if subject < 0 and self._upos[word] == "NOUN":
            subject = self._trees.child(word, _POSSESSOR)
        taken = (*attribution.content, attribution.cue or (0, 0))
        return -1 if any(low <= subject < high for low, high in taken) else subject

    def _is_told(self, told: Cue, verb: int) -> bool:
        """Return whether the subject of a cue, if in the passive, is one who is told, accused or thought of."""
        is_source = self._lemmas[verb] in _NO_PASSIVE
        return not is_source and told.is_known and (told.is_speech or told.stance in _HELD)
