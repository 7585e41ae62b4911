"""From the core's events to handled messages: none lost, none handled twice at once."""
