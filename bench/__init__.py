"""Every measured promise, a script each. Windows are real, and drawn off screen unless a screen is named."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
