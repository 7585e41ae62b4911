"""Turns the core's OpenRPC specification into the typed modules and the event page of Vestnik.

The way of the data: `reader` reads the specification into the `model`, where every JSON schema has
become a Python type (`ids` knows which numbers are ids, `names` how things are called); `prose`
makes the core's Rust documentation readable; the ``*_output`` modules each write one file.
"""
