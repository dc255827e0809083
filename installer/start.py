"""Where the bundle begins: the same command line as `python -m app`."""

import sys

from app.__main__ import main

sys.exit(main())
