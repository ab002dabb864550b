"""What is here is run by `make mutate`, with a library that the tests do without."""

collect_ignore = ["mutate.py"]
