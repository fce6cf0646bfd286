"""One file a change, named after its revision: 0001, 0002, ..."""
