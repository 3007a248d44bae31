"""Dateline: a news article as tables, charts and citable findings.

Notebooks import this package and nothing under it. ``__init__.pyi`` lists what it exports; each name is imported when
it is first used, so that importing the package is quick.

>>> from analysis import read_article
>>> read_article("seeds/000_a515cb56a3bc3877.txt").publisher
'Al-Tahrir News Network'
"""

import lazy_loader as _lazy

_getattr, __dir__, __all__ = _lazy.attach_stub(__name__, __file__)


def __getattr__(name: str) -> object:
    if name == "__version__":
        from importlib.metadata import version

        return version("dateline")
    return _getattr(name)
