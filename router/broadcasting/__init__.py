"""The broadcast of the count to every open page, its rate limit, and the files that show it."""
