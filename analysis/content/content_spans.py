"""Which words are the content of an attribution: the network's, mended by the tree of the sentence."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from analysis.content import stance
from analysis.content.asides import CLOCK, SUBORDINATING
from analysis.content.complements import FINITE
from analysis.content.passives import Passives
from analysis.content.quotations import CLOSING, OPENING, OUTSIDE, spans_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from analysis.content.attribution import Attribution, Span, Words
    from analysis.content.coordination import Coordination
    from analysis.content.trees import Trees

__all__ = ["ContentSpans"]

#: A content lacks at most so many words at the end of its sentence, at most so many phrases at its own end, and *that*
#: begins one at most so many words after where it seems to begin.
_MISSING_WORDS, _MISSING_PHRASES, _LATE_WORDS = 3, 4, 8
_END_MARKS = frozenset([",", ";", ":", "-", "--", "–", "—"])
_COORDINATED = frozenset(["VERB", "NOUN", "PROPN", "ADJ"])
_RELATIVE = frozenset(["WDT", "WP", "WP$", "WRB"])
#: A cue follows its source after so many words at most.
_NEAR_WORDS = 3
_SUBJECTS = frozenset(["nsubj", "nsubj:pass"])
_PARTICIPLES = frozenset(["VBG", "VBN"])
#: Words before a gerund that is part of a cue (*responded by offering*, *quoted as saying*).
_BEFORE_GERUND = frozenset(["as", "by"])
#: A bracket within a content has at most so many words.
_BRACKET_WORDS = 12
#: Universal tags of words between a content and the cue after it, beside the source; marks that part a sentence.
_BETWEEN, _STRONG_MARKS = frozenset(["PUNCT", "ADV", "SCONJ"]), frozenset([";", ":", "--", "–", "—"])
_ACCORDING = frozenset(["accord", "according"])
#: Penn tags of verbs of clauses, and universal tags of words before a noun.
_WHO = frozenset(["who", "which"])
_OF_CLAUSES = FINITE | {"VBN"}
_BEFORE_NOUN = frozenset(["ADJ", "DET", "ADV"])
#: Relations of words before a predicate to it, and universal tags of words that end no clause.
_BEFORE_PREDICATE = _SUBJECTS | {"aux", "aux:pass", "cop"}
_END_TAGS = frozenset(["PUNCT", "CCONJ"])
_NAMING = frozenset(["NOUN", "PROPN", "PRON", "VERB", "ADJ"])
_YEAR = re.compile(r"[12]\d{3}")
#: What follows a semicolon after so many words is the writer's own.
_CLAUSE_WORDS = 3
#: A quotation that a cue follows ends with one of these, and has more words than that.
_QUOTATION_ENDS, _QUOTED_WORDS = frozenset([",", ".", "?", "!"]), 3
#: Universal tags of words that may stand before what they depend on.
_BEFORE_HEAD = frozenset(["DET", "ADP", "SCONJ", "CCONJ", "AUX", "PART", "ADJ", "ADV", "NUM", "NOUN", "PROPN"])


class ContentSpans:
    """Completes the contents of the attributions of one article.

    Parameters
    ----------
    words
        The words of the article.
    trees
        Their trees.
    sentences
        For each word the span of its sentence.
    coordination
        Tells where a content goes on with what else its source says.
    """

    def __init__(self, words: Words, trees: Trees, sentences: Sequence[Span], coordination: Coordination) -> None:
        self._lemmas, self._quotation = words.columns["lemma"], words.columns["quotation"]
        self._xpos, self._upos = words.columns["xpos"], words.columns["upos"]
        self._trees, self._sentences, self._coordination = trees, sentences, coordination
        self._passives = Passives(words, trees, sentences)
        self._quotations = spans_of(self._quotation)

    def by_quotation(self, attributions: Sequence[Attribution]) -> list[Attribution]:
        """Return attributions, of each quotation that several have pieces of all pieces with one: that of its own cue.

        That is the one with its cue in the sentence that the quotation ends or else begins in, outside of it.
        """
        contents = [list(each.content) for each in attributions]
        for low, high in self._quotations:
            pieces = [
                (owner, piece)
                for owner, each in enumerate(attributions)
                if each.cue is None or not low <= each.cue[0] < high
                for piece in each.content
                if low <= piece[0] and piece[1] <= high
            ]
            owners = list(dict.fromkeys(owner for owner, _ in pieces))
            cues = [(owner, each[0]) for owner in owners if (each := attributions[owner].cue)]
            end, start = self._sentences[high - 1], self._sentences[low]
            found = [owner for owner, cue in cues if high <= cue < end[1]]
            found += [owner for owner, cue in cues if start[0] <= cue < low]
            if len(owners) > 1 and found:
                for owner, piece in pieces:
                    contents[owner].remove(piece)
                    contents[found[0]].append(piece)
        merged = zip(attributions, contents, strict=True)
        return [each._replace(content=tuple(sorted(own))) for each, own in merged if own]

    def apart(self, attributions: Sequence[Attribution]) -> Iterator[Attribution]:
        """Yield attributions, contents cut before a source whose cue follows (*asked why, | Ann Lee said*)."""
        for each in attributions:
            *pieces, (start, end) = each.content
            others = [
                other.source[0]
                for other in attributions
                if other.source and other.cue and start < other.source[0] < end <= other.cue[0] < end + _NEAR_WORDS
            ]
            pieces = [piece for piece in pieces if not self._coordination.is_of_other_clause(each, piece)]
            others = [self._coordination.clause_before(start, at) for at in others]
            cut = each._replace(content=(*pieces, (start, min([end, *others]))))
            if pieces or not self._coordination.is_of_other_clause(cut, cut.content[0]):
                yield self._passives.with_agent(self._passives.with_cue(cut))

    def complete(self, attribution: Attribution) -> Attribution:
        """Return an attribution with its whole content."""
        attribution = self._before_gerund(self._before_content(attribution))
        *pieces, last = self._beside_cue(attribution)
        if pieces and self._quotation[(*pieces[1:], last)[0][0]] == OPENING:
            pieces = pieces[self._is_adverbial(attribution, pieces[0]) :]
        if pieces and self._is_before_that(attribution, pieces, last):
            pieces = []
        pieces = [self._with_dependents(attribution, piece) for piece in pieces]
        for step in (
            self._before_main_verb,
            self._with_end,
            self._with_phrase,
            self._with_dependents,
            self._with_coordinated,
            self._before_clause_above,
        ):
            last = step(attribution, last)
        pieces.append(last)
        pieces[0] = self._from_start(attribution, self._from_that(attribution, pieces[0]))
        pieces = [*self._subject_before(attribution, pieces[0]), *pieces]
        pieces = [*self._passives.subject(attribution, pieces[0]), *pieces]
        pieces[-1] = self._coordination.before_saying(self._coordination.before_writer(attribution.cue, pieces[-1]))
        kept = [self._without_marks(self._with_first_conjuncts(piece)) for piece in pieces]
        return attribution._replace(content=tuple(kept))

    def _beside_cue(self, attribution: Attribution) -> Iterator[Span]:
        """Yield the pieces without the cue and the source.

        One is two if it has a passive cue within (*rain | is expected | to fall*), or the cue and the source side by
        side (*the town, | the mayor said, | is safe*).
        """
        cue, source = attribution.cue, attribution.source
        apart = [(start, end) for start, end in attribution.content if not cue or start < cue[0] or end > cue[1]]
        hole = cue if cue and self._upos[cue[0]] == "AUX" else None
        if cue and source and (source[1] == cue[0] or cue[1] == source[0]):
            hole = min(source[0], cue[0]), max(source[1], cue[1])
        for piece in apart or attribution.content:
            for start, end in self._quotations_of(attribution, self._from_quotation(attribution, piece)):
                if hole and start < hole[0] and hole[1] < end:
                    yield start, hole[0]
                    yield hole[1] + (self._upos[hole[1]] == "PUNCT" and hole[1] + 1 < end), end
                elif source and hole and source[0] <= start < source[1] < end:  # *was praised by Ann Lee | as a friend*
                    yield source[1], end
                elif hole and start < hole[0] < end <= hole[1]:
                    yield start, hole[0]
                else:
                    yield start, end

    def _is_adverbial(self, attribution: Attribution, piece: Span) -> bool:
        """Return whether a piece tells of what the quotation after it is said (*asked of rain, he said, “No”*)."""
        cue, (start, end) = attribution.cue, piece
        if cue is None or self._quotation[start] != OUTSIDE or self._sentences[start] != self._sentences[cue[0]]:
            return False
        if end <= cue[0]:
            return self._xpos[start] in _PARTICIPLES
        is_phrase = not any(self._xpos[at] in FINITE for at in range(start, end))
        return cue[1] == start and self._upos[start - 1] == "ADP" and is_phrase

    def _is_before_that(self, attribution: Attribution, pieces: Sequence[Span], last: Span) -> bool:
        """Return whether pieces are of the clause of a cue that *that* follows (*In Lima, he said | that it rains*)."""
        cue, end = attribution.cue, pieces[-1][1]
        is_that = self._lemmas[last[0]] == "that" and self._xpos[last[0]] == "IN"
        if cue is None or not is_that or end > cue[0] or cue[1] > last[0]:
            return False
        return all(self._quotation[at] == OUTSIDE for low, high in pieces for at in range(low, high))

    def _from_quotation(self, attribution: Attribution, piece: Span) -> Span:
        """Begin a piece with its quotation, without what that is about (*said of the plan | “It is dead”*).

        A piece before a cue begins after the conjunction of the clause of the cue (*while | rain is expected*).
        """
        cue, (start, end) = attribution.cue, piece
        if cue is None:
            return piece
        if start < cue[0] and self._trees.relation(start) == "mark" and cue[0] <= self._trees.head(start) < cue[1]:
            return start + 1, end
        quoted = next((at for at in range(start, end) if self._quotation[at] == OPENING), end)
        is_about = cue[1] == start and self._upos[start - 1] == "ADP" and start < quoted
        is_clause = any(self._xpos[at] in FINITE for at in range(quoted, end))
        is_phrase = not any(self._xpos[at] in FINITE for at in range(start, quoted)) and quoted > start + 1
        is_last = all(self._quotation[at] != OUTSIDE for at in range(quoted, end))
        return (quoted, end) if is_about and is_clause and is_phrase and is_last else piece

    def _quotations_of(self, attribution: Attribution, piece: Span) -> Iterator[Span]:
        """Yield a piece, or its quotations where the cue follows the first (*“Rain is near,” the mayor | said*)."""
        cue, (start, end) = attribution.cue, piece
        closing = next((at for at in range(start, end) if self._quotation[at] == CLOSING), end)
        is_first = self._quotation[start] == OPENING and start + _QUOTED_WORDS < closing < end - 1
        if not (cue and is_first and closing < cue[0] < self._sentences[closing][1]):
            yield piece
        elif self._lemmas[closing - 1] in _QUOTATION_ENDS or self._lemmas[closing + 1] == ",":
            yield start, closing + 1
            again = next((at for at in range(max(cue[1], closing), end) if self._quotation[at] == OPENING), end)
            if again < end:
                yield again, end
        else:
            yield piece

    def _before_main_verb(self, attribution: Attribution, piece: Span) -> Span:
        """End a piece after a cue that modifies a noun before the verb of that noun (*accused of theft | fled*)."""
        cue, (start, end) = attribution.cue, piece
        verb = self._verb(cue)
        if cue is None or verb < 0 or cue[1] > start or self._trees.relation(verb) != "acl":
            return piece
        if self._xpos[verb] not in _PARTICIPLES:
            return piece
        last = min(self._trees.clause(verb)[1], end)
        while last > start and self._upos[last - 1] == "PUNCT" and self._quotation[last - 1] != CLOSING:
            last -= 1
        is_above = any(start <= at < end for at in self._trees.above(verb))
        return (start, last) if is_above and last > start else piece

    def _before_content(self, attribution: Attribution) -> Attribution:
        """Return an attribution whose cue ends where its content begins (*posted | a profit*), if a known verb is left.

        Otherwise the content begins where the cue ends (*pleaded guilty | to theft*).
        """
        cue, ((start, end), *rest) = attribution.cue, attribution.content
        if cue is None or not cue[0] < start < cue[1] < end:
            return attribution
        if self._lemmas[self._verb((cue[0], start))] not in stance.cues_of():
            return attribution._replace(content=((cue[1], end), *rest))
        high = start
        while self._upos[high - 1] in _BEFORE_NOUN and high - 1 > cue[0]:
            start, high = high - 1, high - 1
        return attribution._replace(cue=(cue[0], high), content=((start, end), *rest))

    def _before_gerund(self, attribution: Attribution) -> Attribution:
        """Return an attribution whose cue ends before the gerund that its verb is about (*denied | firing on us*)."""
        cue, ((start, end), *rest) = attribution.cue, attribution.content
        verb = self._verb(cue)
        if cue is None or verb < 0 or start != cue[1]:
            return attribution
        own = range(verb + 1, start)
        gerund = next((at for at in own if self._xpos[at] == "VBG" and self._trees.head(at) == verb), -1)
        is_said = gerund >= 0 and (self._lemmas[gerund] == "say" or self._lemmas[gerund - 1] in _BEFORE_GERUND)
        if gerund < 0 or is_said or "," in self._lemmas[verb:gerund]:
            return attribution
        if not stance.is_cue(self._lemmas, self._upos, (cue[0], gerund)):
            return attribution
        return attribution._replace(cue=(cue[0], gerund), content=((gerund, end), *rest))

    def _before_clause_above(self, attribution: Attribution, piece: Span) -> Span:
        """End a piece after a cue in a subordinate clause before the clause above that (*asked why, | she wept*)."""
        cue, (start, end) = attribution.cue, piece
        verb = self._verb(cue)
        if cue is None or cue[1] > start or verb < 0 or self._xpos[verb] not in _OF_CLAUSES:
            return piece
        is_adverbial = self._lemmas[self._trees.clause(verb)[0]] in SUBORDINATING
        if self._trees.relation(verb) != ("advcl" if is_adverbial else "acl:relcl"):
            return piece
        above = {at for at in self._trees.above(verb) if at > verb}
        who = self._trees.child(verb, "nsubj")
        if self._lemmas[who] in _WHO and self._lemmas[who - 1] == ",":  # *Ann Lee, who says it rains, | left*
            above |= {
                at for at in range(start + 1, end) if self._xpos[at] in _OF_CLAUSES and self._lemmas[at - 1] == ","
            }
        outside = [at for at in range(start, end) if at in above or self._belongs_to(at, above)]
        firsts = [at if self._upos[at] == "VERB" else self._trees.noun_phrase(at)[0] for at in outside]
        firsts = [first for first in firsts if first > start]
        last = min(firsts, default=end)
        if last < end and is_adverbial and self._lemmas[last - 1] != ",":
            return piece
        while last < end and last > start and self._upos[last - 1] in _END_TAGS:
            last -= 1
        return (start, last) if any(self._upos[at] in _NAMING for at in range(start, last)) else piece

    def _belongs_to(self, word: int, heads: Collection[int]) -> bool:
        """Return whether a word is the subject, the auxiliary or the copula of one of some words."""
        return self._trees.relation(word) in _BEFORE_PREDICATE and self._trees.head(word) in heads

    def _with_dependents(self, attribution: Attribution, piece: Span) -> Span:
        """Let a piece go on, up to a mark, with words that depend on it or that it depends on (*at 7 | a.m. today*).

        A subject goes on to its verb, past marks (*the chemical | , when heated, kills*).
        """
        cue, (start, end) = attribution.cue, piece
        if cue is None or self._is_mark(end - 1):
            return piece
        _, high = self._sentences[end - 1]
        stops = {span[0] for span in (cue, attribution.source, *attribution.content) if span}
        above = {*range(*cue), *(self._trees.above(self._verb(cue)) if cue[1] <= start else ())}

        def awaited(end: int) -> list[int]:
            """Return the words of the piece that depend on one after it."""
            heads = [(at, self._trees.head(at)) for at in range(start, end)]
            return [at for at, head in heads if end <= head < high and head not in above]

        whole = end
        while end < high and end not in stops:
            following, open_words = self._following(end, high), awaited(end)
            whole = whole if open_words else end
            if self._coordination.begins_cue(end, high):
                break
            if following == end and (self._is_mark(end) or self._upos[end] == "CCONJ"):
                is_subject = any(self._trees.relation(at) in _SUBJECTS for at in open_words)
                if not is_subject and (end + 1 in stops or not self._is_within_name((start, end), high)):
                    break
            elif not open_words and not self._leads_into(end + (self._quotation[end] == OPENING), (start, end), high):
                break
            end = max(following, end + 1)
        return start, (whole if awaited(end) else end)

    def _is_within_name(self, piece: Span, high: int) -> bool:
        """Return whether the comma after a piece is in a place or a date (*in Dorna, | Norway*, *May 7, | 2006*)."""
        end = piece[1]
        if self._lemmas[end] != "," or end + 1 >= high:
            return False
        is_place = self._upos[end - 1] == self._upos[end + 1] == "PROPN" and self._leads_into(end + 1, piece, high)
        return is_place or (self._xpos[end - 1] == "CD" and bool(_YEAR.fullmatch(self._lemmas[end + 1])))

    def _is_mark(self, at: int) -> bool:
        """Return whether a word is a mark but a hyphen."""
        return self._upos[at : at + 1] == ["PUNCT"] and self._xpos[at] != "HYPH"

    def _following(self, at: int, high: int) -> int:
        """Return where the quotation or the bracket ends that a mark opens, or the place of the word itself."""
        if self._quotation[at] == OPENING:
            return next((end + 1 for end in range(at, high) if self._quotation[end] == CLOSING), at)
        if self._lemmas[at] == "(":
            return next((end + 1 for end in range(at, min(at + _BRACKET_WORDS, high)) if self._lemmas[end] == ")"), at)
        return at

    def _leads_into(self, word: int, span: Span, high: int, low: int | None = None) -> bool:
        """Return whether a word outside of a span depends on one in it, by others after it, or between two bounds."""
        head = self._trees.head(word)
        while (span[1] if low is None else low) <= head < high:
            head = self._trees.head(head)
        return span[0] <= head < span[1]

    def _verb(self, cue: Span | None) -> int:
        """Return the first verb of a cue, or −1."""
        return next((at for at in range(*(cue or (0, 0))) if self._upos[at] == "VERB"), -1)

    def _subject_before(self, attribution: Attribution, piece: Span) -> Iterator[Span]:
        """Yield the subject of a content that the source and the cue are put in after (*the tower, he said, fell*)."""
        cue, source = attribution.cue, attribution.source
        if cue is None or source is None or not source[1] <= cue[0] < cue[1] <= piece[0]:
            return
        own = [
            at
            for head in range(*piece)
            for at in self._trees.children(head, _SUBJECTS)
            if self._sentences[head][0] <= at < source[0]
        ]
        if own:
            start, end = self._trees.noun_phrase(own[0], without=(source[0], cue[1]))
            marks = range(end, source[0])
            if len(marks) == 1 and self._upos[end] == "PUNCT" and self._upos[cue[1]] == "PUNCT":
                yield start, end

    def _with_end(self, attribution: Attribution, piece: Span) -> Span:
        """Let the last piece of a content go on to the end of its sentence if few words lack."""
        cue, (start, end) = attribution.cue, piece
        if cue is None or cue[0] >= start or self._sentences[end - 1] != self._sentences[start]:
            return piece
        _, high = self._sentences[end - 1]
        last = next((at for at in range(high, end, -1) if self._upos[at - 1] != "PUNCT"), end)
        rest = range(end, last)
        if len(rest) > _MISSING_WORDS or any(self._upos[at] == "PUNCT" for at in rest):
            return piece
        return (start, last) if all(self._trees.hangs_on(at, (start, last)) for at in rest) else piece

    def _with_phrase(self, attribution: Attribution, piece: Span) -> Span:
        """Let a piece that ends with a word before what it depends on (*in part because*) go on to the end of that."""
        start, end = piece
        spans = (attribution.cue or (0, 0), attribution.source or (0, 0))
        _, high = self._sentences[end - 1]
        for _ in range(_MISSING_PHRASES):
            head = self._trees.head(end - 1)
            is_before = self._upos[end - 1] in _BEFORE_HEAD or self._xpos[end - 1] in _RELATIVE
            is_before &= self._upos[end - 1] != "ADV" or not self._is_mark(end)
            if not is_before or not end <= head < high:
                break
            last = min(self._trees.clause(head)[1], high)
            while self._upos[last - 1] == "PUNCT" and self._quotation[last - 1] != CLOSING:
                last -= 1
            if any(low < last and end < top for low, top in spans):
                break
            end = last
        return start, end

    def _with_coordinated(self, attribution: Attribution, piece: Span) -> Span:
        """Let a piece without quotation marks go on with what is coordinated to a word of it (*to stop | and leave*).

        A verb with a subject of its own, or one that is a cue itself, does not belong to it.
        """
        start, end = piece
        _, high = self._sentences[end - 1]
        at = end + (self._lemmas[end : end + 1] == [","])
        if at < high and self._coordination.goes_on_as_list(piece):
            return start, high - (self._upos[high - 1] == "PUNCT")
        if at >= high or self._xpos[at] != "CC" or (attribution.cue and end <= attribution.cue[0]):
            return piece
        word = self._trees.head(at)
        is_conjunct = end < word < high and self._trees.relation(word) == "conj"
        if not is_conjunct or not start <= self._trees.head(word) < end or self._upos[word] not in _COORDINATED:
            return piece
        if self._trees.children(word, _SUBJECTS) or self._lemmas[word] in stance.cues_of():
            return piece
        if any(self._quotation[at] != OUTSIDE for at in range(start, end)):
            return piece
        last = min(self._trees.clause(word)[1], high)
        while self._upos[last - 1] == "PUNCT":
            last -= 1
        return start, max(last, end)

    def _from_that(self, attribution: Attribution, piece: Span) -> Span:
        """Begin a content with the *that* of its clause, without words before it (*said in response | that*)."""
        cue, (start, end) = attribution.cue, piece
        if cue is None or cue[1] > start:
            return piece
        for at in range(start + 1, min(start + _LATE_WORDS, end)):
            if self._upos[at - 1] in ("VERB", "AUX", "PUNCT"):
                break
            clause = self._trees.head(at)
            if self._lemmas[at] == "that" and self._trees.relation(at) == "mark" and clause >= 0:
                is_told = self._trees.relation(clause) == "ccomp" and cue[0] <= self._trees.head(clause) < cue[1]
                return (at, end) if is_told else piece
        return piece

    def _from_start(self, attribution: Attribution, piece: Span) -> Span:
        """Begin a piece before its cue with what else of the sentence depends on it (*In May | rain fell, he said*)."""
        cue, (start, end) = attribution.cue, piece
        low, _ = self._sentences[start]
        if cue is None or attribution.source is None or not end <= cue[0] < self._sentences[start][1]:
            return piece
        spans = (cue, attribution.source)
        between = (at for at in range(end, cue[0]) if not any(first <= at < last for first, last in spans))
        if any(self._upos[at] not in _BETWEEN for at in between) or any(low <= first < start for first, _ in spans):
            return piece
        while low < start and (self._xpos[low] == "CC" or self._upos[low] == "PUNCT"):
            low += 1
        if self._upos[low] == "ADV" and self._lemmas[low + 1] == ",":  # *However, …*
            low += 2
        rest = range(low, start)
        if any(self._quotation[at] != OUTSIDE or self._lemmas[at] in _STRONG_MARKS for at in rest):
            return piece
        is_predicate = self._xpos[start] in FINITE and any(self._upos[at] in _NAMING for at in rest)
        is_own = self._lemmas[low] not in _ACCORDING and (
            is_predicate or not any(self._leads_into(at, cue, cue[0], low) for at in rest)
        )
        return (low, end) if is_own else piece

    def _with_first_conjuncts(self, piece: Span) -> Span:
        """Begin a piece that would begin with the second conjunct of a coordination with the first (*A and B met*)."""
        start, end = piece
        low, _ = self._sentences[start]
        first = self._trees.first_conjunct(piece)
        if first < 0 or start - 1 < low or self._xpos[start - 1] != "CC":
            return piece
        return max(low, self._trees.noun_phrase(first)[0]), end

    def _without_marks(self, piece: Span) -> Span:
        """End a piece before a comma or dash outside of quotation marks, and with the bracket that closes one in it."""
        start, end = piece
        marks = self._lemmas[start:end]
        if "(" in marks and ")" not in marks[marks.index("(") :]:
            bracket = start + marks.index("(")
            following = self._following(bracket, self._sentences[start][1])
            end = following if following > end else bracket
        # The outlet after a headline (*offers help – Oslo News*).
        before = (at for at in range(end - 1, start, -1) if self._upos[at] != "PROPN" and self._xpos[at] != "HYPH")
        dash = next(before, start)
        if end == self._sentences[start][1] and end - dash > 1 and self._xpos[dash] == ":":
            end = dash
        semicolons = [at for at in range(start, end) if self._lemmas[at] == ";"]
        if len(semicolons) == 1 and all(self._quotation[at] == OUTSIDE for at in range(start, end)):
            at = semicolons[0]
            end = at if at - start >= _CLAUSE_WORDS and self._lemmas[at + 1 : at + 2] != ["that"] else end
        while end - 1 > start and self._lemmas[end - 1] in _END_MARKS and self._quotation[end - 1] == OUTSIDE:
            end -= 1
        is_entry = start == self._sentences[start][0] and CLOCK.fullmatch(self._lemmas[start])
        start += bool(is_entry) and end - start > 1  # *08:31 | The bridge is closed*
        while start < end - 1 and self._lemmas[start] in _END_MARKS and self._quotation[start] == OUTSIDE:
            start += 1
        return start, end
