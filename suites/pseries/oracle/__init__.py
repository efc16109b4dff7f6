"""What the chapters go by: who takes part, on which roads, and what must come of it."""
