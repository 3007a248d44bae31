"""One article's report: its notebooks are executed, and a page, tables, figures and numbers are made from them.

Data flows one way: article → executed notebooks (``notebook``) → what they show (``content``) → files (``page``,
``pdf`` and the exhibits' own) and a record of them all (``provenance``), in a staging folder (``staging``) that becomes
the report. ``build`` leads through these steps. ``cache`` makes the key by which an unchanged report is recognised,
from content hashes (``fingerprint``). ``verify`` makes a report again from its record and compares every byte;
``comparison`` makes one page over many reports, ``index`` lists them, ``bundle`` packs one into a zip file. Names are
imported when first used, so that the parent process of a batch need not import what its workers do.
"""

import lazy_loader as _lazy

__getattr__, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)
