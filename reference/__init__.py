"""The oracle: QEMU's migration stream format and the pseries machine, in plain Python.

Imports point one way: ``wire`` <- ``vmstate`` <- ``spapr`` <- ``compatibility``.
"""
