"""Tests in a browser. A package, so that a fixture can last for all of them."""
