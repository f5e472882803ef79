"""The AWS client: HTTP over sockets, signing, credentials, and the three services that the router calls."""
