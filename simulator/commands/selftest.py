"""``optim-race selftest``: whether this installation works, and with ``--full`` whether its arithmetic is right."""

from __future__ import annotations

import argparse

from simulator import interrupts


def selftest(args: argparse.Namespace) -> int:
    """0 if all passed, otherwise 1. What is wide of the quick check is not read for it: it may be what is broken."""
    if args.full or args.json:
        with interrupts.held():
            from simulator.commands.selfcheck import selfcheck
        return selfcheck(as_json=args.json)
    with interrupts.held():
        from simulator import selftest as quick
    return quick.selftest(window=not args.no_gui)
