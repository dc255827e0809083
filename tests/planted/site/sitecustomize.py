"""Read by the interpreter at its start where this folder is on its path: plants the defect of the environment."""

import os

if "HAVEN_PLANT" in os.environ:
    from tests.planted import defects

    defects.plant(os.environ["HAVEN_PLANT"])
