"""What people see: the shell, the pages of each programme, and the common widgets that they are built from."""

import ctypes
import sys

# PySide6 6.12 returns None from calls into Qt without counting the reference. From Python 3.12 on that is harmless,
# because None is never freed there. On 3.11 each such call takes one reference away, and after some thousands of them
# the interpreter aborts ("deallocating None"). So we do here, once, what 3.12 does: make None as good as immortal.
if sys.version_info < (3, 12):
    ctypes.c_ssize_t.from_address(id(None)).value += 1 << 40
