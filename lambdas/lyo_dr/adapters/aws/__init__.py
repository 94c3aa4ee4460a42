"""One module per AWS service; short timeouts, and every refusal becomes one of our errors."""
