"""Content hashes of what a report is made by, so that only a change that can change its bytes makes it stale.

Code counts by the modules that run, comments, docstrings and blank lines aside; a notebook counts by its cells'
sources, ids and tags. Modules are found by following imports, without importing any. Their text is hashed, not their
syntax tree or bytecode, because both differ from one Python version to the next.
"""

from __future__ import annotations

import ast
import base64
import hashlib
import json
import re
from functools import cache
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from analysis.resources import PACKAGE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from nbformat import NotebookNode

__all__ = [
    "hash_code",
    "hash_inline",
    "hash_notebook",
    "module_closure",
    "notebook_imports",
    "sha256",
    "strip_comments",
]

#: Files beside the modules that can change what they write: style sheets, scripts and templates.
_ASSETS = frozenset({".css", ".j2", ".js", ".typ"})
#: A string literal, which is kept as it is, or what stands between two lines: comments, blank lines, trailing spaces.
_STRING_OR_GAP = re.compile(
    rb"""
    (?P<string> \"\"\"(?:[^"\\]|\\.|"(?!""))*\"\"\" | '''(?:[^'\\]|\\.|'(?!''))*'''
              | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
    | (?:[ \t\f]*(?:\#[^\n]*)?\n)+
    """,
    re.DOTALL | re.VERBOSE,
)


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes, in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def hash_inline(text: str) -> str:
    """Return the hash by which a Content-Security-Policy admits an inline style or script."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def hash_notebook(notebook: NotebookNode) -> str:
    """Return the SHA-256 of a notebook as :func:`~analysis.report.notebook.read_notebook` returns it."""
    return sha256(json.dumps(notebook, sort_keys=True, ensure_ascii=False).encode())


def hash_code(roots: Iterable[str], *, package: Path = PACKAGE) -> str:
    """Return one SHA-256 of all the package's code that runs when some of its modules do.

    Parameters
    ----------
    roots
        Modules, as in ``analysis.report.build``, and names that are imported from the package, as in
        ``analysis:annotate``.
    package
        The package's folder.

    Returns
    -------
    str
        A hash of the modules that :func:`module_closure` finds, as :func:`strip_comments` leaves them, and of the
        style sheets, scripts and templates that these modules use.
    """
    modules = module_closure(roots, package=package)
    files = {name: _read_module(module.path).stripped for name, module in modules.items()}
    files |= _read_assets([module.path for module in modules.values()], package)
    return sha256("".join(f"{name}\0{sha256(files[name])}\n" for name in sorted(files)).encode())


class _Module(NamedTuple):
    """A module's file, and the names in the package that it imports."""

    path: Path
    imports: tuple[str, ...]
    stripped: bytes


def module_closure(roots: Iterable[str], *, package: Path = PACKAGE) -> Mapping[str, _Module]:
    """Return the package's modules that are imported by some of them, directly or through others.

    Imports inside functions count, those under ``if TYPE_CHECKING`` do not. A package whose ``__init__`` loads names
    lazily has a stub beside it, which says where each name comes from.

    Parameters
    ----------
    roots, package
        As for :func:`hash_code`.

    Examples
    --------
    >>> sorted(module_closure(["analysis.layout"]))
    ['analysis', 'analysis.layout']
    """
    found: dict[str, _Module] = {}
    waiting = list(roots)
    seen: set[str] = set()
    while waiting:
        if (wanted := waiting.pop()) in seen:
            continue
        seen.add(wanted)
        module, _, name = wanted.partition(":")
        if (path := _module_path(module, package)) is None:
            continue
        if module not in found:
            found[module] = _read_module(path)
            # A package's __init__ runs before its modules do.
            waiting += [module.rpartition(".")[0], *found[module].imports]
        if name:
            stub = _read_stub(path.with_suffix(".pyi"), module)
            waiting += [f"{module}.{name}", *(stub.values() if name == "*" else [stub.get(name, "")])]
    return found


def notebook_imports(notebook: NotebookNode) -> set[str]:
    """Return the names that a notebook's cells import from the package, as in ``analysis:charts``.

    A cell that is no plain Python may import anything: it counts as importing all names.
    """
    found: set[str] = set()
    for cell in notebook.cells:
        if cell.cell_type == "code":
            try:
                found.update(_imports(_statements(ast.parse(cell.source).body), "analysis"))
            except SyntaxError:
                found.add("analysis:*")
    return found


