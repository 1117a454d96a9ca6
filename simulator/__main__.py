"""``python -m simulator`` is ``optim-race``."""

import sys

from simulator.cli import main

if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # a worker process of an executable is the executable, told to be one
        import multiprocessing

        multiprocessing.freeze_support()
    sys.exit(main())
