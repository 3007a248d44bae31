"""One article's report: its notebooks are executed, and a page, tables, figures and numbers are made from them.

Data flows one way: article → executed notebooks (``notebook``) → what they show (``content``) → files (``page`` and
the exhibits' own) and a record of it all (``provenance``), in a folder aside that takes the report's place at the end
(``staging``): ``build`` leads through it. ``verify`` makes a report again from its record and compares every byte.
``comparison`` makes one page over many finished reports in the same way. Names are imported when first used, so
that the parent process of a batch need not hold what its workers need.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
