"""One module for each source of events: sockets, the stream, the schedule."""
