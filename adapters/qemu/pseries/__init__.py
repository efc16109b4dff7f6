"""A real QEMU as an implementation of pseries machines: unmodified binaries, or patched ones.

`adapter` is the adapter; `kinds` says with what command line a machine is started, `carriers` puts
a state into it, and `rtas` lets its guest and host act.
"""
