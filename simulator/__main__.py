"""``python -m simulator`` is ``optim-race``: what both begin and end with."""

import os
import signal
import sys


def main() -> int:
    """The command line of this process. An interrupt before it is there to answer one ends the process at once, and
    so does one after it has answered: an exception would fall into half a module, or into the end of Python."""
    heed = signal.getsignal(signal.SIGINT)
    if heed is signal.default_int_handler:  # neither ignored nor somebody else's
        signal.signal(signal.SIGINT, lambda number, _: os._exit(130))
    from simulator.cli import main as command_line

    try:
        try:
            signal.signal(signal.SIGINT, heed)
            return command_line()
        finally:
            signal.signal(signal.SIGINT, signal.SIG_DFL if callable(heed) else signal.SIG_IGN)
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    if getattr(sys, "frozen", False):  # a worker process of an executable is the executable, told to be one
        import multiprocessing

        multiprocessing.freeze_support()
    sys.exit(main())
