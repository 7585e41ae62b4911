"""The reference page of the calls of bots' programs, made from the tables that check them."""
