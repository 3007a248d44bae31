"""A report as one zip file to deposit in a repository."""

from __future__ import annotations

import contextlib
import os
import zipfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from analysis.integrity import FILE, damage, read_file, reason, scan, shown
from analysis.layout import RECORD
from analysis.lines import printable
from analysis.report.faults import find_fault
from analysis.report.fingerprint import sha256
from analysis.report.notebook import ReportError
from analysis.report.provenance import read_record
from analysis.report.textless import remove_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from analysis.record import Record

__all__ = ["bundle_report"]

#: The earliest time that a zip file can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE_BY_ALL = 0o644


def bundle_report(
    report: Path | str,
    out: Path | str | None = None,
    *,
    force: bool = False,
    without_text: bool = False,
    progress: Callable[[str], None] | None = None,
) -> Path:
    """Pack a report into one zip file for deposit: the same bytes for the same report.

    Parameters
    ----------
    report
        The report's folder. Only its record and the files that the record names are packed, and no link is followed.
    out
        The zip file; beside the folder, with its name (and ``-without-text``), unless given.
    without_text
        Whether to leave out the article's text, as :mod:`analysis.report.textless` says.
    force
        Whether to pack what is left of a report of which files are lost, or not those that were recorded.
    progress
        A function that is called with a line on each file that is left out or damaged.

    Returns
    -------
    pathlib.Path
        The zip file.

    Raises
    ------
    ReportError
        If the folder holds no report, the report is damaged, or the zip file cannot be written or is there and is
        something else than a bundle, which is replaced.
    """
    report = Path(report)
    # A folder may be given as ``.``, which has no name.
    report = report if report.name not in {"", ".."} else report.resolve()
    out = Path(out) if out is not None else report.with_name(f"{report.name}{'-without-text' * without_text}.zip")
    if out.is_dir():
        raise ReportError(f"{printable(str(out))} is a folder; expected a file")
    if out.exists() and not out.is_symlink() and not _is_bundle(out):
        raise ReportError(f"{printable(str(out))} is there and is no bundle of a report; move it, or name another file")
    if report.resolve() in (out.parent.resolve() / out.name).parents:
        raise ReportError(f"{printable(str(out))} is inside the report; name a file elsewhere")
    if force and without_text:
        raise ReportError("a damaged report cannot be packed without its text; make the report again")
    record = read_record(report)
    names = sorted(_files_to_pack(report, record, force=force, notify=progress or (lambda _: None)), key=PurePosixPath)
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    folder = report.resolve().name.encode(errors="replace").decode()
    try:
        # Stored, not compressed: what a compressor writes differs from one machine to the next.
        with partial.open("xb") as file, zipfile.ZipFile(file, "w", zipfile.ZIP_STORED) as bundle:
            files = ((name, _read(report / name, None if force else record.files.get(name))) for name in names)
            for name, data in remove_text(files, record) if without_text else files:
                entry = zipfile.ZipInfo(f"{folder}/{name}", date_time=_EPOCH)
                entry.create_system, entry.external_attr = _UNIX, _READABLE_BY_ALL << 16
                bundle.writestr(entry, data)
        partial.replace(out)
    except OSError as error:
        why = f"{printable(str(out))} cannot be written: {reason(error)}"
        raise find_fault(error, out.absolute().parent) or ReportError(why) from None
    finally:
        with contextlib.suppress(OSError):
            partial.unlink()
    return out


def _is_bundle(path: Path) -> bool:
    """Return whether a file is a zip file with the record of a report, as a bundle is."""
    try:
        with zipfile.ZipFile(path) as bundle:
            return any(PurePosixPath(name).name == RECORD for name in bundle.namelist())
    except (OSError, zipfile.BadZipFile):
        return False


def _files_to_pack(report: Path, record: Record, *, force: bool, notify: Callable[[str], None]) -> list[str]:
    """Return the record and the files that it names: all, or with ``force`` those that are left."""
    try:
        found = scan(report, set(record.sizes.values()))
    except OSError as error:
        raise ReportError(f"{printable(str(report))} cannot be read: {reason(error)}") from None
    damaged = damage(found, record.files, record=RECORD)
    named = [RECORD, *record.files]
    lines = {name: f"{shown(name)}: {what}" for name, what in damaged.items()}
    lost = [name for name in named if name in damaged]
    if RECORD in lost or (lost and not force):
        n = f"{len(lost):,} of its {len(named):,} files {'is' if len(lost) == 1 else 'are'} not as recorded"
        way = "make the report again" if RECORD in lost else "`dateline verify` names all, --force packs what is left"
        raise ReportError(f"{printable(str(report))} is damaged: {n} ({lines[lost[0]]}); {way}")
    packed = [name for name in named if name in found and found[name].kind == FILE and not found[name].note]
    for name, line in lines.items():
        notify(line if name in packed else f"left out: {line}")
    return packed


def _read(path: Path, digest: str | None) -> bytes:
    try:
        data = read_file(path)
    except OSError as error:
        raise ReportError(f"{printable(str(path))} cannot be read: {reason(error)}") from None
    if digest and sha256(data) != digest:
        raise ReportError(f"{printable(str(path))} was changed while the report was packed")
    return data
