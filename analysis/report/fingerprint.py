"""Content hashes of what a report is made by, so that only a change that can change its bytes makes it stale.

The hash of code covers the modules that run, without comments, docstrings and blank lines; the hash of a notebook
covers its cells' types, sources, ids and tags. Modules are found by following imports statically. Their text is hashed,
not their syntax tree or bytecode, because both differ from one Python version to the next.
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
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from nbformat import NotebookNode

__all__ = [
    "ASSET_SUFFIXES",
    "hash_code",
    "hash_inline",
    "hash_notebook",
    "module_closure",
    "notebook_imports",
    "sha256",
    "strip_comments",
]

#: The suffixes of style sheets, scripts, pictures and templates in the package.
ASSET_SUFFIXES = frozenset({".css", ".html", ".j2", ".js", ".svg", ".tex", ".typ", ".xml"})
#: Either a string literal, which is kept, or a line break with the comments, blank lines and spaces around it.
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
    files = {name: _read_module(name, path).stripped for name, path in modules.items()}
    files |= _read_assets(modules.values(), package)
    return sha256("".join(f"{name}\0{sha256(files[name])}\n" for name in sorted(files)).encode())


def module_closure(roots: Iterable[str], *, package: Path = PACKAGE) -> dict[str, Path]:
    """Return the modules of the package that some of them import, directly or through others.

    Imports inside functions count, those under ``if TYPE_CHECKING`` do not. For a package that loads names lazily, its
    stub tells where each name comes from.

    Parameters
    ----------
    roots, package
        As for :func:`hash_code`.

    Returns
    -------
    dict
        The file of each module, by the module's name.

    Examples
    --------
    >>> sorted(module_closure(["analysis.layout"]))
    ['analysis', 'analysis.layout']
    """
    found: dict[str, Path] = {}
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
            found[module] = path
            # The __init__ of a package runs before its modules.
            waiting += [module.rpartition(".")[0], *_read_module(module, path).imports]
        if name:
            stub = _read_stub(path.with_suffix(".pyi"), module)
            waiting += [f"{module}.{name}", *(stub.values() if name == "*" else [stub.get(name, "")])]
    return found


def notebook_imports(notebook: NotebookNode) -> set[str]:
    """Return the names that a notebook's cells import from the package, as in ``analysis:charts``.

    A cell with IPython syntax cannot be parsed: it counts as importing all names.
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


class _Module(NamedTuple):
    """The names in the package that a module imports, and its source without comments."""

    imports: tuple[str, ...]
    stripped: bytes


def _read_module(name: str, path: Path) -> _Module:
    package = name if path.name == "__init__.py" else name.rpartition(".")[0]
    return _parse_module(package, path.read_bytes())


@cache
def _parse_module(package: str, source: bytes) -> _Module:
    source = source.replace(b"\r\n", b"\n")
    tree = ast.parse(source)
    return _Module(tuple(_imports(_statements(tree.body), package)), _strip(source, tree))


def _strip(source: bytes, tree: ast.Module) -> bytes:
    starts = list(accumulate((len(line) + 1 for line in source.split(b"\n")), initial=0))
    for node, replacement in reversed(list(_docstrings(tree))):
        start = starts[node.lineno - 1] + node.col_offset
        end = starts[(node.end_lineno or 0) - 1] + (node.end_col_offset or 0)
        source = source[:start] + replacement + source[end:]
    return _STRING_OR_GAP.sub(lambda match: match["string"] or b"\n", source + b"\n").lstrip(b"\n")


def _docstrings(tree: ast.Module) -> Iterator[tuple[ast.stmt, bytes]]:
    """Yield each docstring in order, with its replacement: ``pass`` where the body would be empty."""
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
    """Yield statements and those inside them, except those under ``if TYPE_CHECKING``."""
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
                # Any name of the package may be used.
                yield f"{name}:*" if name == "analysis" else name
        elif isinstance(node, ast.ImportFrom):
            parents = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            module = ".".join([*parents, *filter(None, [node.module])])
            yield from (f"{module}:{alias.name}" for alias in node.names)


def _module_path(module: str, package: Path) -> Path | None:
    """Return the file of a module; ``None`` if the package has no such module."""
    top, *parts = module.split(".")
    if top != "analysis":
        return None
    path = package.joinpath(*parts)
    return next((file for file in (path / "__init__.py", path.with_name(f"{path.name}.py")) if file.is_file()), None)


@cache
def _read_stub(path: Path, package: str) -> dict[str, str]:
    """Return the origin of each name in a lazy package's stub, as in ``analysis.language:annotate``."""
    if not path.is_file():
        return {}
    imported = _imports(ast.parse(path.read_bytes()).body, package)
    return {name.rpartition(":")[2]: name for name in imported}


def _read_assets(modules: Iterable[Path], package: Path) -> dict[str, bytes]:
    """Return the contents of the assets that modules use, by their path in the package.

    An asset is used by the modules and assets that contain its file name. One whose name is found nowhere, since it is
    computed, counts as used.
    """
    suffixes = {".py", *ASSET_SUFFIXES}
    contents = {path: path.read_bytes() for path in package.rglob("*.*") if path.suffix in suffixes}
    assets = {path for path in contents if path.suffix in ASSET_SUFFIXES}
    users = {
        asset: {path for path, content in contents.items() if path != asset and asset.name.encode() in content}
        for asset in assets
    }
    used: set[Path] = set(modules)
    while new := {asset for asset in assets - used if not users[asset] or users[asset] & used}:
        used |= new
    return {path.relative_to(package).as_posix(): contents[path] for path in assets & used}
