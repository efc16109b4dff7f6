"""What the chapter goes by: scripts, the machines that perform them, and what is no finding."""
