"""What pytest and Hypothesis need, whoever is tested. It knows no machine.

What a suite knows of its own it hands in: the versions of a matrix, what a test needs, what an
implementation is called.
"""
