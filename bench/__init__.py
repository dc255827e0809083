"""Every measured promise, a script each. Windows are real and drawn off screen unless the environment names a screen."""

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
