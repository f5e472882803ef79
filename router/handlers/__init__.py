"""The event handlers, one module per source: WebSockets, the stream, the schedule."""
