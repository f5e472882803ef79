"""The formats that `resume import` reads, each converted to a JSON Resume document."""
