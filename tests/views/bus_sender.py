"""A second process on a private bus, which says what logind and the screen savers say.

`python -m tests.views.bus_sender ADDRESS SERVICE`, then a JSON line for each signal on standard input:
[path, interface, name, arguments]. Prints `ready`, and `sent` after each.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from PySide6.QtCore import QCoreApplication
from PySide6.QtDBus import QDBusConnection, QDBusMessage


def main() -> None:
    """Own the name, and say what is asked."""
    application = QCoreApplication([])
    bus = QDBusConnection.connectToBus(sys.argv[1], "sender")
    if not bus.isConnected() or not bus.registerService(sys.argv[2]):
        raise SystemExit(1)
    print("ready", flush=True)
    for line in sys.stdin:
        path, interface, name, arguments = json.loads(line)
        message = QDBusMessage.createSignal(path, interface, name)
        message.setArguments([_typed(one) for one in arguments])
        bus.send(message)
        application.processEvents()
        print("sent", flush=True)


def _typed(value: Any) -> Any:
    """An empty list goes out as a list of texts, as `PropertiesChanged` has it."""
    return ["-"] if value == [] else value


if __name__ == "__main__":
    main()
