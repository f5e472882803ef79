"""The custom domain: its checks, its certificate, the validation of the certificate."""
