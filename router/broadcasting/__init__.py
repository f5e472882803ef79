"""Telling every open page the count, at a rate, and the badge."""
