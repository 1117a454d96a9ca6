"""The program checks its own arithmetic: slopes, minima, rules, schedules, the laws of the engine, files.

`checks` has them all, `Examination` goes through them a part at a time, `report` tells what was found. Works without
Qt; a test plants bugs and sees each turn it red (tests/test_selfcheck_bugs.py).
"""
