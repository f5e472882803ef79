"""The theme beside seven themes of JSON Resume: `python -m benchmarks.themes [--lighthouse]`."""