def strip_comments(source: bytes) -> bytes:
    r"""Return Python source without comments, docstrings, blank lines and trailing spaces.

    Examples
    --------
    >>> strip_comments(b'# Add.\n\ndef add(a, b):\n    "Return the sum."\n    return a + b  # at once\n')
    b'def add(a, b):\n    return a + b\n'
    """
    source = source.replace(b"\r\n", b"\n")
    return _strip(source, ast.parse(source))


@cache
def _read_module(path: Path) -> _Module:
    source = path.read_bytes().replace(b"\r\n", b"\n")
    tree = ast.parse(source)
    parts = path.relative_to(next(folder for folder in path.parents if folder.name == "analysis").parent).parts
    package = ".".join(parts[:-1])
    return _Module(path, tuple(_imports(_statements(tree.body), package)), _strip(source, tree))


def _strip(source: bytes, tree: ast.Module) -> bytes:
    starts = list(accumulate((len(line) + 1 for line in source.split(b"\n")), initial=0))
    for node, replacement in reversed(list(_docstrings(tree))):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        source = source[:start] + replacement + source[end:]
    return _STRING_OR_GAP.sub(lambda match: match["string"] or b"\n", source + b"\n").lstrip(b"\n")


def _docstrings(tree: ast.Module) -> Iterator[tuple[ast.stmt, bytes]]:
    """Yield each docstring in order, with what stands for it: a body must not be left empty."""
    for node in (tree, *_statements(tree.body)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)) and node.body:
            first = node.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                yield first, b"" if len(node.body) > 1 or isinstance(node, ast.Module) else b"pass"


def _statements(body: Iterable[ast.AST]) -> Iterator[ast.AST]:
    """Yield statements and those inside them, but not what only a type checker reads."""
    for node in body:
        yield node
        is_for_types = isinstance(node, ast.If) and getattr(node.test, "id", None) == "TYPE_CHECKING"
        for field in ("body", "handlers", "cases", "orelse", "finalbody"):
            if not (is_for_types and field == "body"):
                yield from _statements(getattr(node, field, ()))


def _imports(statements: Iterable[ast.AST], package: str) -> Iterator[str]:
    """Yield what statements import from the package: ``analysis.tables`` and ``analysis:charts``."""
    for node in statements:
        if isinstance(node, ast.Import):
            for name in (alias.name for alias in node.names):
                # Of a package that is bound as a whole, any name may be used.
                yield f"{name}:*" if name == "analysis" else name
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parents, *filter(None, [node.module])])
            yield from (f"{module}:{alias.name}" for alias in node.names)


def _module_path(module: str, package: Path) -> Path | None:
    """Return a module's file; ``None`` for what is no module of the package."""
    top, *parts = module.split(".")
    if top != "analysis":
        return None
    path = package.joinpath(*parts)
    return next((file for file in (path / "__init__.py", path.with_name(f"{path.name}.py")) if file.is_file()), None)


@cache
def _read_stub(path: Path, package: str) -> dict[str, str]:
    """Return where a lazy package's stub says that each name comes from, as in ``analysis.language:annotate``."""
    if not path.is_file():
        return {}
    imported = _imports(ast.parse(path.read_bytes()).body, package)
    return {name.rpartition(":")[2]: name for name in imported}


def _read_assets(modules: list[Path], package: Path) -> dict[str, bytes]:
    """Return the contents of the assets that modules use, by their path in the package.

    An asset is used by the modules and assets that name its file. One that nothing names may be used by any.
    """
    suffixes = {".py", *_ASSETS}
    contents = {path: path.read_bytes() for path in package.rglob("*.*") if path.suffix in suffixes}
    assets = {path for path in contents if path.suffix in _ASSETS}
    users = {
        asset: {path for path, content in contents.items() if path != asset and asset.name.encode() in content}
        for asset in assets
    }
    used: set[Path] = set(modules)
    while new := {asset for asset in assets - used if not users[asset] or users[asset] & used}:
        used |= new
    return {path.relative_to(package).as_posix(): contents[path] for path in assets & used}
