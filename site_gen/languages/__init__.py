"""The words of the page, and dates, numbers and plurals, in each language."""
