"""``python -m analysis.kernels COMMAND``: run a command whose kernels are forked from a warm process.

python -m analysis.kernels --warm pandas papermill --engine dateline in.ipynb out.ipynb
"""

from __future__ import annotations

import argparse
import contextlib
import subprocess
import sys

from analysis.kernels.forking import ForkServer

#: How often it is checked that the warm process lives.
_CHECK_SECONDS = 1


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
    with ForkServer(*options.warm) as server, subprocess.Popen(options.command) as process:  # noqa: S603 - the user's own
        try:
            while True:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return process.wait(_CHECK_SECONDS)
                server.revive()
        except BaseException:
            process.kill()
            raise


if __name__ == "__main__":
    sys.exit(main())
