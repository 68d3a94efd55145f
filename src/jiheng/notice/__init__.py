"""Requirements, notices and rounds (art. 17, 22, 24, 28, 37)."""
