"""What stands between the suites and an implementation."""
