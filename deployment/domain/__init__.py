"""A domain of one's own: its checks, its certificate, the certificate's validation."""
