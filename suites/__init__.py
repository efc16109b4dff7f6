"""What conformance means: a harness that knows no machine, and a folder for each kind."""
