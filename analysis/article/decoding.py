"""Character encodings: bytes to text, also where the encoding is not declared or some bytes are invalid in it."""

from __future__ import annotations

import re

from analysis.article.model import SURROGATE, ArticleError
from analysis.article.sources import EXPECTED

__all__ = ["check_utf8", "decode", "describe_stray", "find_byte_order_mark"]

#: Byte order marks; the mark of UTF-16 begins that of UTF-32, which is therefore tried first.
_BYTE_ORDER_MARKS = (
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
#: Labels that the WHATWG Encoding Standard reads as windows-1252 (cp1252).
_LABELS_OF_CP1252 = {"iso-8859-1", "iso8859-1", "iso_8859-1", "latin-1", "latin1", "us-ascii", "ascii", "windows-1252"}
_DOCUMENTS = {b"%PDF-": "a PDF", b"{\\rtf": "an RTF document"}
#: An invalid byte, or the first bytes of an incomplete character, in UTF-8 decoded with ``surrogateescape``.
_STRAY = re.compile("[\udcc2-\udcf4][\udc80-\udcbf]+|[\udc80-\udcff]")
_CONTROLS = frozenset(range(32)) - frozenset(b"\t\n\r\f\v\x1b")
_NON_ASCII = bytes(range(128, 256))
_MAX_CONTROL_SHARE = 0.02
#: Of the bytes of Latin letters in UTF-16 half are zero, all of them first or all second.
_MIN_ZERO_SHARE_OF_UTF_16 = 0.3
_MAX_NON_ASCII_SHARE_OF_ENGLISH = 0.02
_SAMPLE_BYTES = 65_536
#: What is odd in cp1252 and so suggests another encoding: undefined bytes, letters that are Turkish in cp1254 but
#: Icelandic in cp1252, runs of accented letters, capitals after small letters, marks between letters.
_ODD = re.compile(
    r"[\ufffdÐÝÞðýþ]|[^\W\d_A-Za-z]{3,}|(?<=[a-zß-ÿ])[À-ÞŠŒŽ]|(?<=[^\W\d_])[¡-¬®-¶¸-¿×÷€‚„†‡ˆ‰‹›˜™•](?=[^\W\d_])"
)
_MIN_ODD_ALLOWED = 1
_MAX_ODD_SHARE = 0.1
#: French has accents on 5 % of its letters, Swedish on 6 %, Czech and Hungarian on 10 % or more.
_MAX_ACCENTED_SHARE = 0.08
#: In a short text, this many accented letters are allowed up to a larger share.
_MIN_ACCENTED_ALLOWED = 10
_MAX_ACCENTED_SHARE_OF_SHORT = 0.3
#: In the name of an encoding, how many bytes are none of it.
_COUNTED = re.compile(r"\(stray bytes: (\d+)\)")


def decode(data: bytes, *, name: str, declared: str | None = None) -> tuple[str, str]:
    r"""Decode the bytes of a text.

    The encoding is that of the byte order mark, else UTF-8 if the bytes are valid, else the declared one if they are
    valid there, else UTF-8 with stray bytes if most other bytes are valid, else a guess.

    Parameters
    ----------
    data
        The bytes.
    name
        The name of their source, for messages.
    declared
        The encoding that a page or its server declares.

    Returns
    -------
    tuple of str
        The text and the name of its encoding, with the number of stray bytes if there are any.

    Raises
    ------
    ArticleError
        If the bytes are a document of another kind, not a text, or in no known encoding.

    Examples
    --------
    >>> decode(b"\x93Caf\xe9\x94", name="menu.txt")
    ('“Café”', 'cp1252')
    >>> decode("It’s a café".encode() + b"\x85", name="menu.txt")
    ('It’s a café…', 'utf-8 (stray bytes: 1)')
    """
    if encoding := find_byte_order_mark(data):
        return data.decode(encoding, errors="replace"), encoding
    _check_is_text(data, name)
    if declared:
        declared = "cp1252" if declared.lower() in _LABELS_OF_CP1252 else declared.lower()
    for candidate in filter(None, ("utf-8", declared)):
        try:
            return data.decode(candidate), candidate
        except (LookupError, ValueError):
            continue
    escaped = data.decode("utf-8", errors="surrogateescape")
    n_stray = len(SURROGATE.findall(escaped))
    valid = "".join(c for c in data.decode("utf-8", errors="ignore") if c > "\x7f")
    # Characters that cp1252 has as well are the best evidence: their UTF-8 bytes never stand side by side in cp1252.
    if len(valid) + 2 * len(valid.encode("cp1252", errors="ignore")) > n_stray:
        return _STRAY.sub(_decode_stray, escaped), f"utf-8 (stray bytes: {n_stray})"
    encoding = _guess_encoding(data, name=name)
    return data.decode(encoding, errors="replace"), encoding


def find_byte_order_mark(data: bytes) -> str | None:
    """Return the encoding that the first bytes of a text declare."""
    return next((encoding for mark, encoding in _BYTE_ORDER_MARKS if data.startswith(mark)), None)


def describe_stray(encoding: str) -> str:
    """Return what was done with the stray bytes that :func:`decode` counts in an encoding's name; empty if none.

    Examples
    --------
    >>> describe_stray("utf-8 (stray bytes: 3)"), describe_stray("utf-8")
    ('bytes that are no UTF-8 read as cp1252 (3)', '')
    """
    counted = _COUNTED.search(encoding)
    return f"bytes that are no UTF-8 read as cp1252 ({counted[1]})" if counted else ""


def check_utf8(text: str, where: str) -> None:
    """Check that a text decoded as UTF-8 with ``surrogateescape`` had no invalid byte.

    Parameters
    ----------
    text
        The text.
    where
        Its source, for the message.

    Raises
    ------
    ArticleError
        Naming the first invalid byte.
    """
    if escaped := SURROGATE.search(text):
        raise ArticleError(f"{where} is not UTF-8 (byte 0x{ord(escaped[0]) - 0xDC00:02X}): save it as UTF-8")


def _check_is_text(data: bytes, name: str) -> None:
    for mark, kind in _DOCUMENTS.items():
        if data.startswith(mark):
            raise ArticleError(f"{name} is {kind}; {EXPECTED}")
    sample = data[:_SAMPLE_BYTES]
    zeros = sample[::2].count(0), sample[1::2].count(0)
    if max(zeros) > _MIN_ZERO_SHARE_OF_UTF_16 * len(sample) and not min(zeros):
        raise ArticleError(f"{name} has zero bytes, as UTF-16 without a byte order mark: save it as UTF-8")
    n_controls = sum(byte in _CONTROLS for byte in sample)
    if n_controls > _MAX_CONTROL_SHARE * len(sample):
        raise ArticleError(f"{name} is a binary file; expected a text")


def _decode_stray(escaped: re.Match[str]) -> str:
    """Decode an invalid byte as cp1252; an incomplete UTF-8 character cannot be decoded."""
    data = escaped[0].encode("utf-8", errors="surrogateescape")
    return data.decode("cp1252", errors="replace") if len(data) == 1 else "\N{REPLACEMENT CHARACTER}"


def _guess_encoding(data: bytes, *, name: str) -> str:
    """Return the likeliest encoding of bytes that are not UTF-8."""
    import charset_normalizer

    n_non_ascii = len(data) - len(data.translate(None, delete=_NON_ASCII))
    if n_non_ascii < _MAX_NON_ASCII_SHARE_OF_ENGLISH * len(data):
        # A few such bytes among ASCII letters are the quotes and dashes of cp1252, which the HTML standard defaults to.
        return "cp1252"
    # In a short text their share can be large, and statistical guesses from so few bytes are unreliable.
    if _is_western(data.decode("cp1252", errors="replace")):
        return "cp1252"
    best = charset_normalizer.from_bytes(data).best()
    if best is None:
        raise ArticleError(f"{name} is in no known encoding; save it as UTF-8")
    return best.encoding


def _is_western(text: str) -> bool:
    """Return whether a text decoded as cp1252 has marks and accents where, and as often as, Western prose does."""
    n_non_ascii = sum(c > "\x7f" for c in text)
    n_odd = sum(map(len, _ODD.findall(text)))
    n_letters = sum(map(str.isalpha, text))
    n_accented = sum(c > "\x7f" and c.isalpha() for c in text)
    max_odd = max(_MIN_ODD_ALLOWED, _MAX_ODD_SHARE * n_non_ascii)
    max_accented = max(
        _MAX_ACCENTED_SHARE * n_letters, min(_MIN_ACCENTED_ALLOWED, _MAX_ACCENTED_SHARE_OF_SHORT * n_letters)
    )
    return n_odd <= max_odd and n_accented <= max_accented
