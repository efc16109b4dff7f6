"""A real QEMU as an implementation: unmodified binaries, seen through QMP, qtest and streams.

`adapter` is the adapter; `kinds` says with what command line a machine is started, `process` runs
one QEMU, `carriers` puts a machine into it, `rtas` lets its guest and host act, and `reasons` reads
what it says when it gives up.
"""
