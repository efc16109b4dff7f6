"""VMStateDescriptions as data, and the engine that loads and saves by them. Knows no machine."""
