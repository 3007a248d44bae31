"""``python -m analysis.kernels COMMAND``: run a command whose kernels are forked from a warm process.

python -m analysis.kernels --warm pandas papermill --engine dateline in.ipynb out.ipynb
"""

from __future__ import annotations

import argparse
import subprocess
import sys

from analysis.kernels.forking import ForkServer


def main() -> int:
    """Run the command; return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m analysis.kernels",
        description="Run a command whose Jupyter kernels are forked from a warm process.",
    )
    parser.add_argument(
        "--warm",
        action="append",
        default=[],
        metavar="NAME",
        help="a module that the warm process imports, or module:function that it calls; may be given again",
    )
    parser.add_argument("command", nargs=argparse.REMAINDER, help="the command, with its arguments")
    options = parser.parse_args()
    if not options.command:
        parser.error("no command was given; expected one that runs notebooks, with its arguments")
    with ForkServer(*options.warm):
        return subprocess.run(options.command, check=False).returncode  # noqa: S603 - the user's own command


if __name__ == "__main__":
    sys.exit(main())
