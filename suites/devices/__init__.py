"""Any device of any machine, without a model of it: the twin."""
