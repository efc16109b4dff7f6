"""What things cost, measured by hand: see README.md."""
