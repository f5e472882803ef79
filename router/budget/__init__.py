"""The monthly budget: what the router meters, at which prices, and what it does before the money runs out."""
