"""Chapter 3: ex-ante evaluation (art. 12–15)."""
