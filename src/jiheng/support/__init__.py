"""Chapter 8: experts and institutions (art. 39)."""
