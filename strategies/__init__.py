"""How states and streams are generated: numbers for any machine, a folder for each kind."""
