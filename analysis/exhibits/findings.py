"""What a report says first: findings, each one computed sentence, and the brief, what an article says at one look."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from analysis.exhibits.model import Exhibit, Number, Table
from analysis.statements import Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

__all__ = ["Brief", "BriefLine", "BriefPart", "Finding"]

#: A line of a brief shows so many characters of the text at most.
_MAX_CHARS = 260
#: Parts of a brief whose lines are names, and those whose lines are words of whoever is named.
_NAMES, _SPOKEN = frozenset(["actors", "speakers", "places"]), frozenset(["claims", "contested"])
#: What is said of a part without lines. Of 68 disputes in 36 articles that were read, fourteen were shown whole, so far
#: as the article tells both sides, and nine in part.
_NOTHING = "Nothing that is sure was found."
_NONE_OF = {"contested": "No contested claims were found. Most are missed: in test articles 23 of 68 were shown."}


@dataclass(frozen=True)
class Finding(Exhibit):
    """One sentence that code wrote from a table, with the number that it states; silent where there is none.

    Parameters
    ----------
    statement
        What a function of :mod:`analysis.findings` returns.
    id, caption, notes, place
        As for every :class:`Exhibit`; the caption is the sentence unless given.

    Examples
    --------
    >>> print(Finding(Statement("Two of three words are names.", 2 / 3), id="names-share"))
    Two of three words are names.
    """

    statement: Statement
    _: KW_ONLY

    kind: ClassVar[str] = "finding"
    needs_caption: ClassVar[bool] = False

    def __post_init__(self) -> None:
        super().__post_init__()
        if not isinstance(self.statement, Statement):
            raise TypeError(f"finding {self.id!r} is {self.statement!r:.60}; expected what analysis.findings returns")
        object.__setattr__(self, "caption", self.caption or self.statement.text)

    @property
    def is_silent(self) -> bool:
        """Whether there is nothing to say, so that nothing is shown."""
        return not self.statement

    @property
    def text(self) -> str:
        """The sentence."""
        return self.statement.text

    @property
    def number(self) -> Number | None:
        """The number that the sentence states, under the finding's id; None if it states none."""
        value = self.statement.value
        return None if math.isnan(value) else Number(value, id=self.id, unit=self.statement.unit)

    def __str__(self) -> str:
        return self.text

    def _own_record(self) -> dict[str, Any]:
        said = self.statement
        numbers = {name: getattr(said, name) for name in ("value", "low", "high")}
        known = {name: None if math.isnan(value) else value for name, value in numbers.items()}
        return {"text": said.text, **known, "unit": said.unit}

    @classmethod
    def _from_record(cls, record: Mapping[str, Any], shared: Mapping[str, Any]) -> Finding:
        numbers = {n: math.nan if record[n] is None else record[n] for n in ("value", "low", "high")}
        return cls(Statement(record["text"], **numbers, unit=record["unit"]), **shared)


class BriefLine(NamedTuple):
    """One line of a brief, written for a reader.

    Attributes
    ----------
    name
        Who or what it is about; may be empty.
    text
        What the article says, cut off if it is very long, but for the summary; empty where the name says it.
    note
        How that is to be taken; may be empty.
    is_spoken
        Whether the text is what whoever is named says, and the note how.
    start, end
        The half-open character span that the line rests on.
    """

    name: str
    text: str
    note: str
    start: int
    end: int
    is_spoken: bool

    @classmethod
    def of(cls, part: str, row: Mapping[str, Any]) -> BriefLine:
        """Return the line of a row of the table ``brief``."""
        name = " and ".join(row["name"].split("; "))
        text = " ".join(row["text"].split())
        if part != "summary" and len(text) > _MAX_CHARS:
            text = f"{text[:_MAX_CHARS].rsplit(' ', 1)[0]} …"
        note = row["caveat"]
        if part == "times":
            name, note = "", note or (name if name != text else "")
        elif part in _NAMES:
            text = ""
        return cls(name, text, note, int(row["start"]), int(row["end"]), part in _SPOKEN)


class BriefPart(NamedTuple):
    """One part of a brief.

    Attributes
    ----------
    part, title
        Its name in the table, and its heading.
    items
        Its lines; those of one item, such as two claims that contradict each other, stand together.
    error
        How often the tables that it comes from are right; empty if that was not measured.
    """

    part: str
    title: str
    items: list[list[BriefLine]]
    error: str

    @property
    def none(self) -> str:
        """What is said instead of lines where there are none."""
        return _NONE_OF.get(self.part, _NOTHING)


@dataclass(frozen=True)
class Brief(Table):
    """What an article says, at one look: the table ``brief``, its rows as lines under the parts' headings.

    Parameters
    ----------
    data
        The table ``brief``.
    id, caption, notes, place
        As for every :class:`Exhibit`.
    parts
        The headings of the parts, in order, by their names in the table.
    errors
        How often a part is right, in a line, by the part's name.

    Notes
    -----
    It is saved as every table is. A part without rows says that nothing was found.
    """

    _: KW_ONLY
    parts: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    kind: ClassVar[str] = "brief"

    def __post_init__(self) -> None:
        super().__post_init__()
        known = list(self.parts)
        if unknown := [part for part in (*self.data["part"].unique(), *self.errors) if part not in known]:
            raise ValueError(f"brief {self.id!r} has the part {unknown[0]!r}; expected one of {', '.join(known)}")
        object.__setattr__(self, "rows", max(1, len(self.data)))

    @property
    def instead(self) -> str:
        """Nothing: a brief without rows says of each part that nothing was found."""
        return ""

    def shown_parts(self) -> Iterator[BriefPart]:
        """Yield the parts in order."""
        rows = self.data.to_dict("records")
        for part, title in self.parts.items():
            own: dict[int, list[BriefLine]] = {}
            for row in rows:
                if row["part"] == part:
                    own.setdefault(row["item"], []).append(BriefLine.of(part, row))
            yield BriefPart(part, title, list(own.values()), self.errors.get(part, ""))

    def _own_record(self) -> dict[str, Any]:
        # A notebook's file does not keep the order of keys: what has an order is a list.
        more = {"parts": list(map(list, self.parts.items())), "errors": list(map(list, self.errors.items()))}
        return super()._own_record() | more

    @classmethod
    def _from_record(cls, record: Mapping[str, Any], shared: Mapping[str, Any]) -> Brief:
        table = Table._from_record(record, shared)  # noqa: SLF001 - a method of its own class
        parts, errors = dict(record["parts"]), dict(record["errors"])
        return cls(table.data, rows=table.rows, columns=table.columns, parts=parts, errors=errors, **shared)
