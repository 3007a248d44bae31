"""Plain words for the codes of the data, and for the names of its columns, as a reader sees them.

Files hold the codes; tables on a page, on paper and in a notebook, charts and findings show these words.
"""

from __future__ import annotations

__all__ = ["HEADINGS", "LABELS", "code_of", "default_heading", "is_offset", "label_of"]

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
#: Values of TIMEX3 in which the year is not known, or the day is that of writing or near it.
_TIMES = {
    "FUTURE_REF": "the future",
    "PAST_REF": "the past",
    "PRESENT_REF": "the present",
    **{f"XXXX-WXX-{number}": f"a {day}" for number, day in enumerate(_DAYS, 1)},
    **{f"XXXX-{number:02}": month for number, month in enumerate(_MONTHS, 1)},
    **{
        f"XXXX-{number:02}-{day:02}": f"{day} {month}"
        for number, month in enumerate(_MONTHS, 1)
        for day in range(1, 32)
    },
}
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
    "time": _TIMES,
    "type": {"DATE": "date", "DURATION": "length of time", "SET": "repeated", "TIME": "time of day"},
    "upos": _PARTS_OF_SPEECH,
    "value": _TIMES,
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

_CODES = {column: {label: code for code, label in labels.items()} for column, labels in LABELS.items()}


def label_of(column: str, code: str) -> str:
    """Return how a code in a column is shown.

    Examples
    --------
    >>> label_of("label", "norp"), label_of("upos", "PROPN"), label_of("lemma", "norp")
    ('nationality or group', 'proper noun', 'norp')
    >>> label_of("time", "XXXX-WXX-2"), label_of("time", "XXXX-08-25"), label_of("time", "2014-08-25")
    ('a Tuesday', '25 August', '2014-08-25')
    """
    return LABELS.get(column, {}).get(code, code)


def default_heading(name: str) -> str:
    """Return the heading of a column for which none is given.

    Examples
    --------
    >>> default_heading("upos"), default_heading("other_speaker")
    ('part of speech', 'other speaker')
    """
    return HEADINGS.get(name, name.replace("_", " "))


def code_of(column: str, label: str) -> str:
    """Return the code that is shown by a label; empty where the data hold the label itself.

    Examples
    --------
    >>> code_of("label", "nationality or group"), code_of("label", "person")
    ('norp', '')
    """
    return _CODES.get(column, {}).get(label, "")


def is_offset(column: str) -> bool:
    """Return whether a column holds positions in the article, counted in characters.

    Examples
    --------
    >>> is_offset("first_start"), is_offset("end"), is_offset("sentence")
    (True, True, False)
    """
    return column in {"start", "end"} or column.endswith(("_start", "_end"))
