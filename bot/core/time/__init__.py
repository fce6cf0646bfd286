"""Times: what is asked of a clock, typed by people, repeated every week, told in a zone."""
