"""`python -m analysis` is `dateline`."""

import sys

from analysis.cli import main

sys.exit(main())
