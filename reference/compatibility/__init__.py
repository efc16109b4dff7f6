"""What must happen between two stream versions, stated as data, apart from the engine.

`reference.compatibility.table` has the rows: what a program holds, what a stream carries, what is
in it and when. `reference.compatibility.expectation` reads them.
"""
