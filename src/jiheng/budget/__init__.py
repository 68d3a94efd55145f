"""Chapter 4, the money's side: budgets approved with their goals, allocation, transfer, year-end summary (16, 19–21)."""
