"""Who is billed, who bills, who is treated, who did it."""
