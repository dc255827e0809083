"""The frozen application, proven from outside: nothing of this runs inside the bundle."""
