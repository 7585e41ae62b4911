"""Renders what is to be known about notify types."""
