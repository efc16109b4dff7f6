"""Does the suite itself work: unit tests, and the faults it must catch."""
