"""`python -m app.sync.server`: see `admin.py`."""

import sys

from app.sync.server.admin import main

if __name__ == "__main__":
    sys.exit(main())
