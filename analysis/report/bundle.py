"""A report as one zip file to deposit in a repository."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

from analysis.report.notebook import ReportError
from analysis.report.provenance import read_record

__all__ = ["bundle_report"]

#: The earliest time that a zip file can hold.
_EPOCH = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_READABLE_BY_ALL = 0o644


def bundle_report(report: Path | str, out: Path | str | None = None) -> Path:
    """Pack a report into one zip file for deposit: the same bytes for the same report.

    Parameters
    ----------
    report
        The report's folder.
    out
        The zip file; beside the folder, with its name, unless given.

    Returns
    -------
    pathlib.Path
        The zip file.

    Raises
    ------
    ReportError
        If the folder holds no report, or the file cannot be written.
    """
    report = Path(report)
    read_record(report)
    out = Path(out) if out is not None else report.with_name(f"{report.name}.zip")
    partial = out.with_name(f".{out.name}.{os.getpid()}")
    try:
        # Stored, not compressed: what a compressor writes differs from one machine to the next.
        with zipfile.ZipFile(partial, "w", zipfile.ZIP_STORED) as bundle:
            for path in sorted(path for path in report.rglob("*") if path.is_file()):
                name = f"{report.resolve().name}/{path.relative_to(report).as_posix()}"
                entry = zipfile.ZipInfo(name, date_time=_EPOCH)
                entry.create_system, entry.external_attr = _UNIX, _READABLE_BY_ALL << 16
                bundle.writestr(entry, path.read_bytes())
        partial.replace(out)
    except OSError as error:
        raise ReportError(f"{out} cannot be written: {error.strerror}") from None
    finally:
        partial.unlink(missing_ok=True)
    return out
