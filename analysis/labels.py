"""Plain words for the codes of the data, and for the names of its columns, as a reader sees them.

Files hold the codes; tables on a page, on paper and in a notebook, charts and findings show these words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["HEADINGS", "LABELS", "default_heading", "is_offset", "label_of"]

_PARTS_OF_SPEECH = {
    "ADJ": "adjective",
    "ADP": "preposition",
    "ADV": "adverb",
    "AUX": "auxiliary",
    "CCONJ": "coordinating conjunction",
    "DET": "determiner",
    "INTJ": "interjection",
    "NOUN": "noun",
    "NUM": "numeral",
    "PART": "particle",
    "PRON": "pronoun",
    "PROPN": "proper noun",
    "PUNCT": "punctuation",
    "SCONJ": "subordinating conjunction",
    "SYM": "symbol",
    "VERB": "verb",
    "X": "other",
}
_NAMES = {"misc": "other name", "norp": "nationality or group"}
_SOURCES = {"official": "unnamed official", "writer": "the writer"}
_DAYS = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()
_MONTHS = "January February March April May June July August September October November December".split()
#: Values of TIMEX3, or parts of them before the time of day, that have words of their own; and, after them, what is not
#: known.
_TIMES = {
    "FUTURE_REF": ("the future", ""),
    "PAST_REF": ("the past", ""),
    "PRESENT_REF": ("the present", ""),
    "XXXX": ("", "year unknown"),
    "XXXX-XX": ("", "month unknown"),
    "XXXX-WXX": ("", "week unknown"),
    "XXXX-XX-XX": ("", "day unknown"),
    "XXXX-WXX-WE": ("a weekend", ""),
    "FYXXXX": ("a fiscal year", ""),
    **{f"XXXX-WXX-{number}": (f"a {day}", "") for number, day in enumerate(_DAYS, 1)},
    **{f"XXXX-{number:02}": (month, "year unknown") for number, month in enumerate(_MONTHS, 1)},
}
_PARTS_OF_YEAR = {
    "FA": "autumn",
    "H1": "first half",
    "H2": "second half",
    "Q1": "first quarter",
    "Q2": "second quarter",
    "Q3": "third quarter",
    "Q4": "fourth quarter",
    "SP": "spring",
    "SU": "summer",
    "WI": "winter",
}
_HOURS = {"AF": "afternoon", "EV": "evening", "MO": "morning", "NI": "night", "XX:XX": "hour unknown"}
#: Other forms of values, and how their parts are put in words.
_TIME_FORMS: tuple[tuple[str, Callable[..., tuple[str, str]]], ...] = (
    (r"XXXX-(0[1-9]|1[0-2])-(\d\d)", lambda month, day: (f"{int(day)} {_MONTHS[int(month) - 1]}", "year unknown")),
    (r"XXXX-XX-(\d\d)", lambda day: (f"the {_ordinal(int(day))}", "month unknown")),
    (rf"XXXX-({'|'.join(_PARTS_OF_YEAR)})", lambda part: (_PARTS_OF_YEAR[part], "year unknown")),
    (rf"(\d{{4}})-({'|'.join(_PARTS_OF_YEAR)})", lambda year, part: (f"{_PARTS_OF_YEAR[part]} of {year}", "")),
    (r"(\d{4})-W(\d\d)", lambda year, week: (f"week {int(week)} of {year}", "")),
    (r"(\d{4})-W(\d\d)-WE", lambda year, week: (f"weekend of week {int(week)} of {year}", "")),
    (r"FY(\d{4})", lambda year: (f"fiscal year {year}", "")),
    (r"(\d{3})", lambda decade: (f"the {decade}0s", "")),
    (r"(\d{2})", lambda century: (f"the {_ordinal(int(century) + 1)} century", "")),
    (r"(\d)", lambda millennium: (f"the {_ordinal(int(millennium) + 1)} millennium", "")),
    (r"BC(\d{4})", lambda year: (f"{int(year)} BC", "")),
    (r"BC(\d\d)", lambda century: (f"the {_ordinal(int(century) + 1)} century BC", "")),
)
_TIME_OF_DAY = re.compile(rf"(.*[\dX])T({'|'.join(_HOURS)}|\d\d:\d\d.*)")
_LENGTH = re.compile(r"P(T?)([\d.]+|X)([A-Z])")
_UNITS = {"D": "day", "M": "month", "TH": "hour", "TM": "minute", "TS": "second", "W": "week", "Y": "year"}
_EVENTS = (
    *"agree aid assault coerce concede consult cooperate demand disapprove fight".split(),
    *"investigate mobilize protest reject retreat sanction support threaten".split(),
)
_METHODS = {
    "dateline": "Dateline",
    "edmundson": "Edmundson",
    "keyness": "keyness",
    "kl": "KL",
    "lead": "lead",
    "lexrank": "LexRank",
    "lsa": "LSA",
    "luhn": "Luhn",
    "rake": "RAKE",
    "sumbasic": "SumBasic",
    "textrank": "TextRank",
    "yake": "YAKE",
}

#: Words for the codes of a column, by the column's name; a code without them is shown as it is.
LABELS: dict[str, dict[str, str]] = {
    "kind": {event.upper(): event for event in _EVENTS} | {"nominal": "noun phrase"},
    "label": _NAMES,
    "left_label": _NAMES,
    "measure": {
        "automated_readability": "Automated Readability Index",
        "coleman_liau": "Coleman–Liau index",
        "dale_chall": "Dale–Chall score",
        "flesch_kincaid_grade": "Flesch–Kincaid grade",
        "flesch_reading_ease": "Flesch reading ease",
        "gunning_fog": "Gunning fog index",
        "hapaxes": "words used once",
        "hdd": "HD-D",
        "lexical_density": "lexical density",
        "lix": "LIX",
        "maas": "Maas’ a²",
        "mattr": "moving-average type–token ratio",
        "mtld": "MTLD",
        "sentence_length_max": "longest sentence",
        "sentence_length_mean": "mean length of a sentence",
        "sentence_length_median": "median length of a sentence",
        "smog": "SMOG grade",
        "syllables_per_word": "syllables in a word",
        "ttr": "type–token ratio",
        "types": "different words",
        "word_length_mean": "mean length of a word",
        "yule_k": "Yule’s K",
    },
    "method_a": _METHODS,
    "method_b": _METHODS,
    "right_label": _NAMES,
    "source_kind": _SOURCES,
    "type": {"DATE": "date", "DURATION": "length of time", "SET": "repeated", "TIME": "time of day"},
    "upos": _PARTS_OF_SPEECH,
}

#: Headings of columns whose names alone do not say what they hold.
HEADINGS: dict[str, str] = _METHODS | {
    "agreement": "methods that agree",
    "end": "to character",
    "expected": "expected count",
    "first_start": "first at character",
    "is_stop": "function word",
    "is_word": "word",
    "label": "kind",
    "left_label": "left kind",
    "log_dice": "log Dice",
    "log_likelihood": "log-likelihood",
    "log_ratio": "log ratio",
    "log_ratio_high": "log ratio, high",
    "log_ratio_low": "log ratio, low",
    "n": "count",
    "n_articles": "articles",
    "n_descriptions": "descriptions",
    "n_names": "names",
    "n_pronouns": "pronouns",
    "n_quoted": "quoted",
    "n_scored": "words scored",
    "n_sentences": "sentences",
    "n_speech": "said",
    "n_tokens": "tokens",
    "n_words": "words",
    "norm": "normal form",
    "of_articles": "of articles",
    "p_adjusted": "adjusted p",
    "rate_per_1000": "per 1,000 words",
    "reference_share": "share in news",
    "right_label": "right kind",
    "sd": "standard deviation",
    "source_kind": "kind of source",
    "start": "from character",
    "upos": "part of speech",
    "xpos": "Penn tag",
}


def label_of(column: str, code: str) -> str:
    """Return how a code in a column is shown.

    Examples
    --------
    >>> label_of("label", "norp"), label_of("upos", "PROPN"), label_of("lemma", "norp")
    ('nationality or group', 'proper noun', 'norp')
    >>> label_of("time", "XXXX-WXX-2"), label_of("time", "XXXX-05-14T12:00"), label_of("time", "2014-08-25")
    ('a Tuesday', '14 May, 12:00, year unknown', '2014-08-25')
    """
    # A value may also be a number that was written as a text.
    if column == "time" or (column == "value" and not code.isdigit()):
        return _time_in_words(code)
    return LABELS.get(column, {}).get(code, code)


def default_heading(name: str) -> str:
    """Return the heading of a column for which none is given.

    Examples
    --------
    >>> default_heading("upos"), default_heading("other_speaker")
    ('part of speech', 'other speaker')
    """
    return HEADINGS.get(name, name.replace("_", " "))


def is_offset(column: str) -> bool:
    """Return whether a column holds positions in the article, counted in characters.

    Examples
    --------
    >>> is_offset("first_start"), is_offset("end"), is_offset("sentence")
    (True, True, False)
    """
    return column in {"start", "end"} or column.endswith(("_start", "_end"))


def _time_in_words(value: str) -> str:
    """Return a value of TIMEX3 in words; a day that is known is left as it is."""
    length = _LENGTH.fullmatch(value)
    if length and (unit := _UNITS.get(length[1] + length[3])):
        return f"some {unit}s" if length[2] == "X" else f"{length[2]} {unit}{'s' * (length[2] != '1')}"
    timed = _TIME_OF_DAY.fullmatch(value)
    day, hour = timed.groups() if timed else (value, "")
    found = ((words, match) for form, words in _TIME_FORMS if (match := re.fullmatch(form, day)))
    known, unknown = _TIMES.get(day) or next((words(*match.groups()) for words, match in found), (day, ""))
    return ", ".join(filter(None, (known, _HOURS.get(hour, hour.replace("Z", " UTC")), unknown)))


def _ordinal(number: int) -> str:
    tens, ones = divmod(number % 100, 10)
    return f"{number}{'th' if tens == 1 else {1: 'st', 2: 'nd', 3: 'rd'}.get(ones, 'th')}"
