"""A finding as data: one sentence about a table, with the number that it states."""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["SILENT", "Statement"]


@dataclass(frozen=True)
class Statement:
    """One sentence that code wrote from a table.

    Attributes
    ----------
    text
        The sentence; empty where the table does not carry one.
    value
        The number that it states; NaN where it states none.
    low, high
        The 95 % interval of the number; NaN where it has none.
    unit
        What is counted or measured, in the plural.
    """

    text: str
    value: float = math.nan
    low: float = math.nan
    high: float = math.nan
    unit: str = ""

    def __bool__(self) -> bool:
        """Return whether there is anything to say."""
        return bool(self.text)


#: What is said where there is nothing to say.
SILENT = Statement("")
