"""Real QEMU, any machine of it: processes, their monitor and qtest socket, streams in and out.

`process` runs one QEMU, `streams` moves its state, `reasons` reads what it says when it gives up,
`program` is what a user named. A folder for each kind of machine has what only that knows.
"""
