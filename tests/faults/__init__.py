"""Wrong implementations, each of which the suites must catch.

A fault is a class that differs from the reference in one respect. Its docstring is its
specification. tests/faults/catalogue.py says which clause must catch it, tests/test_faults.py
holds the suites to that.
"""
